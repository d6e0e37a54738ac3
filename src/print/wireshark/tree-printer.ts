import * as a from "../../flow/analysis.ts";
import { Echoes } from "../../flow/echoes.ts";
import { FrameTimes } from "../../flow/frame-times.ts";
import type { Segment } from "../../flow/segment.ts";
import { type Stream, Streams } from "../../flow/streams.ts";
import { type LayerKind, Layers } from "../../wire/layers.ts";
import type { Packet } from "../../wire/packet.ts";
import type { ReassembledDatagram } from "../../wire/reassembly.ts";
import { Phrase, type TextSink } from "../sink.ts";
import type { StatesColumn } from "../states-column.ts";
import { printArp } from "./tree-arp.ts";
import type { EchoRequest, StreamPacket, TreeContext } from "./tree-context.ts";
import { printData } from "./tree-data.ts";
import { printEthernet, printVlan } from "./tree-ethernet.ts";
import { type FrameInterface, FrameTree, type Whole } from "./tree-frame.ts";
import { printFragments } from "./tree-fragments.ts";
import { printGre } from "./tree-gre.ts";
import { printIcmp, printIcmpExtensions } from "./tree-icmp.ts";
import { printIcmpv6 } from "./tree-icmpv6.ts";
import { printIgmp } from "./tree-igmp.ts";
import { printIpv4 } from "./tree-ipv4.ts";
import { printIpv6 } from "./tree-ipv6.ts";
import * as wireless from "./tree-ieee80211.ts";
import * as link from "./tree-link.ts";
import { TcpTree } from "./tree-tcp.ts";
import { printUdp } from "./tree-udp.ts";
import { Piece, TreeWriter } from "./tree.ts";

/** What a layer is called where it is cut. */
const NAMES: Readonly<Record<LayerKind, string>> = {
  ethernet: "Ethernet",
  radiotap: "802.11 Radiotap",
  prism: "Prism",
  avs: "WLAN AVS",
  ieee80211: "802.11",
  vlan: "VLAN",
  llc: "LLC",
  sll: "SLL",
  sll2: "SLL",
  null: "Null/Loopback",
  raw: "Raw IP",
  ppp: "PPP",
  pppoe: "PPPoES",
  mpls: "MPLS",
  arp: "ARP/RARP",
  ipv4: "IPv4",
  ipv6: "IPv6",
  gre: "GRE",
  vxlan: "VXLAN",
  geneve: "GENEVE",
  icmp: "ICMP",
  icmpv6: "ICMPv6",
  igmp: "IGMP",
  udp: "UDP",
  tcp: "TCP",
  data: "Data",
};

const STATES = new Piece("[Connection states: ");
const END = new Phrase("]\n");

/** Sequence and acknowledgment number and flags: what a conversation is told by. */
const TCP_NUMBERS = 14;
const UDP_HEADER = 8;

/** What few trees have. */
export interface TreeExtras {
  /** Of both ends, as a last line. */
  readonly states?: StatesColumn | undefined;
  /** What the packet, a fragment, completes, and its transport header. */
  readonly datagram?: ReassembledDatagram | undefined;
  readonly transport?: Packet;
}

/** Prints packets as trees of all their fields, as Wireshark's packet details. */
export class TreePrinter {
  readonly #tree: TreeWriter;
  readonly #layers: Layers = new Layers();
  /** Of a datagram that a frame completes. */
  readonly #inner: Layers = new Layers();
  readonly #frameTree = new FrameTree();
  readonly #tcpTree = new TcpTree();
  readonly #tcpStreams = new Streams();
  readonly #udpStreams = new Streams();
  readonly #echoes = new Echoes();
  readonly #times = new FrameTimes();
  /** Of the TCP header at hand. */
  readonly #numbers = { ports: 0, sequence: 0, acknowledgment: 0, flags: 0, payloadLength: 0 };

  constructor(sink: TextSink) {
    this.#tree = new TreeWriter(sink);
  }

