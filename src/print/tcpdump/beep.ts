import type { Output } from "./output.ts";

/** Frames that BEEP begins with their name (RFC 3080 section 2.2.1). */
const FRAMES: readonly string[] = ["MSG", "ERR", "ANS", "NUL", "SEQ", "END"];

/** Prints which BEEP frame the payload begins with. */
export function printBeep(out: Output, at: number, length: number): void {
  let text = "";
  for (let i = 0; i < Math.min(4, length, out.captured(at)); i++) text += String.fromCharCode(out.u8(at + i));
  const frame = FRAMES.find((name) => text === `${name} ` || (name === "END" && text.startsWith(name)));
  out.sink.text(frame === undefined ? " BEEP (payload or undecoded)" : ` BEEP ${frame}`);
}
