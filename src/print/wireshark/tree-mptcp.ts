import * as mptcp from "../../wire/mptcp.ts";
import { MultipathOption } from "../../wire/mptcp.ts";
import { OPTION_MULTIPATH } from "../../wire/tcp-options.ts";
import type { TreeContext } from "./tree-context.ts";
import { kindAndLength } from "./tree-tcp-option-title.ts";
import type { SegmentNumbers } from "./tree-tcp.ts";
import { bits, flagLine, hex, hexBytes, Piece, type TreeWriter } from "./tree.ts";

const SUBTYPES: readonly string[] = [
  "Multipath Capable",
  "Join Connection",
  "Data Sequence Signal",
  "Add Address",
  "Remove Address",
  "Change Subflow Priority",
  "TCP Fallback",
  "Fast Close",
  "TCP Reset",
];

/** RFC 8684 section 3.6. */
const RESET_REASONS: readonly string[] = [
  "Unspecified error",
  "MPTCP-specific error",
  "Lack of resources",
  "Administratively prohibited",
  "Too much outstanding data",
  "Unacceptable performance",
  "Middlebox interference",
];

const SIGNAL_FLAGS: readonly (readonly [number, string])[] = [
  [mptcp.DSS_DATA_FIN, "DATA_FIN"],
  [mptcp.DSS_LONG_SEQUENCE, "Data Sequence Number is 8 octets"],
  [mptcp.DSS_HAS_MAPPING, "Data Sequence Number, Subflow Sequence Number, Data-level Length, Checksum present"],
  [mptcp.DSS_LONG_ACK, "Data ACK is 8 octets"],
  [mptcp.DSS_HAS_ACK, "Data ACK is present"],
];

const IPV4 = new Piece("            Advertised IPv4 Address: ");
const IPV6 = new Piece("            Advertised IPv6 Address: ");

const option = new MultipathOption();

/** The multipath option at `at`, without what Wireshark computes of the connection's keys. */
export function printMultipath(context: TreeContext, at: number, length: number, numbers: SegmentNumbers): void {
  const { tree, view } = context;
  if (!option.read(view, at, length)) {
    tree.line(2, "Multipath Transmission Control Protocol");
    kindAndLength(tree, OPTION_MULTIPATH, length);
    return;
  }
  const { subtype } = option;
  const name = SUBTYPES[subtype] ?? `Unknown (${subtype})`;
  tree.line(2, `Multipath Transmission Control Protocol: ${name}`);
  kindAndLength(tree, OPTION_MULTIPATH, length);
  const shown = subtype < SUBTYPES.length ? `${name} (${subtype})` : name;
  tree.line(3, `${bits(subtype << 4, 0xf0, 8)} = Multipath TCP subtype: ${shown}`);
  const end = at + length;
  switch (subtype) {
    case mptcp.MPTCP_CAPABLE:
      if (length >= 4) printCapable(context, at, end);
      break;
    case mptcp.MPTCP_JOIN:
      printJoin(context, at, end, numbers);
      break;
    case mptcp.MPTCP_DSS:
      if (length >= 4) printSignal(context, at, end);
      break;
    case mptcp.MPTCP_ADD_ADDRESS:
      if (length >= 8) printAddAddress(context, at, end);
      break;
    case mptcp.MPTCP_REMOVE_ADDRESS:
      printRemoveAddress(tree, view, at, end);
      break;
    case mptcp.MPTCP_PRIORITY:
      printBackup(tree, option.low | 0x50);
      if (length >= 4) tree.line(3, `Address ID: ${option.byte3}`);
      break;
    case mptcp.MPTCP_FAIL:
    case mptcp.MPTCP_FAST_CLOSE:
      printKey(tree, view, at, length, subtype);
      break;
    case mptcp.MPTCP_RESET:
      if (length >= 4) printReset(tree, view, at);
      break;
    default:
  }
}

function bitLine(value: number, mask: number, name: string): string {
  return `${bits(value, mask, 8)} = ${name}: ${(value & mask) === 0 ? 0 : 1}`;
}

function printCapable({ tree, view }: TreeContext, at: number, end: number): void {
  const version = option.low;
  const flags = option.byte3;
  tree.line(3, `${bits(version, 0x0f, 8)} = Multipath TCP version: ${version}`);
  tree.line(3, `Multipath TCP flags: ${hex(flags, 2)}`);
  tree.line(4, bitLine(flags, mptcp.CAPABLE_CHECKSUM, "Checksum required"));
  tree.line(4, bitLine(flags, 0x40, "Extensibility"));
  if (version === 0) {
    tree.line(4, bitLine(flags, 0x01, "Use HMAC-SHA1"));
    tree.line(4, `${bits(flags, 0x3e, 8)} = Reserved: ${hex((flags & 0x3e) >> 1, 2)}`);
  } else {
    tree.line(4, bitLine(flags, 0x20, "Do not attempt to establish new subflows to this address and port"));
    tree.line(4, bitLine(flags, 0x01, "Use HMAC-SHA256"));
    tree.line(4, `${bits(flags, 0x1e, 8)} = Reserved: ${hex((flags & 0x1e) >> 1, 1)}`);
  }
  if (end - at >= 12) tree.line(3, `Sender's Key: ${view.getBigUint64(at + 4)}`);
  if (end - at >= 20) tree.line(3, `Receiver's Key: ${view.getBigUint64(at + 12)}`);
  if (end - at >= 22) tree.line(3, `Data-level Length: ${view.getUint16(at + 20)}`);
  if (end - at >= 24) tree.line(3, `Checksum: ${hex(view.getUint16(at + 22), 4)}`);
}

