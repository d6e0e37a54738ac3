import { Chalk, type ChalkInstance } from "chalk";
import { isTerminal } from "./terminal.ts";

/** When colour is used: always, never, or on a terminal (NO_COLOR and FORCE_COLOR are honoured). */
export type ColourChoice = "auto" | "always" | "never";

export function colourOf(choice: ColourChoice): ChalkInstance {
  if (choice === "always") return new Chalk({ level: 1 });
  if (choice === "never" || process.env["NO_COLOR"] !== undefined) return new Chalk({ level: 0 });
  return isTerminal("stdout") ? new Chalk() : new Chalk({ level: 0 });
}
