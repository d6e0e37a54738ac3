import type { Output } from "./output.ts";

const NAMES: readonly string[] = ["BRR", "HoTI", "CoTI", "HoT", "CoT", "BU", "BA", "BE"];

/** Prints a Mobility header (RFC 6275 section 6.1) in brief: its type. */
export function printMobility(out: Output, at: number, _length: number): void {
  const sink = out.sink;
  out.protocol = "mobility";
  if (!out.need(at, 8)) return;
  const type = out.u8(at + 2);
  sink.text(`mobility: ${NAMES[type] ?? `type-#${type} len=${out.u8(at + 1)}`}`);
}