function printBackup(tree: TreeWriter, flags: number): void {
  tree.line(3, `Multipath TCP flags: ${hex(flags, 2)}`);
  tree.line(4, bitLine(flags, mptcp.JOIN_BACKUP, "Backup flag"));
}

function printJoin({ tree, view, bytes }: TreeContext, at: number, end: number, { flags }: SegmentNumbers): void {
  const length = end - at;
  if (length === 12) {
    printBackup(tree, option.low | 0x10);
    tree.line(3, `Address ID: ${option.byte3}`);
    tree.line(3, `Receiver's Token: ${view.getUint32(at + 4)}`);
    tree.line(3, `Sender's Random Number: ${view.getUint32(at + 8)}`);
  } else if (length === 16 && (flags & 0x12) === 0x12) {
    printBackup(tree, option.low | 0x10);
    tree.line(3, `Address ID: ${option.byte3}`);
    tree.line(3, `Sender's Truncated HMAC: ${view.getBigUint64(at + 4)}`);
    tree.line(3, `Sender's Random Number: ${view.getUint32(at + 12)}`);
  } else if (length === 24) {
    const reserved = view.getUint16(at + 2) & 0xfff;
    tree.line(3, `${bits(reserved, 0xfff, 16)} = Reserved: ${hex(reserved, 3)}`);
    tree.line(3, `Sender's HMAC: ${hexBytes(bytes, at + 4, end)}`);
  }
}

function printSignal({ tree, view }: TreeContext, at: number, end: number): void {
  const flags = option.byte3;
  tree.line(3, `Multipath TCP flags: ${hex(flags, 2)}`);
  for (const [mask, name] of SIGNAL_FLAGS) tree.line(4, bitLine(flags, mask, name));
  let next = at + 4;
  if ((flags & mptcp.DSS_HAS_ACK) !== 0) {
    const isLong = (flags & mptcp.DSS_LONG_ACK) !== 0;
    if (next + (isLong ? 8 : 4) > end) return;
    tree.line(3, `Original MPTCP Data ACK: ${isLong ? `${view.getBigUint64(next)} (64bits)` : view.getUint32(next)}`);
    next += isLong ? 8 : 4;
  }
  if ((flags & mptcp.DSS_HAS_MAPPING) === 0) return;
  const isLong = (flags & mptcp.DSS_LONG_SEQUENCE) !== 0;
  if (next + (isLong ? 14 : 10) > end) return;
  const sequence = isLong
    ? `${view.getBigUint64(next)}  (64bits version)`
    : `${view.getUint32(next)}  (32bits version)`;
  tree.line(3, `Data Sequence Number: ${sequence}`);
  next += isLong ? 8 : 4;
  tree.line(3, `Subflow Sequence Number: ${view.getUint32(next)}`);
  tree.line(3, `Data-level Length: ${view.getUint16(next + 4)}`);
  if (next + 8 <= end) tree.line(3, `Checksum: ${hex(view.getUint16(next + 6), 4)}`);
}

/** Version 0 has the IP version beside the subtype, version 1 the echo flag (RFC 6824 and RFC 8684 section 3.4.1). */
function printAddAddress({ tree, view, bytes }: TreeContext, at: number, end: number): void {
  const low = option.low;
  const isOld = low === 4 || low === 6;
  if (isOld) tree.line(3, `${bits(low, 0x0f, 8)} = IP version: ${low}`);
  else tree.line(3, bitLine(low, 0x01, "Echo"));
  tree.line(3, `Address ID: ${option.byte3}`);
  const length = end - at;
  const isSix = isOld ? low === 6 : length === 20 || length === 22 || length >= 28;
  const addressLength = isSix ? 16 : 4;
  if (length < 4 + addressLength) return;
  tree.put(isSix ? IPV6 : IPV4);
  tree.address(bytes, at + 4, addressLength);
  tree.end();
  let rest = at + 4 + addressLength;
  if (end - rest === 2 || end - rest === 10) {
    tree.line(3, `Advertised port: ${view.getUint16(rest)}`);
    rest += 2;
  }
  if (end - rest >= 8) tree.line(3, `Truncated HMAC: ${view.getBigUint64(rest)}`);
}

function printRemoveAddress(tree: TreeWriter, view: DataView, at: number, end: number): void {
  tree.line(3, `[Number of removed addresses: ${end - at - 3}]`);
  for (let i = at + 3; i < end; i++) tree.line(3, `Address ID: ${view.getUint8(i)}`);
}

function printKey(tree: TreeWriter, view: DataView, at: number, length: number, subtype: number): void {
  if (length < 12) return;
  const reserved = view.getUint16(at + 2) & 0xfff;
  tree.line(3, `${bits(reserved, 0xfff, 16)} = Reserved: ${hex(reserved, 3)}`);
  const name = subtype === mptcp.MPTCP_FAIL ? "Data Sequence Number" : "Receiver's Key";
  tree.line(3, `${name}: ${view.getBigUint64(at + 4)}`);
}

function printReset(tree: TreeWriter, view: DataView, at: number): void {
  const flags = option.low;
  const names = ["Transient", "Flag W", "Flag V", "Flag U"].filter((_name, bit) => (flags & (1 << bit)) !== 0);
  tree.line(3, [`Multipath TCP flags: ${hex(0x80 | flags, 2)}`, ...names.toReversed()].join(", "));
  tree.line(4, flagLine(flags, 0x8, 4, "Flag U"));
  tree.line(4, flagLine(flags, 0x4, 4, "Flag V"));
  tree.line(4, flagLine(flags, 0x2, 4, "Flag W"));
  tree.line(4, flagLine(flags, 0x1, 4, "Transient"));
  const reason = view.getUint8(at + 3);
  tree.line(3, `TCPRST Reason: ${RESET_REASONS[reason] ?? "Unknown"} (${hex(reason, 2)})`);
}