  /** `segment`: undefined when the packet has no TCP segment; `timeNs`: since the first frame. */
  print(
    packet: Packet,
    segment: Segment | undefined,
    timeNs: number,
    from: FrameInterface,
    { states, datagram, transport = packet }: TreeExtras = {},
  ): void {
    const tree = this.#tree;
    const layers = this.#layers;
    const { frame } = packet;
    layers.read(frame);
    this.#times.add(frame.number, frame.seconds, frame.nanoseconds);
    tree.level = 0;
    const whole = datagram === undefined ? undefined : this.#whole(datagram);
    this.#frameTree.print(tree, frame, layers, from, whole);
    const context: TreeContext = {
      tree,
      layers,
      view: frame.view,
      bytes: frame.bytes,
      limit: frame.end,
      times: this.#times,
      seconds: frame.seconds,
      nanoseconds: frame.nanoseconds,
      segment,
      segmentAt: segment === undefined ? -1 : transport.tcp.at,
    };
    if (datagram === undefined || whole === undefined) this.#print(context, timeNs, 0, layers.count);
    else this.#printWhole(context, timeNs, whole, datagram);
    tree.level = 0;
    if (states?.isEmpty === false) printStates(tree, states);
    tree.end();
  }

  /** The layers of a datagram that the frame completed, which follow those of the frame's own up to IP. */
  #whole({ frame }: ReassembledDatagram): Whole | undefined {
    const after = lastIp(this.#layers) + 1;
    this.#inner.read(frame);
    const from = firstIp(this.#inner) + 1;
    return after === 0 || from === 0 ? undefined : { frame, layers: this.#inner, from, after };
  }

  #printWhole(context: TreeContext, timeNs: number, whole: Whole, datagram: ReassembledDatagram): void {
    const { tree, layers } = context;
    this.#print(context, timeNs, 0, whole.after);
    tree.level = 0;
    printFragments(tree, layers.kinds[whole.after - 1] === "ipv4" ? 4 : 6, datagram);
    const { view, bytes, end: limit } = whole.frame;
    this.#print({ ...context, layers: whole.layers, view, bytes, limit }, timeNs, whole.from, whole.layers.count);
  }

  #print(context: TreeContext, timeNs: number, from: number, to: number): void {
    const { tree, layers, limit } = context;
    let quoting = -1;
    for (let i = from; i < to; i++) {
      const kind = layers.kinds[i]!;
      const isQuoted = layers.depth[i]! > 0;
      if (kind === "icmp" || kind === "icmpv6") quoting = i;
      if (quoting >= 0 && i > quoting && (!isQuoted || kind === "data")) {
        this.#extensions(context, quoting);
        quoting = -1;
      }
      const isInside = isQuoted && (kind !== "data" || layers.kinds[i - 1] === "tcp");
      tree.level = isInside ? layers.depth[i]! : 0;
      if (this.#layer(context, i, timeNs)) continue;
      const isCut = limit < layers.end[i]!;
      if (isCut || !isQuoted) {
        tree.level = 0;
        printCut(tree, isQuoted ? NAMES[layers.kinds[layers.ip[i]! < 0 ? i : layers.ip[i]!]!] : NAMES[kind], isCut);
      }
      return;
    }
    if (quoting >= 0) this.#extensions(context, quoting);
  }

  #extensions(context: TreeContext, index: number): void {
    const { tree, layers } = context;
    tree.level = 0;
    const version = layers.kinds[index] === "icmp" ? 4 : 6;
    printIcmpExtensions(context, layers.at[index]!, layers.end[index]!, version);
  }

