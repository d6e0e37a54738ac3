import { MIN_ETHERTYPE } from "../../wire/ethernet.ts";
import { ETHERTYPE_PROVIDER_VLAN } from "../../wire/protocol.ts";
import { Phrase } from "../sink.ts";
import { etherTypeName } from "./ethertype-names.ts";
import type { TreeContext } from "./tree-context.ts";
import { bits, hex, hexBytes, lines, Piece, type TreeWriter } from "./tree.ts";

/** Ethernet II, 802.3, 802.1Q and 802.1ad. */

const ETHERNET_II = new Piece("Ethernet II, Src: ");
const ETHERNET_802_3 = lines("IEEE 802.3 Ethernet ");
const DESTINATION = new Piece("    Destination: ");
const SOURCE = new Piece("    Source: ");
const TO = new Phrase(", Dst: ");
const ADDRESS = new Piece("        Address: ");
/** Frames on the wire are no shorter, without their check sequence; shorter ones are padded. */
const MIN_FRAME = 60;
/** Frames of so many bytes need no padding: what follows them may be a check sequence. */
const MIN_WITH_FCS = 64;
const BAD_PADDING = "Didn't find padding of zeros, and an undecoded trailer exists. There may be padding of non-zeros.";
const GROUP_SOURCE = "Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)";

/** The two bits of an address's first byte: group, and locally administered. */
const BITS: readonly Piece[] = [0, 1, 2, 3].map((value) =>
  lines(
    `        .... ..${(value & 2) >> 1}. .... .... .... .... = LG bit: ${
      (value & 2) === 0
        ? "Globally unique address (factory default)"
        : "Locally administered address (this is NOT the factory default)"
    }`,
    `        .... ...${value & 1} .... .... .... .... = IG bit: ${
      (value & 1) === 0 ? "Individual address (unicast)" : "Group address (multicast/broadcast)"
    }`,
  ),
);

const TYPES = new Map<number, Piece>();
const PRIORITIES: readonly string[] = [
  "Best Effort (default)",
  "Background",
  "Excellent Effort",
  "Critical Applications",
  "Video, < 100ms latency and jitter",
  "Voice, < 10ms latency and jitter",
  "Internetwork Control",
  "Network Control",
];

/** The header at `at`; false when it is cut. `payloadEnd`: where its payload ends by the headers inside; -1: not known. */
export function printEthernet(
  context: TreeContext,
  at: number,
  end: number,
  payloadEnd: number,
  isOutermost: boolean,
): boolean {
  const { tree, view, bytes, limit } = context;
  if (limit - at < 14 || end - at < 14) return false;
  const type = view.getUint16(at + 12);
  if (type >= MIN_ETHERTYPE) {
    tree.put(ETHERNET_II);
    tree.mac(bytes, at + 6);
    tree.sink.phrase(TO);
    tree.mac(bytes, at);
    tree.end();
  } else {
    tree.put(ETHERNET_802_3);
  }
  printAddress(tree, DESTINATION, bytes, at, false);
  printAddress(tree, SOURCE, bytes, at + 6, (bytes[at + 6]! & 1) !== 0);
  if (type >= MIN_ETHERTYPE) printType(tree, type);
  else tree.line(1, `Length: ${type}`);
  if (payloadEnd >= 0) printTrailer(context, at, end, payloadEnd, 14, isOutermost);
  return true;
}

function printAddress(tree: TreeWriter, name: Piece, bytes: Uint8Array, at: number, isBad: boolean): void {
  tree.put(name);
  tree.mac(bytes, at);
  tree.end();
  if (isBad) tree.expert(2, "Warning", "Protocol", GROUP_SOURCE);
  tree.put(ADDRESS);
  tree.mac(bytes, at);
  tree.end();
  tree.put(BITS[bytes[at]! & 3]!);
}

/** `Type: IPv4 (0x0800)` */
function printType(tree: TreeWriter, type: number): void {
  let piece = TYPES.get(type);
  if (piece === undefined) {
    piece = lines(`    Type: ${etherTypeName(type)} (${hex(type, 4)})`);
    TYPES.set(type, piece);
  }
  tree.put(piece);
}

/** The tag at `at`, of the given tag protocol; false when it is cut. */
export function printVlan(context: TreeContext, at: number, end: number, tpid: number, payloadEnd: number): boolean {
  const { tree, view, limit } = context;
  if (Math.min(limit, end) - at < 4) return false;
  const tag = view.getUint16(at);
  const [priority, eligible, identifier] = [tag >> 13, (tag >> 12) & 1, tag & 0xfff];
  const isProvider = tpid === ETHERTYPE_PROVIDER_VLAN;
  tree.line(
    0,
    isProvider
      ? `IEEE 802.1ad, ID: ${identifier}`
      : `802.1Q Virtual LAN, PRI: ${priority}, DEI: ${eligible}, ID: ${identifier}`,
  );
  const priorityText = isProvider ? String(priority) : `${PRIORITIES[priority]} (${priority})`;
  tree.line(1, `${bits(tag, 0xe000, 16)} = Priority: ${priorityText}`);
  const eligibleText = isProvider ? String(eligible) : eligible === 0 ? "Ineligible" : "Eligible";
  tree.line(1, `${bits(tag, 0x1000, 16)} = DEI: ${eligibleText}`);
  tree.line(1, `${bits(tag, 0x0fff, 16)} = ID: ${identifier}`);
  const type = view.getUint16(at + 2);
  if (type >= MIN_ETHERTYPE) printType(tree, type);
  else tree.line(1, `Length: ${type}`);
  if (payloadEnd >= 0) printTrailer(context, at, end, payloadEnd, 4, true);
  return true;
}

/** What lies behind the payload: padding, a trailer, a check sequence. */
function printTrailer(
  context: TreeContext,
  at: number,
  end: number,
  payloadEnd: number,
  headerLength: number,
  isOutermost: boolean,
): void {
  const { tree, bytes, view } = context;
  const limit = Math.min(context.limit, end);
  let from = Math.max(payloadEnd, at + headerLength);
  if (limit <= from) return;
  let isBad = false;
  const start = headerLength === 14 ? at : at - 14;
  const padded = Math.min(limit, start + MIN_FRAME);
  if (isOutermost && padded > from && end - start >= MIN_FRAME) {
    if (isZero(bytes, from, padded)) {
      tree.line(1, `Padding: ${hexBytes(bytes, from, padded)}`);
      from = padded;
    } else {
      isBad = true;
    }
  }
  const hasFcs = isOutermost && headerLength === 14 && end - start >= MIN_WITH_FCS && end - from >= 4 && limit === end;
  const trailerEnd = hasFcs ? end - 4 : limit;
  if (trailerEnd > from) tree.line(1, `Trailer: ${hexBytes(bytes, from, trailerEnd)}`);
  if (isBad) tree.expert(2, "Note", "Protocol", BAD_PADDING);
  if (!hasFcs) return;
  tree.line(1, `Frame check sequence: ${hex(view.getUint32(end - 4), 8)} [unverified]`);
  tree.line(1, "[FCS Status: Unverified]");
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}
