import type { Connection, IcmpError } from "../flow/connection.ts";
import type { QuotedConnection } from "../flow/connection-table.ts";
import type { Connections } from "../flow/connections.ts";
import type { Segment } from "../flow/segment.ts";
import { lessOrEqual } from "../flow/sequence.ts";
import { NEVER } from "../flow/time.ts";
import { addressText } from "../wire/address.ts";
import { CutSegments, isCut } from "./cut.ts";
import { DnsNames } from "./dns-names.ts";
import { Notices } from "./notice.ts";
import { ARP_REPLY, ARP_REQUEST } from "../wire/arp.ts";
import { ICMP_REDIRECT, ICMPV6_NEIGHBOUR_ADVERTISEMENT, ICMPV6_NEIGHBOUR_SOLICITATION } from "../wire/icmp.ts";
import type { Packet } from "../wire/packet.ts";
import { PROTOCOL_TCP } from "../wire/protocol.ts";
import { QuotedPacket } from "../wire/quote.ts";

/** Things remembered of each kind; beyond, the oldest are forgotten. */
const MAX_ENTRIES = 4096;
/** A packet that waited for an address leaves within this time of the answer. */
const RELEASED_NS = 100_000;
/** ICMP redirects kept to be told of. */
const MAX_REDIRECTS = 64;
/** Times remembered of each. */
const MAX_TIMES = 16;

/** Who asked for the link-layer address of a neighbour, by ARP or neighbour discovery, and whether it was answered. */
export interface NeighbourQuery {
  readonly version: 4 | 6;
  readonly target: string;
  readonly asker: string;
  readonly times: number[];
  readonly frames: number[];
  answered: boolean;
  /** When the last answer came, in nanoseconds since the first frame; `NEVER`: not yet. */
  answeredNs: number;
}

/** A router tells a host of a better way to a destination (RFC 792). */
export interface Redirect {
  readonly router: string;
  readonly gateway: string;
  readonly host: string;
  readonly destination: string;
  readonly frame: number;
}

/** ICMP errors that quote a TCP packet of which the capture has nothing else. */
export interface OrphanErrors {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly errors: IcmpError[];
}

/** What verdicts need from outside of a connection: ICMP errors, and neighbours that did not answer. */
export class Evidence {
  readonly neighbours: Map<string, NeighbourQuery> = new Map();
  readonly orphans: Map<string, OrphanErrors> = new Map();
  /** ICMP redirects seen: the gateway changed; and the first of them. */
  redirects = 0;
  readonly redirectList: Redirect[] = [];
  /** Names that addresses were looked up for. */
  readonly names: DnsNames = new DnsNames();
  /** TCP packets of which the snap length left too little to follow them. */
  readonly cut: CutSegments = new CutSegments();
  /** What the ICMP error of the last observed packet quotes; undefined when it quotes nothing that is known. */
  quoted: { readonly connection: Connection; readonly frame: number } | undefined = undefined;
  readonly #quote = new QuotedPacket();
  readonly #notices = new Notices();

  /** Takes note of a packet that is no TCP segment. */
  observe(packet: Packet, connections: Connections): void {
    this.quoted = undefined;
    if (packet.hasArp) this.#observeArp(packet, connections.timeNs(packet));
    else if (packet.hasUdp) this.names.observe(packet);
    else if (isCut(packet)) this.cut.observe(packet, connections.timeNs(packet));
    else if (packet.hasIcmp) this.#observeIcmp(packet, connections);
  }

