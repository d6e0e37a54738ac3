import type { Frame } from "../wire/frame.ts";
import type { Packet } from "../wire/packet.ts";
import { PlainSegment } from "../wire/plain-segment.ts";
import { TcpOptionValues } from "../wire/tcp-options.ts";
import { ACK, SYN } from "../wire/tcp.ts";
import { analyse, ANALYSIS_REUSED_PORTS, conclude } from "./analysis.ts";
import { Connection, type IcmpError } from "./connection.ts";
import { count } from "./counters.ts";
import { noteFindings } from "./findings.ts";
import { noteHandshake } from "./handshake.ts";
import { HeaderPrediction } from "./header-prediction.ts";
import { icmpErrno } from "./icmp-errno.ts";
import { KeyTable } from "./key-table.ts";
import { acknowledge, remember, setBases } from "./numbers.ts";
import { Recency } from "./recency.ts";
import { tellDuplicate } from "./link.ts";
import { observeRetransmission } from "./retransmission.ts";
import { Segment } from "./segment.ts";
import { settle } from "./settle.ts";
import { advance } from "./state-machine.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";
import { scaledWindow, takeOptions } from "./syn-options.ts";
import { NO_TIME } from "./time.ts";
import { enter } from "./transition.ts";
import { IPV4_KEY_WORDS, IPV6_KEY_WORDS, stageTuple } from "./tuple.ts";

/** Connections followed at once unless told otherwise. */
const MAX_CONNECTIONS = 1_000_000;

/** How many connections are searched for one of which only a part is known. */
const MAX_LOOKED_AT = 1024;

/** A connection, and which of its ends sent the quoted segment. */
export interface QuotedConnection {
  readonly connection: Connection;
  readonly from: EndIndex;
}

export interface ConnectionsOptions {
  /** At most so many connections are followed; beyond, the longest idle one is finished. */
  readonly maxConnections?: number;
  /** Whether segments get Wireshark's names (`analysis`, `bytesInFlight`…); true when left out. Connections are followed just as well without, and faster. */
  readonly analysis?: boolean;
  /** Called once for each connection, when nothing more will come of it. */
  readonly onFinished?: (connection: Connection) => void;
}

/** All TCP connections of one input. */
export class Connections {
  /** Connections that had to be finished early because the table was full. */
  evicted = 0;
  /** Nanoseconds since the first frame, of the newest one. */
  lastTimeNs: number = NO_TIME;
  readonly #ipv4 = new KeyTable(IPV4_KEY_WORDS);
  readonly #ipv6 = new KeyTable(IPV6_KEY_WORDS);
  readonly #options = new TcpOptionValues();
  readonly #segment = new Segment();
  readonly #plain = new PlainSegment();
  readonly #prediction = new HeaderPrediction();
  readonly #analyses: boolean;
  readonly #max: number;
  readonly #onFinished: ((connection: Connection) => void) | undefined;
  #slots: Connection[] = [];
  readonly #recency: Recency;
  #streams = 0;
  #hasStart = false;
  #startSeconds: number = NO_TIME;
  #startNanoseconds: number = NO_TIME;

  constructor(options: ConnectionsOptions = {}) {
    this.#analyses = options.analysis ?? true;
    this.#max = options.maxConnections ?? MAX_CONNECTIONS;
    this.#recency = new Recency(this.#max);
    this.#onFinished = options.onFinished;
  }

