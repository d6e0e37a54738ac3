import { ipv4Text } from "../../wire/address.ts";
import { PROTOCOL_IGMP } from "../../wire/protocol.ts";
import { Phrase } from "../sink.ts";
import { protocolName } from "./protocol-names.ts";
import type { TreeContext } from "./tree-context.ts";
import { printIpv4Options } from "./tree-ipv4-options.ts";
import { cached, isLocalControl, typeOfService } from "./tree-ip.ts";
import { bits, hex, lines, Piece, plural, type TreeWriter } from "./tree.ts";

const NAME = new Piece("Internet Protocol Version 4");
const TITLE = new Piece("Internet Protocol Version 4, Src: ");
const VERSION = cached(256, (value) =>
  lines(
    `    ${bits(value, 0xf0, 8)} = Version: ${value >> 4}`,
    `    ${bits(value, 0x0f, 8)} = Header Length: ${4 * (value & 15)} bytes (${value & 15})`,
  ),
);
const LENGTH = new Piece("    Total Length: ");
const IDENTIFICATION = new Piece("    Identification: 0x");
const FLAGS = cached(8, flagLines);
const NO_OFFSET = lines("    ...0 0000 0000 0000 = Fragment Offset: 0");
const TTL = new Piece("    Time to Live: ");
const PROTOCOL = cached(256, (value) => lines(`    Protocol: ${protocolName(value)} (${value})`));
const CHECKSUM = new Piece("    Header Checksum: 0x");
const STATUS = new Phrase(" [validation disabled]\n");
const TO = new Phrase(", Dst: ");
const OPEN = new Phrase(" (");
const CLOSE = new Phrase(")\n");
const STATUS_LINE = lines("    [Header checksum status: Unverified]");
const SOURCE = new Piece("    Source Address: ");
const DESTINATION = new Piece("    Destination Address: ");
const CURRENT_ROUTE = new Piece("    Current Route: ");

const MIN_TTL = 5;
/** Protocols whose packets are sent with a small TTL on purpose: PIM, OSPF. */
const SMALL_TTL: ReadonlySet<number> = new Set([89, 103]);

function flagLines(value: number): Piece {
  const word = value << 5;
  const names = [...((value & 4) === 0 ? [] : ["Reserved bit"]), ...((value & 2) === 0 ? [] : ["Don't fragment"])];
  if ((value & 1) !== 0) names.push("More fragments");
  const set = (bit: number): string => ((value & bit) === 0 ? "Not set" : "Set");
  return lines(
    `    ${bits(word, 0xe0, 8)} = Flags: ${[hex(value, 1), ...names].join(", ")}`,
    `        ${bits(word, 0x80, 8)} = Reserved bit: ${set(4)}`,
    `        ${bits(word, 0x40, 8)} = Don't fragment: ${set(2)}`,
    `        ${bits(word, 0x20, 8)} = More fragments: ${set(1)}`,
  );
}

/** The header of layer `i`; false when it is cut. */
export function printIpv4(context: TreeContext, i: number, isQuoted: boolean): boolean {
  const at = context.layers.at[i]!;
  const available = context.layers.room(i);
  const { tree, view, bytes, limit } = context;
  const sink = tree.sink;
  if (limit - at < 20) return printCut(context, at, isQuoted ? Number.POSITIVE_INFINITY : available);
  tree.put(TITLE);
  tree.address(bytes, at + 12, 4);
  sink.phrase(TO);
  const finalAt = context.layers.finalDestinationAt(i);
  const isRouted = finalAt !== at + 16;
  tree.address(bytes, finalAt, 4);
  if (isRouted) {
    sink.text(", Via: ");
    tree.address(bytes, at + 16, 4);
  }
  tree.end();
  const first = view.getUint8(at);
  tree.put(VERSION(first));
  const headerLength = 4 * (first & 15);
  if (headerLength < 20) return true;
  tree.put(typeOfService(view.getUint8(at + 1)));
  const length = view.getUint16(at + 2);
  printLength(context, at, isQuoted ? Number.POSITIVE_INFINITY : available, headerLength);
  if (length > 0 && length < headerLength) return true;
  const identification = view.getUint16(at + 4);
  tree.put(IDENTIFICATION);
  sink.hex(identification, 4);
  sink.phrase(OPEN);
  sink.decimal(identification);
  sink.phrase(CLOSE);
  const fragment = view.getUint16(at + 6);
  printFragment(tree, fragment);
  const ttl = view.getUint8(at + 8);
  tree.number(TTL, ttl);
  const protocol = view.getUint8(at + 9);
  remarkTtl(context, at, ttl, protocol);
  tree.put(PROTOCOL(protocol));
  printChecksum(tree, view.getUint16(at + 10));
  tree.put(SOURCE);
  tree.address(bytes, at + 12, 4);
  tree.end();
  tree.put(isRouted ? CURRENT_ROUTE : DESTINATION);
  tree.address(bytes, at + 16, 4);
  tree.end();
  if (headerLength === 20) return true;
  return printIpv4Options(context, at + 20, at + headerLength);
}

