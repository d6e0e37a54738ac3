import type { Frame } from "../../wire/frame.ts";
import { ICMP_ECHO, ICMP_ECHO_REPLY, ICMPV6_ECHO, ICMPV6_ECHO_REPLY } from "../../wire/icmp.ts";
import type { LayerKind, Layers } from "../../wire/layers.ts";
import * as p from "../../wire/protocol.ts";
import type { TextSink } from "../sink.ts";
import { lines, Piece, type TreeWriter } from "./tree.ts";
import { localTime } from "./tree-time.ts";

const TITLE = new Piece("Frame ");
const ARRIVAL = new Piece("    Arrival Time: ");
const SHIFT = lines("    [Time shift for this packet: 0.000000000 seconds]");
const EPOCH = new Piece("    Epoch Time: ");
const SINCE_CAPTURED = new Piece("    [Time delta from previous captured frame: ");
const SINCE_DISPLAYED = new Piece("    [Time delta from previous displayed frame: ");
const SINCE_FIRST = new Piece("    [Time since reference or first frame: ");
const NUMBER = new Piece("    Frame Number: ");
const MARKS = lines("    [Frame is marked: False]", "    [Frame is ignored: False]");
const LENGTH = new Piece("    Frame Length: ");
const CAPTURED = new Piece("    Capture Length: ");
const PROTOCOLS = new Piece("    [Protocols in frame: ");

/** Link types by their names and numbers in Wireshark. */
const ENCAPSULATIONS: Readonly<Record<number, string>> = {
  [p.LINKTYPE_NULL]: "NULL/Loopback (15)",
  [p.LINKTYPE_ETHERNET]: "Ethernet (1)",
  [p.LINKTYPE_PPP]: "PPP (4)",
  [p.LINKTYPE_FDDI]: "FDDI with bit-swapped MAC addresses (6)",
  [p.LINKTYPE_PPP_HDLC]: "PPP (4)",
  [p.LINKTYPE_PPPOE]: "PPP-over-Ethernet session (205)",
  [p.LINKTYPE_RAW]: "Raw IP (7)",
  [p.LINKTYPE_RAW_BSD]: "Raw IP (7)",
  [p.LINKTYPE_RAW_OPENBSD]: "Raw IP (7)",
  [p.LINKTYPE_CISCO_HDLC]: "Cisco HDLC (28)",
  [p.LINKTYPE_LOOP]: "OpenBSD NULL/Loopback (15)",
  [p.LINKTYPE_LINUX_SLL]: "Linux cooked-mode capture v1 (25)",
  [p.LINKTYPE_IPV4]: "Raw IPv4 (129)",
  [p.LINKTYPE_IPV6]: "Raw IPv6 (130)",
  [p.LINKTYPE_LINUX_SLL2]: "Linux cooked-mode capture v2 (210)",
};

const SHORT_NAMES: Readonly<Partial<Record<LayerKind, string>>> = {
  ethernet: "eth",
  sll2: "sll",
  ipv4: "ip",
  pppoe: "pppoes",
};

/** The interface of a frame, as far as the capture names it. */
export interface FrameInterface {
  /** -1: the capture has no interfaces. */
  readonly index: number;
  readonly name: string;
}

/** Prints what is known of the frame itself. */
export class FrameTree {
  #lastNs = 0;
  #isFirst = true;

  /** `timeNs`: since the first frame. */
  print(tree: TreeWriter, frame: Frame, layers: Layers, timeNs: number, from: FrameInterface): void {
    const sink = tree.sink;
    const sinceLast = this.#isFirst ? 0 : timeNs - this.#lastNs;
    this.#isFirst = false;
    this.#lastNs = timeNs;
    tree.put(TITLE);
    sink.decimal(frame.number);
    sink.text(": ");
    printSize(sink, frame.wireLength, ON_WIRE);
    printSize(sink, frame.capturedLength, CAUGHT);
    if (from.index >= 0) sink.text(` on interface ${from.name === "" ? "unknown" : from.name}, id ${from.index}`);
    tree.end();
    if (from.index >= 0) {
      tree.line(1, `Interface id: ${from.index} (${from.name === "" ? "unknown" : from.name})`);
      if (from.name !== "") tree.line(2, `Interface name: ${from.name}`);
    }
    tree.put(encapsulation(frame.linkType));
    this.#times(tree, frame, timeNs, sinceLast);
    tree.number(NUMBER, frame.number);
    tree.put(LENGTH);
    printSize(sink, frame.wireLength, ONLY);
    tree.put(CAPTURED);
    printSize(sink, frame.capturedLength, ONLY);
    tree.put(MARKS);
    tree.put(PROTOCOLS);
    printProtocols(tree, frame, layers);
    sink.text("]\n");
  }

