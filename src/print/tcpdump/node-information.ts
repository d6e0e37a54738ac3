import type { Output } from "./output.ts";

const QUERY = 139;

const QUERY_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "noop"],
  [1, "supported qtypes"],
  [2, "DNS name"],
  [3, "node addresses"],
]);

/** Prints a Node Information query or reply in brief (RFC 4620). */
export function printNodeInformation(out: Output, at: number, length: number): void {
  const sink = out.sink;
  const isQuery = out.u8(at) === QUERY;
  if (isQuery && length === 12) {
    sink.text(" who-are-you request");
    return;
  }
  sink.text(isQuery ? " node information query" : " node information reply");
  if (!out.need(at, 16)) return;
  const type = out.u16(at + 4);
  sink.text(` (${QUERY_NAMES.get(type) ?? "unknown"})`);
}

/** Prints a Router Renumbering message in brief (RFC 2894). */
export function printRenumbering(out: Output, at: number): void {
  const sink = out.sink;
  const code = out.u8(at + 1);
  if (!out.need(at, 16)) return;
  if (code === 0) sink.text(", command");
  else if (code === 1) sink.text(", result");
  else if (code === 255) sink.text(", sequence number reset");
  else sink.text(`, code-#${code}`);
  sink.text(`, seq=${out.u32(at + 4)}`);
}