  /** False when the layer is cut. */
  #layer(context: TreeContext, i: number, timeNs: number): boolean {
    const { layers, tree } = context;
    const at = layers.at[i]!;
    const end = layers.end[i]!;
    switch (layers.kinds[i]!) {
      case "ethernet":
        return printEthernet(context, at, end, payloadEnd(layers, i), i === 0);
      case "vlan":
        return printVlan(context, at, end, layers.type[i]!, payloadEnd(layers, i));
      case "llc":
        return link.printLogicalLink(context, at, end);
      case "radiotap":
        return wireless.printRadiotap(context, at);
      case "prism":
        return wireless.printPrism(context, at, end);
      case "avs":
        return wireless.printAvs(context, at, end);
      case "ieee80211":
        return wireless.printIeee80211(context, at, end);
      case "sll":
        return link.printCooked(context, at);
      case "sll2":
        return link.printCooked2(context, at);
      case "null":
        return link.printNull(context, at);
      case "raw":
        tree.line(0, "Raw packet data");
        return true;
      case "ppp":
        return link.printPpp(context, at);
      case "pppoe":
        return link.printSession(context, at);
      case "mpls":
        return link.printLabel(context, at);
      case "vxlan":
        return link.printVxlan(context, at);
      case "geneve":
        return link.printGeneve(context, at);
      case "gre":
        return printGre(context, at, end);
      case "arp":
        return printArp(context, at, end);
      default:
        return this.#network(context, i, timeNs);
    }
  }

  #network(context: TreeContext, i: number, timeNs: number): boolean {
    const { layers } = context;
    const at = layers.at[i]!;
    const end = layers.end[i]!;
    const isQuoted = layers.depth[i]! > 0;
    switch (layers.kinds[i]!) {
      case "ipv4":
        return printIpv4(context, i, isQuoted);
      case "ipv6":
        return printIpv6(context, at, end);
      case "icmp":
        return printIcmp(context, at, end, this.#echo(context, i, timeNs), isQuoted);
      case "icmpv6":
        return printIcmpv6(context, at, end, ipv6Addresses(layers, i), this.#echo(context, i, timeNs));
      case "igmp":
        return printIgmp(context, at, end);
      case "udp":
        return printUdp(context, at, end, this.#udpPacket(context, i), isQuoted);
      case "tcp":
        return this.#tcpTree.print(context, at, end, this.#tcpPacket(context, i), isQuotedByIcmp(layers, i));
      default:
        if (isShown(context, i)) printData(context.tree, context.bytes, at, Math.min(end, context.limit));
        return true;
    }
  }

  #tcpPacket(context: TreeContext, i: number): StreamPacket | undefined {
    const { layers, view, limit } = context;
    const at = layers.at[i]!;
    const ip = layers.ip[i]!;
    if (ip < 0 || Math.min(limit, layers.end[i]!) - at < TCP_NUMBERS) return undefined;
    const numbers = this.#numbers;
    numbers.ports = view.getUint32(at);
    numbers.sequence = view.getUint32(at + 4);
    numbers.flags = view.getUint8(at + 13);
    const isFour = layers.kinds[ip] === "ipv4";
    const sourceAt = layers.at[ip]! + (isFour ? 12 : 8);
    const length = isFour ? 4 : 16;
    const destinationAt = isFour ? layers.finalDestinationAt(ip) : sourceAt + length;
    const streams = this.#tcpStreams;
    const stream = streams.findSegment(view, sourceAt, destinationAt, length, numbers, context);
    const packet = streamPacket(stream, streams.from);
    const counts = stream.begin(numbers.flags);
    const { segment } = context;
    if (context.segmentAt === at && segment !== undefined) {
      numbers.acknowledgment = view.getUint32(at + 8);
      numbers.payloadLength = segment.payloadLength;
      stream.take(streams.from, numbers, counts);
      stream.time(numbers.flags, context);
      stream.windowScales[streams.from] = segment.connection.ends[segment.from].windowScale;
    }
    return packet;
  }

  #udpPacket(context: TreeContext, i: number): StreamPacket | undefined {
    const { layers, view, limit } = context;
    const at = layers.at[i]!;
    const ip = layers.ip[i]!;
    if (ip < 0 || Math.min(limit, layers.end[i]!) - at < UDP_HEADER) return undefined;
    const [sourceAt, destinationAt, length] = addressesOf(layers, ip);
    const stream = this.#udpStreams.find(view, sourceAt, destinationAt, length, view.getUint32(at), context);
    return streamPacket(stream, this.#udpStreams.from);
  }

  /** Notes an echo request, or finds that of an echo reply. */
  #echo(context: TreeContext, i: number, timeNs: number): EchoRequest | undefined {
    const { layers, view, limit } = context;
    const at = layers.at[i]!;
    const ip = layers.ip[i]!;
    if (ip < 0 || layers.depth[i]! > 0 || Math.min(limit, layers.end[i]!) - at < 8) return undefined;
    const [sourceAt, destinationAt, length] = addressesOf(layers, ip);
    const echoes = this.#echoes;
    if (!echoes.observe(view, sourceAt, destinationAt, length, at, layers.frame.number, timeNs)) return undefined;
    return { frame: echoes.frame, elapsedNs: timeNs - echoes.timeNs };
  }
}