  #times(tree: TreeWriter, frame: Frame, timeNs: number, sinceLast: number): void {
    const sink = tree.sink;
    const carried = Math.floor(frame.nanoseconds / 1e9);
    const seconds = frame.seconds + carried;
    const nanoseconds = frame.nanoseconds - 1e9 * carried;
    tree.put(ARRIVAL);
    sink.text(localTime(seconds, nanoseconds));
    tree.end();
    tree.put(SHIFT);
    tree.put(EPOCH);
    sink.decimal(seconds);
    sink.char(0x2e);
    sink.padded(nanoseconds, 9);
    sink.text(" seconds\n");
    for (const [piece, ns] of [
      [SINCE_CAPTURED, sinceLast],
      [SINCE_DISPLAYED, sinceLast],
      [SINCE_FIRST, timeNs],
    ] as const) {
      tree.put(piece);
      tree.seconds(ns);
      sink.text(" seconds]\n");
    }
  }
}

/** What stands between and behind the numbers of a size. */
type SizeWords = readonly [string, string];
const ON_WIRE: SizeWords = [" on wire (", "), "];
const CAUGHT: SizeWords = [" captured (", ")"];
const ONLY: SizeWords = [" (", ")\n"];

function printSize(sink: TextSink, bytes: number, [between, behind]: SizeWords): void {
  sink.decimal(bytes);
  sink.text(bytes === 1 ? " byte" : " bytes");
  sink.text(between);
  sink.decimal(8 * bytes);
  sink.text(" bits");
  sink.text(behind);
}

const pieces = new Map<number, Piece>();

function encapsulation(linkType: number): Piece {
  let piece = pieces.get(linkType);
  if (piece === undefined) {
    piece = lines(`    Encapsulation type: ${ENCAPSULATIONS[linkType] ?? `Link type ${linkType}`}`);
    pieces.set(linkType, piece);
  }
  return piece;
}

function printProtocols(tree: TreeWriter, frame: Frame, layers: Layers): void {
  for (let i = 0; i < layers.count; i++) {
    const kind = layers.kinds[i]!;
    if (i > 0) tree.sink.char(0x3a);
    const isProvider = kind === "vlan" && layers.type[i] === p.ETHERTYPE_PROVIDER_VLAN;
    tree.sink.text(isProvider ? "ieee8021ad" : (SHORT_NAMES[kind] ?? kind));
    const next = layers.kinds[i + 1];
    const isTyped = kind === "ethernet" || kind === "vlan" || kind === "sll" || kind === "sll2";
    if (isTyped && next !== undefined && i + 1 < layers.count && next !== "llc") tree.sink.text(":ethertype");
    else if (kind === "ipv6") printExtensionNames(tree, frame, layers.at[i]!, layers.end[i]!);
    else if (kind === "icmp" || kind === "icmpv6") printEchoData(tree, frame, layers, i);
    else if (kind === "igmp" && IGMP_VERSIONS.has(typeAt(frame, layers.at[i]!))) tree.sink.text(":igmp");
  }
}

/** Messages of the three versions of IGMP itself. */
const IGMP_VERSIONS: ReadonlySet<number> = new Set([0x11, 0x12, 0x16, 0x17, 0x22]);

const EXTENSIONS: Readonly<Record<number, string>> = {
  [p.PROTOCOL_HOP_BY_HOP]: ":ipv6.hopopts",
  [p.PROTOCOL_DESTINATION_OPTIONS]: ":ipv6.dstopts",
  [p.PROTOCOL_ROUTING]: ":ipv6.routing",
  [p.PROTOCOL_FRAGMENT]: ":ipv6.fraghdr",
};

function printExtensionNames(tree: TreeWriter, frame: Frame, at: number, end: number): void {
  const limit = Math.min(end, frame.end);
  if (limit - at < 40) return;
  let next = frame.view.getUint8(at + 6);
  for (let from = at + 40; EXTENSIONS[next] !== undefined && from + 8 <= limit;) {
    tree.sink.text(EXTENSIONS[next]!);
    const length = next === p.PROTOCOL_FRAGMENT ? 8 : 8 * (frame.view.getUint8(from + 1) + 1);
    next = frame.view.getUint8(from);
    from += length;
  }
}

/** What an echo carries counts as a protocol. */
function printEchoData(tree: TreeWriter, frame: Frame, layers: Layers, i: number): void {
  const at = layers.at[i]!;
  if (Math.min(layers.end[i]!, frame.end) - at <= 8) return;
  const type = frame.view.getUint8(at);
  const isEcho =
    layers.kinds[i] === "icmp"
      ? type === ICMP_ECHO || type === ICMP_ECHO_REPLY
      : type === ICMPV6_ECHO || type === ICMPV6_ECHO_REPLY;
  if (isEcho) tree.sink.text(":data");
}

function typeAt(frame: Frame, at: number): number {
  return at < frame.end ? frame.view.getUint8(at) : -1;
}
