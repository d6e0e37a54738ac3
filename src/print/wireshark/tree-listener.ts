import { ipv6Text } from "../../wire/address.ts";
import { ICMPV6_LISTENER_QUERY } from "../../wire/icmp.ts";
import type { TreeContext } from "./tree-context.ts";
import { bits, FALSE_TRUE, flagLine, hex, hexBytes } from "./tree.ts";

/** Multicast listener discovery (RFC 2710, RFC 3810). */

/** A query of version 2 is longer than a message of version 1 (RFC 3810 section 8.1). */
const VERSION_1_LENGTH = 24;

const RECORDS: readonly (string | undefined)[] = [
  undefined,
  "Include",
  "Exclude",
  "Changed to include",
  "Changed to exclude",
  "Allow new sources",
  "Block old sources",
];

/** A code above `limit` is an exponent of 3 bits and a mantissa of `bitCount` (RFC 3810 sections 5.1.3 and 5.1.9). */
function decoded(code: number, bitCount: number): number {
  const limit = 2 ** (bitCount + 3);
  if (code < limit) return code;
  const mantissa = (code % 2 ** bitCount) + 2 ** bitCount;
  return mantissa * 2 ** (Math.floor((code - limit) / 2 ** bitCount) + 3);
}

/** A query, or a report or done of version 1, in `[at, end)`; false when it is cut. */
export function printListenerMessage(context: TreeContext, at: number, end: number, type: number): boolean {
  const { tree, view, bytes } = context;
  const isVersion2 = type === ICMPV6_LISTENER_QUERY && end - at > VERSION_1_LENGTH;
  const delay = view.getUint16(at + 4);
  tree.line(1, isVersion2 ? `Maximum Response Code: ${decoded(delay, 12)}` : `Maximum Response Delay [ms]: ${delay}`);
  tree.line(1, `Reserved: ${hexBytes(bytes, at + 6, at + 8)}`);
  if (end - at < VERSION_1_LENGTH) return false;
  tree.line(1, `Multicast Address: ${ipv6Text(bytes, at + 8)}`);
  return !isVersion2 || printQuery(context, at, end);
}

function printQuery({ tree, view, bytes }: TreeContext, at: number, end: number): boolean {
  if (end - at < 28) return false;
  const flags = view.getUint8(at + 24);
  const suppresses = (flags & 8) !== 0;
  tree.line(1, `Flags: ${hex(flags, 2)}${suppresses ? ", Suppress Router-Side Processing" : ""}`);
  tree.line(2, flagLine(flags, 0x08, 8, "Suppress Router-Side Processing", FALSE_TRUE));
  tree.line(2, `${bits(flags, 0x07, 8)} = QRV (Querier's Robustness Variable): ${flags & 7}`);
  tree.line(2, `${bits(flags, 0xf0, 8)} = Reserved: ${flags >> 4}`);
  tree.line(1, `QQIC (Querier's Query Interval Code): ${decoded(view.getUint8(at + 25), 4)}`);
  const count = view.getUint16(at + 26);
  tree.line(1, `Number of Sources: ${count}`);
  for (let i = 0; i < count; i++) {
    const from = at + 28 + 16 * i;
    if (from + 16 > end) return false;
    tree.line(1, `Source Address: ${ipv6Text(bytes, from)}`);
  }
  return true;
}

/** A report of version 2 in `[at, end)`; false when it is cut. */
export function printListenerReport(context: TreeContext, at: number, end: number): boolean {
  const { tree, view, bytes } = context;
  tree.line(1, `Reserved: ${hexBytes(bytes, at + 4, at + 6)}`);
  const count = view.getUint16(at + 6);
  tree.line(1, `Number of Multicast Address Records: ${count}`);
  let next = at + 8;
  for (let i = 0; i < count; i++) {
    next = printRecord(context, next, end);
    if (next < 0) return false;
  }
  return true;
}

/** Where the next record starts; -1 when this one is cut. */
function printRecord({ tree, view, bytes }: TreeContext, at: number, end: number): number {
  if (end - at < 20) {
    tree.line(1, "Multicast Address Record");
    return -1;
  }
  const type = view.getUint8(at);
  const name = RECORDS[type];
  const [auxiliary, sources] = [view.getUint8(at + 1), view.getUint16(at + 2)];
  tree.line(1, `Multicast Address Record ${name ?? `Unknown Record Type (${type})`}: ${ipv6Text(bytes, at + 4)}`);
  tree.line(2, `Record Type: ${name ?? "Unknown"} (${type})`);
  tree.line(2, `Aux Data Len: ${auxiliary}`);
  tree.line(2, `Number of Sources: ${sources}`);
  tree.line(2, `Multicast Address: ${ipv6Text(bytes, at + 4)}`);
  let next = at + 20;
  for (let i = 0; i < sources; i++, next += 16) {
    if (next + 16 > end) return -1;
    tree.line(2, `Source Address: ${ipv6Text(bytes, next)}`);
  }
  if (auxiliary === 0) return next;
  if (next + 4 * auxiliary > end) return -1;
  tree.line(2, `Auxiliary Data: ${hexBytes(bytes, next, next + 4 * auxiliary)}`);
  return next + 4 * auxiliary;
}