  #observeArp(packet: Packet, timeNs: number): void {
    const { arp, frame } = packet;
    if (!arp.isEthernetIpv4) return;
    const sender = addressText(frame.bytes, arp.senderProtocolAt, 4);
    const target = addressText(frame.bytes, arp.targetProtocolAt, 4);
    if (arp.operation === ARP_REQUEST && sender !== target) this.#asked(4, target, sender, timeNs, frame.number);
    if (arp.operation === ARP_REPLY) this.#answered(sender, timeNs);
  }

  #observeIcmp(packet: Packet, connections: Connections): void {
    const { icmp, frame } = packet;
    if (icmp.quotesPacket) {
      this.#observeError(packet, connections);
      return;
    }
    if (icmp.version !== 6 || icmp.at + 24 > frame.end) return;
    const target = addressText(frame.bytes, icmp.at + 8, 16);
    if (icmp.type === ICMPV6_NEIGHBOUR_ADVERTISEMENT) {
      this.#answered(target, connections.timeNs(packet));
    } else if (icmp.type === ICMPV6_NEIGHBOUR_SOLICITATION) {
      const asker = addressText(frame.bytes, packet.sourceAt, 16);
      // Duplicate address detection (RFC 4862 section 5.4) hopes for silence.
      if (asker !== "::") this.#asked(6, target, asker, connections.timeNs(packet), frame.number);
    }
  }

  #asked(version: 4 | 6, target: string, asker: string, timeNs: number, frame: number): void {
    const key = `${asker} ${target}`;
    let query = this.neighbours.get(key);
    if (query === undefined) {
      query = { version, target, asker, times: [], frames: [], answered: false, answeredNs: NEVER };
      remember(this.neighbours, key, query);
    }
    if (query.times.length < MAX_TIMES) {
      query.times.push(timeNs);
      query.frames.push(frame);
    }
  }

  #answered(address: string, timeNs: number): void {
    for (const query of this.neighbours.values()) {
      if (query.target !== address) continue;
      query.answered = true;
      query.answeredNs = timeNs;
    }
  }

  /** Takes note of a segment that says more than its connection keeps. */
  observeSegment(segment: Segment, packet: Packet, connections: Connections): void {
    this.#notices.observe(segment, packet);
    if (segment.frame === segment.connection.firstFrame) this.#observeStart(segment, connections);
  }

  /**
   * A new connection's first SYN: did it leave only because a neighbour answered at
   * last? `segment` is the SYN; what waited in the kernel is sent at once.
   */
  #observeStart(segment: Segment, connections: Connections): void {
    if (this.neighbours.size === 0) return;
    const { connection } = segment;
    const client = addressText(connection.addresses, 0, connection.addresses.length / 2);
    for (const query of this.neighbours.values()) {
      const first = query.times[0] ?? 0;
      const released = segment.timeNs - query.answeredNs < RELEASED_NS;
      if (query.asker === client && released && query.answeredNs - first > 1e9) {
        connections.noteQueued(connection, first);
        return;
      }
    }
  }

  #observeError(packet: Packet, connections: Connections): void {
    const { icmp, frame } = packet;
    const quote = this.#quote;
    const hasQuote = quote.read(frame.view, icmp.quoteAt, frame.end);
    if (icmp.version === 4 && icmp.type === ICMP_REDIRECT) this.#observeRedirect(packet, hasQuote);
    if (!hasQuote || !quote.hasSourcePort || quote.protocol !== PROTOCOL_TCP) return;
    const found = quotedConnection(packet, quote, connections);
    const timeNs = connections.timeNs(packet);
    if (found === undefined) {
      if (quote.hasPorts) this.#addOrphan(packet, timeNs);
      return;
    }
    const quotedFrame = frameOf(found.connection, found.from, quote);
    const error = errorOf(packet, quote, timeNs, found.from, quotedFrame, matches(found.connection, found.from, quote));
    connections.observeError(found.connection, error);
    this.quoted = { connection: found.connection, frame: quotedFrame };
  }

  #observeRedirect(packet: Packet, hasQuote: boolean): void {
    this.redirects++;
    if (!hasQuote || this.redirectList.length >= MAX_REDIRECTS) return;
    const { icmp, frame } = packet;
    const quote = this.#quote;
    this.redirectList.push({
      router: addressText(frame.bytes, packet.sourceAt, 4),
      gateway: addressText(frame.bytes, icmp.at + 4, 4),
      host: addressText(frame.bytes, quote.sourceAt, 4),
      destination: addressText(frame.bytes, quote.destinationAt, 4),
      frame: frame.number,
    });
  }

  #addOrphan(packet: Packet, timeNs: number): void {
    const quote = this.#quote;
    const bytes = packet.frame.bytes;
    const source = addressText(bytes, quote.sourceAt, quote.addressLength);
    const destination = addressText(bytes, quote.destinationAt, quote.addressLength);
    const key = `${source} ${quote.sourcePort} ${destination} ${quote.destinationPort}`;
    let orphan = this.orphans.get(key);
    if (orphan === undefined) {
      orphan = {
        source,
        sourcePort: quote.sourcePort,
        destination,
        destinationPort: quote.destinationPort,
        errors: [],
      };
      remember(this.orphans, key, orphan);
    }
    if (orphan.errors.length < MAX_TIMES) orphan.errors.push(errorOf(packet, quote, timeNs, 0, 0, true));
  }
}

/** The connection of the quoted segment; where the snap length cut the quote after its first port, the newest that fits. */
function quotedConnection(packet: Packet, quote: QuotedPacket, connections: Connections): QuotedConnection | undefined {
  const { view } = packet.frame;
  if (!quote.hasPorts) {
    return connections.findBySourcePort(
      view,
      quote.sourceAt,
      quote.destinationAt,
      quote.addressLength,
      quote.sourcePort,
    );
  }
  const ports = ((quote.sourcePort << 16) | quote.destinationPort) >>> 0;
  return connections.find(view, quote.sourceAt, quote.destinationAt, quote.addressLength, ports);
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= MAX_ENTRIES) {
    const oldest = map.keys().next();
    if (oldest.done !== true) map.delete(oldest.value);
  }
  map.set(key, value);
}

function errorOf(
  packet: Packet,
  quote: QuotedPacket,
  timeNs: number,
  to: 0 | 1,
  quotedFrame: number,
  matched: boolean,
): IcmpError {
  const { icmp, frame } = packet;
  return {
    router: addressText(frame.bytes, packet.sourceAt, packet.addressLength),
    to,
    frame: frame.number,
    timeNs,
    version: icmp.version === 6 ? 6 : 4,
    type: icmp.type,
    code: icmp.code,
    quotedFrame,
    quotedTtl: quote.ttl,
    ttl: packet.ipVersion === 6 ? packet.ipv6.hopLimit : packet.ipv4.ttl,
    nextHopMtu: icmp.nextHopMtu,
    matches: matched,
  };
}

/** The frame that the error quotes: the unacknowledged segment with that number, else the newest of that end. */
function frameOf(connection: Connection, from: 0 | 1, quote: QuotedPacket): number {
  const end = connection.ends[from];
  const list = end.unacknowledged;
  if (list !== undefined && quote.hasSequence) {
    for (let i = list.length - 1; i >= 0; i--) if (list.start(i) === (quote.sequence | 0)) return list.frame(i) ?? 0;
  }
  return end.lastFrame;
}

/** Linux believes an error only when the quoted number is between what is acknowledged and what was sent (tcp_v4_err). */
function matches(connection: Connection, from: 0 | 1, quote: QuotedPacket): boolean {
  const end = connection.ends[from];
  const other = connection.ends[from === 0 ? 1 : 0];
  if (!quote.hasSequence || !end.hasHighest) return true;
  const lowest = other.hasSent && other.lastAck !== 0 ? other.lastAck : end.base;
  return lessOrEqual(lowest, quote.sequence | 0) && lessOrEqual(quote.sequence | 0, end.highest);
}