/** What is there of a header whose fixed part is cut. */
function printCut(context: TreeContext, at: number, available: number): boolean {
  const { tree, view, bytes, limit } = context;
  const have = limit - at;
  tree.put(NAME);
  if (have >= 16) tree.sink.text(`, Src: ${ipv4Text(bytes, at + 12)}`);
  tree.end();
  if (have < 1) return false;
  const first = view.getUint8(at);
  tree.put(VERSION(first));
  if (have >= 2) tree.put(typeOfService(view.getUint8(at + 1)));
  if (have >= 4) printLength(context, at, available, 4 * (first & 15));
  if (have >= 6) tree.line(1, `Identification: ${hex(view.getUint16(at + 4), 4)} (${view.getUint16(at + 4)})`);
  if (have >= 8) printFragment(tree, view.getUint16(at + 6));
  if (have >= 9) tree.number(TTL, view.getUint8(at + 8));
  if (have >= 10) tree.put(PROTOCOL(view.getUint8(at + 9)));
  if (have >= 12) printChecksum(tree, view.getUint16(at + 10));
  if (have >= 16) tree.line(1, `Source Address: ${ipv4Text(bytes, at + 12)}`);
  return false;
}

function printFragment(tree: TreeWriter, fragment: number): void {
  tree.put(FLAGS(fragment >> 13));
  if ((fragment & 0x1fff) === 0) tree.put(NO_OFFSET);
  else tree.line(1, `${bits(fragment, 0x1fff, 16)} = Fragment Offset: ${8 * (fragment & 0x1fff)}`);
}

function printChecksum(tree: TreeWriter, checksum: number): void {
  tree.put(CHECKSUM);
  tree.sink.hex(checksum, 4);
  tree.sink.phrase(STATUS);
  tree.put(STATUS_LINE);
}

function printLength({ tree, view }: TreeContext, at: number, available: number, headerLength: number): void {
  const length = view.getUint16(at + 2);
  if (length === 0) {
    tree.line(
      1,
      `[Total Length: ${available} bytes (reported as 0, presumed to be because of "TCP segmentation offload" (TSO))]`,
    );
    return;
  }
  if (length < headerLength) {
    tree.line(1, `Total Length: ${length} bytes (bogus, less than header length ${headerLength})`);
    tree.expert(2, "Error", "Protocol", "Bogus IP length");
    return;
  }
  tree.number(LENGTH, length);
  if (length > available)
    tree.expert(2, "Error", "Protocol", `IPv4 total length exceeds packet length (${plural(available, "byte")})`);
}

function remarkTtl({ tree, view }: TreeContext, at: number, ttl: number, protocol: number): void {
  if (isLocalControl(view, at + 16)) {
    if (ttl !== 1 || protocol !== PROTOCOL_IGMP) remarkLocalTtl(tree, view.getUint8(at + 19), ttl);
  } else if (ttl < MIN_TTL && view.getUint8(at + 16) >> 4 !== 14 && !SMALL_TTL.has(protocol)) {
    tree.expert(2, "Note", "Sequence", `"Time To Live" only ${ttl}`);
  }
}

/** Groups of 224.0.0.0/24 whose packets have a TTL of their own. */
function remarkLocalTtl(tree: TreeWriter, group: number, ttl: number): void {
  const due = LOCAL_TTL[group] ?? 1;
  if (due === 0 || due === ttl) return;
  tree.expert(
    2,
    "Note",
    "Sequence",
    `"Time To Live" != ${due} for a packet sent to the Local Network Control Block (see RFC 3171)`,
  );
}

const LOCAL_TTL: Readonly<Record<number, number>> = { 18: 255, 102: 255, 251: 255, 252: 0 };
