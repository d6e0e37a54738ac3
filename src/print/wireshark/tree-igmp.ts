import { ipv4Text } from "../../wire/address.ts";
import * as igmp from "../../wire/igmp.ts";
import { printChecksum } from "./tree-checksum.ts";
import type { TreeContext } from "./tree-context.ts";
import { bits, hex, hexBytes } from "./tree.ts";

const TYPES: Readonly<Record<number, string>> = {
  0x11: "Membership Query",
  0x12: "Membership Report",
  0x13: "DVMRP Protocol",
  0x14: "PIM Routing Message",
  0x16: "Membership Report",
  0x17: "Leave Group",
  0x1e: "Traceroute Response",
  0x1f: "Traceroute Query or Request",
  0x22: "Membership Report",
};

const RECORDS: readonly string[] = [
  "Unknown",
  "Mode Is Include",
  "Mode Is Exclude",
  "Change To Include Mode",
  "Change To Exclude Mode",
  "Allow New Sources",
  "Block Old Sources",
];

/** The message in `[at, end)`; false when it is cut. */
export function printIgmp(context: TreeContext, at: number, end: number): boolean {
  const { tree, view, bytes, limit } = context;
  const have = Math.min(limit, end) - at;
  tree.line(0, "Internet Group Management Protocol");
  if (have < 1) return false;
  const type = view.getUint8(at);
  const version = have < 2 ? 0 : versionOf(type, view.getUint8(at + 1), end - at);
  if (version > 0) tree.line(1, `[IGMP Version: ${version}]`);
  tree.line(1, `Type: ${TYPES[type] ?? "Unknown"} (${hex(type, 2)})`);
  if (version === 0) {
    if (have > 1) tree.line(1, `Data: ${hexBytes(bytes, at + 1, at + have)}`);
    return have > 1;
  }
  printResponseTime(context, at, version, type);
  if (!printChecksum(context, at, end, 0)) return false;
  if (type === igmp.IGMP_V3_REPORT) return printReport(context, at, have);
  if (have < 8) return false;
  tree.line(1, `Multicast Address: ${ipv4Text(bytes, at + 4)}`);
  return version < 3 || printQuery(context, at, have);
}

/** 0: of another protocol within IGMP. */
function versionOf(type: number, code: number, length: number): number {
  switch (type) {
    case igmp.IGMP_QUERY:
      return length >= igmp.IGMP_V3_QUERY ? 3 : code === 0 ? 1 : 2;
    case igmp.IGMP_V1_REPORT:
      return 1;
    case igmp.IGMP_V2_REPORT:
    case igmp.IGMP_LEAVE:
      return 2;
    case igmp.IGMP_V3_REPORT:
      return 3;
    default:
      return 0;
  }
}

function printResponseTime({ tree, view }: TreeContext, at: number, version: number, type: number): void {
  const code = view.getUint8(at + 1);
  if (version === 1 || type === igmp.IGMP_V3_REPORT) {
    tree.line(1, `Reserved: ${hex(code, 2).slice(2)}`);
    return;
  }
  const tenths = version === 3 ? igmp.decodedTime(code) : code;
  tree.line(1, `Max Resp Time: ${(tenths / 10).toFixed(1)} sec (${hex(code, 2)})`);
  if (version === 3 && code >= 128) {
    tree.line(2, `${bits(code, 0x70, 8)} = Exponent: ${hex((code >> 4) & 7, 1)}`);
    tree.line(2, `${bits(code, 0x0f, 8)} = Mantissa: ${hex(code & 15, 1)}`);
  }
}

function printQuery({ tree, view, bytes }: TreeContext, at: number, have: number): boolean {
  if (have < igmp.IGMP_V3_QUERY) return false;
  const flags = view.getUint8(at + 8);
  const suppress = (flags & 8) === 0 ? "Do not suppress" : "SUPPRESS";
  tree.line(1, `${bits(flags, 0x08, 8)} = S: ${suppress} router side processing`);
  tree.line(1, `${bits(flags, 0x07, 8)} = QRV: ${flags & 7}`);
  tree.line(1, `QQIC: ${igmp.decodedTime(view.getUint8(at + 9))}`);
  const count = view.getUint16(at + 10);
  tree.line(1, `Num Src: ${count}`);
  for (let i = 0; i < count; i++) {
    if (16 + 4 * i > have) return false;
    tree.line(1, `Source Address: ${ipv4Text(bytes, at + 12 + 4 * i)}`);
  }
  return true;
}

function printReport(context: TreeContext, at: number, have: number): boolean {
  const { tree, view, bytes } = context;
  if (have < 8) return false;
  tree.line(1, `Reserved: ${hexBytes(bytes, at + 4, at + 6)}`);
  const count = view.getUint16(at + 6);
  tree.line(1, `Num Group Records: ${count}`);
  let next = 8;
  for (let i = 0; i < count; i++) {
    if (next + 8 > have) return false;
    next = printRecord(context, at + next, have - next) + next;
    if (next > have) return false;
  }
  return true;
}

/** Prints one record of which `have` bytes are there; its length. */
function printRecord({ tree, view, bytes }: TreeContext, at: number, have: number): number {
  const type = view.getUint8(at);
  const auxiliary = 4 * view.getUint8(at + 1);
  const sources = view.getUint16(at + 2);
  const name = RECORDS[type] ?? "Unknown";
  tree.line(1, `Group Record : ${ipv4Text(bytes, at + 4)}  ${name}`);
  tree.line(2, `Record Type: ${name} (${type})`);
  tree.line(2, `Aux Data Len: ${auxiliary >> 2}`);
  tree.line(2, `Num Src: ${sources}`);
  tree.line(2, `Multicast Address: ${ipv4Text(bytes, at + 4)}`);
  let next = 8;
  for (let i = 0; i < sources && next + 4 <= have; i++, next += 4)
    tree.line(2, `Source Address: ${ipv4Text(bytes, at + next)}`);
  const length = 8 + 4 * sources + auxiliary;
  if (auxiliary > 0 && length <= have) tree.line(2, `Aux Data: ${hexBytes(bytes, at + next, at + length)}`);
  return length;
}