  /** Seconds and nanoseconds since 1970 of the first frame: where all `…Ns` times count from. */
  get start(): { readonly seconds: number; readonly nanoseconds: number } {
    return { seconds: this.#startSeconds, nanoseconds: this.#startNanoseconds };
  }

  /** Nanoseconds since the first frame, of the packet's frame. */
  timeNs(packet: Packet): number {
    return this.#timeNs(packet.frame);
  }

  #timeNs(frame: Frame): number {
    if (!this.#hasStart) {
      this.#hasStart = true;
      this.#startSeconds = frame.seconds;
      this.#startNanoseconds = frame.nanoseconds;
    }
    const ns = (frame.seconds - this.#startSeconds) * 1e9 + (frame.nanoseconds - this.#startNanoseconds);
    if (ns > this.lastTimeNs) this.lastTimeNs = ns;
    return ns;
  }

  /**
   * Follows the frame's segment if it is a predicted one (see `HeaderPrediction`)
   * and nothing is to be told of it; false: nothing was done, and the frame has to be
   * decoded and given to `observe`. Always so when segments get Wireshark's names.
   */
  observePredicted(frame: Frame): boolean {
    const plain = this.#plain;
    if (this.#analyses || !plain.read(frame)) return false;
    const { addressLength, ports } = plain;
    const table = addressLength === 4 ? this.#ipv4 : this.#ipv6;
    const second = stageTuple(table, frame.view, plain.sourceAt, plain.destinationAt, addressLength, ports);
    const slot = table.find();
    if (slot < 0 || !this.#prediction.take(plain, slot, second, frame.number, this.#timeNs(frame))) return false;
    this.#recency.touch(slot);
    return true;
  }

  /** Follows the packet's TCP segment; undefined when it has none. The result holds until the next call. */
  observe(packet: Packet): Segment | undefined {
    const timeNs = this.timeNs(packet);
    if (!packet.hasTcp) return undefined;
    const tcp = packet.tcp;
    const flags = tcp.flags;
    const segment = this.#segment;
    const table = packet.addressLength === 4 ? this.#ipv4 : this.#ipv6;
    const second = stageTuple(
      table,
      packet.frame.view,
      packet.sourceAt,
      packet.destinationAt,
      packet.addressLength,
      tcp.ports,
    );
    const slot = table.find();
    segment.analysis = 0;
    let connection = slot < 0 ? undefined : this.#slots[slot];
    if (connection !== undefined && !this.#analyses) this.#prediction.store(connection);
    if (connection === undefined) {
      connection = this.#open(packet, table, second, timeNs);
    } else if ((flags & (SYN | ACK)) === SYN) {
      connection = this.#startAnew(packet, table, second, timeNs, connection);
    }
    this.#recency.touch(connection.slot);
    this.#fill(segment, packet, connection, second, timeNs);
    this.#follow(segment, packet, connection);
    if (!this.#analyses) this.#prediction.load(connection);
    return segment;
  }

  /** A SYN on a known four-tuple: a retry, or a new connection. */
  #startAnew(packet: Packet, table: KeyTable, second: boolean, timeNs: number, before: Connection): Connection {
    const end = before.ends[second === before.clientIsSecond ? CLIENT : SERVER];
    if (!end.hasBase) return before;
    // The same number again is a retry, whatever has come between (as in Wireshark).
    if (end.base === (packet.tcp.sequence | 0)) return before;
    this.#segment.analysis = ANALYSIS_REUSED_PORTS;
    const slot = before.slot;
    this.#finish(before);
    const connection = this.#create(packet, second, timeNs);
    before.previous = undefined;
    connection.previous = before;
    connection.slot = slot;
    this.#slots[slot] = connection;
    stageTuple(table, packet.frame.view, packet.sourceAt, packet.destinationAt, packet.addressLength, packet.tcp.ports);
    return connection;
  }

  #open(packet: Packet, table: KeyTable, second: boolean, timeNs: number): Connection {
    const connection = this.#create(packet, second, timeNs);
    const slot = this.#slots.length < this.#max ? this.#slots.length : this.#evict();
    connection.slot = slot;
    this.#slots[slot] = connection;
    this.#recency.add(slot);
    // Evicting staged another key.
    stageTuple(table, packet.frame.view, packet.sourceAt, packet.destinationAt, packet.addressLength, packet.tcp.ports);
    table.insert(slot);
    return connection;
  }

  #create(packet: Packet, second: boolean, timeNs: number): Connection {
    const connection = new Connection();
    const tcp = packet.tcp;
    const flags = tcp.flags;
    connection.stream = this.#streams++;
    connection.firstStream = connection.stream;
    connection.ipVersion = packet.ipVersion === 6 ? 6 : 4;
    connection.firstFrame = packet.frame.number;
    connection.firstTimeNs = timeNs;
    const senderIsClient = isClient(flags, tcp.sourcePort, tcp.destinationPort);
    connection.clientInferred = (flags & SYN) === 0;
    connection.clientIsSecond = senderIsClient === second;
    connection.ends[senderIsClient ? CLIENT : SERVER].port = tcp.sourcePort;
    connection.ends[senderIsClient ? SERVER : CLIENT].port = tcp.destinationPort;
    const length = packet.addressLength;
    const addresses = new Uint8Array(2 * length);
    const bytes = packet.frame.bytes;
    const clientAt = senderIsClient ? packet.sourceAt : packet.destinationAt;
    const serverAt = senderIsClient ? packet.destinationAt : packet.sourceAt;
    for (let i = 0; i < length; i++) {
      addresses[i] = bytes[clientAt + i]!;
      addresses[length + i] = bytes[serverAt + i]!;
    }
    connection.addresses = addresses;
    return connection;
  }

  #fill(segment: Segment, packet: Packet, connection: Connection, second: boolean, timeNs: number): void {
    const tcp = packet.tcp;
    segment.connection = connection;
    segment.from = second === connection.clientIsSecond ? CLIENT : SERVER;
    segment.frame = packet.frame.number;
    segment.timeNs = timeNs;
    segment.sequence = tcp.sequence | 0;
    segment.acknowledgment = tcp.acknowledgment | 0;
    segment.flags = tcp.flags;
    segment.payloadLength = tcp.payloadLength;
    segment.window = tcp.window;
    segment.ttl = packet.ipVersion === 6 ? packet.ipv6.hopLimit : packet.ipv4.ttl;
    segment.identification = packet.ipVersion === 6 ? 0 : packet.ipv4.identification;
    segment.acksFrame = 0;
    segment.ackRttNs = NO_TIME;
    segment.isAnalysed = false;
    segment.duplicateAckNumber = 0;
    segment.duplicateAckFrame = 0;
    segment.bytesInFlight = -1;
    segment.rtoFrame = 0;
    segment.rtoNs = NO_TIME;
    segment.retransmissionCause = "";
    segment.retransmissionOf = 0;
  }

  #follow(segment: Segment, packet: Packet, connection: Connection): void {
    const tcp = packet.tcp;
    const from = segment.from;
    const forward = from === CLIENT ? connection.client : connection.server;
    const reverse = from === CLIENT ? connection.server : connection.client;
    const options = this.#options;
    options.read(packet.frame.view, tcp.at + 20, tcp.payloadAt, packet.frame.end);
    noteFindings(segment, connection, forward, reverse, options);
    observeRetransmission(segment, forward, reverse, options.hasTimestamps ? options.tsval : -1);
    tellDuplicate(segment, packet, forward);
    reverse.resends?.acknowledge(segment, options);
    setBases(segment, forward, reverse);
    if (this.#analyses) analyse(segment, connection, forward, reverse);
    remember(segment, forward);
    acknowledge(segment, reverse);
    if (this.#analyses) conclude(segment, connection, forward, reverse);
    takeOptions(segment, forward, reverse, options);
    segment.scaledWindow = scaledWindow(segment, forward);
    noteHandshake(segment, connection, from, forward);
    advance(segment, connection);
    count(segment, packet, connection, forward, reverse);
  }

  /**
   * The connection's first SYN waited for its neighbour's link-layer address since
   * then: the kernel had already begun to repeat it (one repetition a second).
   */
  noteQueued(connection: Connection, sinceNs: number): void {
    const client = connection.ends[CLIENT];
    const waited = connection.firstTimeNs - sinceNs;
    connection.queuedSinceNs = sinceNs;
    connection.transitions.moveFirst(sinceNs);
    client.retransmissions += Math.floor(waited / 1e9);
  }

  /** An ICMP error that quotes a segment of the connection: in SYN_SENT, most end connect() at once. */
  observeError(connection: Connection, error: IcmpError): void {
    connection.addIcmpError(error);
    const end = connection.ends[error.to];
    if (end.state === "SYN_SENT" && error.matches && icmpErrno(error) !== "") {
      enter(connection, error.to, "CLOSED", error.timeNs, error.frame, "received");
    }
  }

  /** Finishes what is left; to be called when the input ends. */
  finish(): void {
    for (const connection of this.#slots) this.#finish(connection);
    this.#slots = [];
    this.#ipv4.clear();
    this.#ipv6.clear();
    this.#recency.clear();
  }

  /** The connection that a quoted packet belongs to; its addresses are 4 or 16 bytes at the given places. */
  find(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    ports: number,
  ): QuotedConnection | undefined {
    const table = addressLength === 4 ? this.#ipv4 : this.#ipv6;
    const second = stageTuple(table, view, sourceAt, destinationAt, addressLength, ports);
    const slot = table.find();
    const connection = slot < 0 ? undefined : this.#slots[slot];
    if (connection === undefined) return undefined;
    this.#prediction.store(connection);
    return { connection, from: second === connection.clientIsSecond ? CLIENT : SERVER };
  }

  /** The same where only the source port is known: the one used last, of the newest few. */
  findBySourcePort(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    sourcePort: number,
  ): QuotedConnection | undefined {
    let slot = this.#recency.newest;
    for (let looked = 0; slot >= 0 && looked < MAX_LOOKED_AT; looked++, slot = this.#recency.olderThan(slot)) {
      const connection = this.#slots[slot];
      if (connection === undefined || connection.addresses.length !== 2 * addressLength) continue;
      for (const from of [CLIENT, SERVER] as const) {
        const other = from === CLIENT ? SERVER : CLIENT;
        const fits =
          connection.ends[from].port === sourcePort &&
          sameAddress(connection, from, view, sourceAt, addressLength) &&
          sameAddress(connection, other, view, destinationAt, addressLength);
        if (!fits) continue;
        this.#prediction.store(connection);
        return { connection, from };
      }
    }
    return undefined;
  }

  #finish(connection: Connection): void {
    if (connection.finished) return;
    connection.finished = true;
    this.#prediction.store(connection);
    settle(connection, this.lastTimeNs);
    for (const end of connection.ends) end.unacknowledged = undefined;
    this.#onFinished?.(connection);
  }

  #evict(): number {
    const slot = this.#recency.oldest;
    const connection = this.#slots[slot];
    if (connection === undefined) return 0;
    this.evicted++;
    const table = connection.ipVersion === 4 ? this.#ipv4 : this.#ipv6;
    const length = connection.addresses.length / 2;
    const view = new DataView(connection.addresses.buffer);
    const ports = ((connection.ends[CLIENT].port << 16) | connection.ends[SERVER].port) >>> 0;
    stageTuple(table, view, 0, length, length, ports);
    table.remove();
    this.#recency.remove(slot);
    this.#finish(connection);
    return slot;
  }
}

function sameAddress(connection: Connection, end: EndIndex, view: DataView, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (connection.addresses[end * length + i] !== view.getUint8(at + i)) return false;
  return true;
}

/** Who sent the SYN is the client; without one, who uses the higher port. */
function isClient(flags: number, sourcePort: number, destinationPort: number): boolean {
  if ((flags & SYN) !== 0) return (flags & ACK) === 0;
  return sourcePort >= destinationPort;
}
