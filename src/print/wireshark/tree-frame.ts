import type { Frame } from "../../wire/frame.ts";
import { ICMP_ECHO, ICMP_ECHO_REPLY, ICMPV6_ECHO, ICMPV6_ECHO_REPLY } from "../../wire/icmp.ts";
import type { LayerKind, Layers } from "../../wire/layers.ts";
import * as p from "../../wire/protocol.ts";
import { Phrase, type TextSink } from "../sink.ts";
import { lines, Piece, type TreeWriter } from "./tree.ts";
import { printLocalTime } from "./tree-time.ts";

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
  [p.LINKTYPE_IEEE802_11]: "IEEE 802.11 Wireless LAN (20)",
  [p.LINKTYPE_LOOP]: "OpenBSD NULL/Loopback (15)",
  [p.LINKTYPE_LINUX_SLL]: "Linux cooked-mode capture v1 (25)",
  [p.LINKTYPE_PRISM]: "IEEE 802.11 plus Prism II monitor mode radio header (21)",
  [p.LINKTYPE_RADIOTAP]: "IEEE 802.11 plus radiotap radio header (23)",
  [p.LINKTYPE_AVS]: "IEEE 802.11 plus AVS radio header (24)",
  [p.LINKTYPE_IPV4]: "Raw IPv4 (129)",
  [p.LINKTYPE_IPV6]: "Raw IPv6 (130)",
  [p.LINKTYPE_LINUX_SLL2]: "Linux cooked-mode capture v2 (210)",
};

const SHORT_NAMES: Readonly<Partial<Record<LayerKind, string>>> = {
  ethernet: "eth",
  radiotap: "radiotap:wlan_radio",
  avs: "wlancap:wlan_radio",
  ieee80211: "wlan",
  sll2: "sll",
  ipv4: "ip",
  pppoe: "pppoes",
};

/** The interface of a frame, as far as the capture names it. */
export interface FrameInterface {
  /** In its section; -1: the capture has no interfaces. */
  readonly index: number;
  readonly name: string;
  /** Of pcapng, from 1. */
  readonly section?: number | undefined;
  /** Printed, not only taken notice of; true when left out. */
  readonly isShown?: boolean;
}

/** When a frame was captured. */
class Moment {
  isSet = false;
  seconds = 0;
  nanoseconds = 0;

  set({ seconds, nanoseconds }: Frame): void {
    this.isSet = true;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
  }
}

/** 0 where there was no such moment. */
function printSince(tree: TreeWriter, piece: Piece, frame: Frame, { isSet, seconds, nanoseconds }: Moment): void {
  if (isSet) tree.elapsed(piece, frame.seconds - seconds, frame.nanoseconds - nanoseconds);
  else tree.elapsed(piece, 0, 0);
}

/** A datagram that the frame, its last fragment, completed. */
export interface Whole {
  readonly frame: Frame;
  readonly layers: Layers;
  /** Its first layer that fragments do not have, and how many layers the frame has before. */
  readonly from: number;
  readonly after: number;
}

/** Prints what is known of the frame itself. */
export class FrameTree {
  readonly #first = new Moment();
  readonly #last = new Moment();
  readonly #lastShown = new Moment();

  print(tree: TreeWriter, frame: Frame, layers: Layers, from: FrameInterface, whole?: Whole): void {
    const sink = tree.sink;
    tree.put(TITLE);
    sink.decimal(frame.number);
    sink.phrase(COLON);
    printSize(sink, frame.wireLength, ON_WIRE);
    printSize(sink, frame.capturedLength, CAUGHT);
    if (from.index >= 0) sink.text(` on interface ${from.name === "" ? "unknown" : from.name}, id ${from.index}`);
    tree.end();
    if (from.index >= 0) {
      const name = from.name === "" ? "unknown" : from.name;
      if (from.section !== undefined) tree.line(1, `Section number: ${from.section}`);
      tree.line(1, `Interface id: ${from.index} (${name})`);
      tree.line(2, `Interface name: ${name}`);
    }
    tree.put(encapsulation(frame.linkType));
    this.#times(tree, frame);
    this.#last.set(frame);
    if (from.isShown !== false) this.#lastShown.set(frame);
    tree.number(NUMBER, frame.number);
    tree.put(LENGTH);
    printSize(sink, frame.wireLength, ONLY);
    tree.put(CAPTURED);
    printSize(sink, frame.capturedLength, ONLY);
    tree.put(MARKS);
    tree.put(PROTOCOLS);
    if (whole === undefined) {
      printProtocols(tree, frame, layers, 0, layers.count);
    } else {
      printProtocols(tree, frame, layers, 0, whole.after);
      printProtocols(tree, whole.frame, whole.layers, whole.from, whole.layers.count);
    }
    sink.phrase(END);
  }

  #times(tree: TreeWriter, frame: Frame): void {
    const sink = tree.sink;
    const carried = Math.floor(frame.nanoseconds / 1e9);
    const seconds = frame.seconds + carried;
    const nanoseconds = frame.nanoseconds - 1e9 * carried;
    tree.put(ARRIVAL);
    printLocalTime(sink, seconds, nanoseconds);
    tree.end();
    tree.put(SHIFT);
    tree.put(EPOCH);
    sink.decimal(seconds);
    sink.char(0x2e);
    sink.padded(nanoseconds, 9);
    sink.phrase(SECONDS);
    if (!this.#first.isSet) this.#first.set(frame);
    printSince(tree, SINCE_CAPTURED, frame, this.#last);
    printSince(tree, SINCE_DISPLAYED, frame, this.#lastShown);
    printSince(tree, SINCE_FIRST, frame, this.#first);
  }
}

/** What stands between and behind the numbers of a size. */
interface SizeWords {
  readonly one: Phrase;
  readonly many: Phrase;
  readonly behind: Phrase;
}

function sizeWords(between: string, behind: string): SizeWords {
  return {
    one: new Phrase(` byte${between}`),
    many: new Phrase(` bytes${between}`),
    behind: new Phrase(` bits${behind}`),
  };
}

const ON_WIRE = sizeWords(" on wire (", "), ");
const CAUGHT = sizeWords(" captured (", ")");
const ONLY = sizeWords(" (", ")\n");
const COLON = new Phrase(": ");
const SECONDS = new Phrase(" seconds\n");
const END = new Phrase("]\n");

function printSize(sink: TextSink, bytes: number, { one, many, behind }: SizeWords): void {
  sink.decimal(bytes);
  sink.phrase(bytes === 1 ? one : many);
  sink.decimal(8 * bytes);
  sink.phrase(behind);
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

const USUAL = new Phrase("eth:ethertype:ip:tcp");
const USUAL_WITH_DATA = new Phrase("eth:ethertype:ip:tcp:data");

/** TCP over IPv4 over Ethernet with nothing between. */
function isUsual({ count, kinds }: Layers): boolean {
  if (count < 3 || count > 4 || kinds[0] !== "ethernet" || kinds[1] !== "ipv4" || kinds[2] !== "tcp") return false;
  return count === 3 || kinds[3] === "data";
}

function printProtocols(tree: TreeWriter, frame: Frame, layers: Layers, from: number, to: number): void {
  if (to === layers.count && isUsual(layers)) {
    tree.sink.phrase(layers.count === 3 ? USUAL : USUAL_WITH_DATA);
    return;
  }
  for (let i = from; i < to; i++) {
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
