import type { ColourDepth } from "../print/wireshark/colour.ts";
import type { ColourChoice } from "./colour.ts";
import { isTerminal } from "./terminal.ts";

/** How many colours the packets are printed in; undefined: none. COLORTERM and TERM tell what the terminal can. */
export function colourDepth(
  choice: ColourChoice,
  env: NodeJS.ProcessEnv = process.env,
  onTerminal: boolean = isTerminal("stdout"),
): ColourDepth | undefined {
  const isPlain = env["NO_COLOR"] !== undefined || env["TERM"] === "dumb" || !onTerminal;
  if (choice === "never" || (choice === "auto" && isPlain)) return undefined;
  if (/^(?:truecolor|24bit)$/i.test(env["COLORTERM"] ?? "")) return 24;
  return /256/.test(env["TERM"] ?? "") ? 8 : 4;
}