/** Index of the innermost IP layer that no ICMP error quotes; -1: none. */
function lastIp({ kinds, depth, count }: Layers): number {
  let found = -1;
  for (let i = 0; i < count; i++) if (isIp(kinds[i]!) && depth[i] === 0) found = i;
  return found;
}

function firstIp({ kinds, count }: Layers): number {
  for (let i = 0; i < count; i++) if (isIp(kinds[i]!)) return i;
  return -1;
}

function isIp(kind: LayerKind): boolean {
  return kind === "ipv4" || kind === "ipv6";
}

function streamPacket(stream: Stream, from: 0 | 1): StreamPacket {
  return { stream, from, completeness: stream.completeness };
}

/** Where source and destination of the IP layer `ip` are, and how long they are. */
function addressesOf(layers: Layers, ip: number): [number, number, number] {
  const at = layers.at[ip]!;
  return layers.kinds[ip] === "ipv4" ? [at + 12, layers.finalDestinationAt(ip), 4] : [at + 8, at + 24, 16];
}

function ipv6Addresses(layers: Layers, i: number): { sourceAt: number; destinationAt: number } | undefined {
  const ip = layers.ip[i]!;
  if (ip < 0 || layers.kinds[ip] !== "ipv6") return undefined;
  return { sourceAt: layers.at[ip]! + 8, destinationAt: layers.at[ip]! + 24 };
}

/** Whether a TCP header is in the IPv4 packet that an ICMP error quotes. */
function isQuotedByIcmp(layers: Layers, i: number): boolean {
  const ip = layers.ip[i]!;
  return layers.depth[i]! > 0 && ip >= 0 && layers.kinds[ip] === "ipv4";
}

/** Where what a link header carries ends by its own lengths; -1 when that is not known, or the next header takes what is left. */
function payloadEnd(layers: Layers, i: number): number {
  if (i + 1 >= layers.count) return -1;
  const next = layers.kinds[i + 1]!;
  return next === "vlan" || next === "data" || next === "mpls" ? -1 : layers.end[i + 1]!;
}

/** Data that was sent before is not shown again. */
function isShown(context: TreeContext, i: number): boolean {
  const { layers, segment, segmentAt } = context;
  if (segment === undefined || i === 0 || layers.kinds[i - 1] !== "tcp" || layers.at[i - 1] !== segmentAt) return true;
  if ((segment.analysis & a.ANALYSIS_FAST_RETRANSMISSION) !== 0) return true;
  return (segment.analysis & (a.ANALYSIS_RETRANSMISSION | a.ANALYSIS_OUT_OF_ORDER)) === 0;
}

function printStates(tree: TreeWriter, states: StatesColumn): void {
  tree.put(STATES);
  states.print(tree.sink);
  tree.sink.phrase(END);
}

function printCut(tree: TreeWriter, name: string, isCut: boolean): void {
  if (isCut) {
    tree.line(0, `[Packet size limited during capture: ${name} truncated]`);
    return;
  }
  tree.line(0, `[Malformed Packet: ${name}]`);
  tree.expert(1, "Error", "Malformed", "Malformed Packet (Exception occurred)");
}
