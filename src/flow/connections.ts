import type { Frame } from "../wire/frame.ts";
import type { Packet } from "../wire/packet.ts";
import { TcpOptionValues } from "../wire/tcp-options.ts";
import { ACK, SYN } from "../wire/tcp.ts";
import { analyse, ANALYSIS_REUSED_PORTS, conclude } from "./analysis.ts";
import { ConnectionTable, type QuotedConnection } from "./connection-table.ts";
import type { Connection, IcmpError } from "./connection.ts";
import { count } from "./counters.ts";
import { Expiry } from "./expiry.ts";
import { noteFindings } from "./findings.ts";
import { connectionOf } from "./first-segment.ts";
import { noteHandshake } from "./handshake.ts";
import { HeaderPrediction } from "./header-prediction.ts";
import { icmpErrno } from "./icmp-errno.ts";
import { NamePrediction } from "./name-prediction.ts";
import { acknowledge, keepSent, remember, setBases } from "./numbers.ts";
import { PredictionMemory } from "./prediction-memory.ts";
import { observeRetransmission } from "./retransmission.ts";
import { Segment } from "./segment.ts";
import { settle } from "./settle.ts";
import { advance } from "./state-machine.ts";
import { CLIENT, SERVER } from "./states.ts";
import { scaledWindow, takeOptions } from "./syn-options.ts";
import { NEVER, NO_TIME } from "./time.ts";
import { enter } from "./transition.ts";

/** Longer than any gap in a schedule of SYNs, in nanoseconds: Linux' settings allow 120 s. */
const SILENT_NS = 150_000_000_000;

/** Connections followed at once unless told otherwise. */
const MAX_CONNECTIONS = 1_000_000;

/**
 * What is followed. "ends": both ends, with states, causes, findings and counts; "segments": only what Wireshark tells
 * of each segment; "names": of that, only `analysis`, the duplicate acknowledgments, relative numbers and the scaled window.
 */
export type Scope = "ends" | "segments" | "names";

export interface ConnectionsOptions {
  /** At most so many connections are followed; beyond, the longest idle one is finished. */
  readonly maxConnections?: number;
  /** Whether segments get Wireshark's names (`analysis`, `bytesInFlight`…); true when left out. Connections are followed just as well without, and faster. */
  readonly analysis?: boolean;
  /** How much is followed, for who wants segments alone; "ends" when left out. */
  readonly scope?: Scope;
  /**
   * Whether connections that are over leave (see `Expiry`), as endless input needs; false when left out: a
   * segment that comes much later still belongs to its connection.
   */
  readonly expires?: boolean;
  /**
   * With `expires`: while there are more connections than this, those leave that have been silent for longer than any
   * kernel waits before it sends a SYN again, established ones too; without a limit when left out.
   */
  readonly mostSilent?: number;
  /** Bytes in the memory of header prediction for who makes an index of frames; 0 when left out. */
  readonly indexRoom?: number;
  /** Called once for each connection, when nothing more will come of it. */
  readonly onFinished?: (connection: Connection) => void;
}

/** All TCP connections of one input. */
export class Connections {
  /** Connections that had to be finished early because the table was full. */
  evicted = 0;
  /** For who has an index of the next frames; undefined where segments get Wireshark's names, or memory does not suffice. */
  readonly prediction: HeaderPrediction | undefined;
  readonly #table: ConnectionTable;
  readonly #options = new TcpOptionValues();
  readonly #segment = new Segment();
  readonly #names: NamePrediction | undefined;
  readonly #analyses: boolean;
  readonly #scope: Scope;
  readonly #onFinished: ((connection: Connection) => void) | undefined;
  readonly #expiry: Expiry | undefined;
  readonly #mostSilent: number;
  #streams = 0;
  #lastTimeNs: number = NO_TIME;
  #hasStart = false;
  #startSeconds: number = NO_TIME;
  #startNanoseconds: number = NO_TIME;

  constructor(options: ConnectionsOptions = {}) {
    this.#scope = options.scope ?? "ends";
    this.#analyses = options.analysis ?? true;
    this.#names = this.#scope === "names" ? new NamePrediction() : undefined;
    const max = options.maxConnections ?? MAX_CONNECTIONS;
    const memory = this.#analyses ? undefined : PredictionMemory.create(max, options.indexRoom ?? 0);
    this.#table = new ConnectionTable(max, memory);
    this.prediction = memory && new HeaderPrediction(memory, this.#table);
    this.#expiry = options.expires === true ? new Expiry() : undefined;
    this.#mostSilent = options.mostSilent ?? Number.POSITIVE_INFINITY;
    this.#onFinished = options.onFinished;
  }

  /** Seconds and nanoseconds since 1970 of the first frame: where all `…Ns` times count from. */
  get start(): { readonly seconds: number; readonly nanoseconds: number } {
    return { seconds: this.#startSeconds, nanoseconds: this.#startNanoseconds };
  }

  /** Nanoseconds since the first frame, of the newest one. */
  get lastTimeNs(): number {
    return Math.max(this.#lastTimeNs, this.prediction?.latestNs ?? NO_TIME);
  }

  /** For who knows of a later time than the frames tell. */
  set lastTimeNs(ns: number) {
    this.#lastTimeNs = ns;
  }

  /** Nanoseconds since the first frame, of the packet's frame: exact within 104 days (2^53 ns), to 64 ns within 36 years. */
  timeNs({ frame }: Packet): number {
    if (!this.#hasStart) {
      this.#hasStart = true;
      this.#startSeconds = frame.seconds;
      this.#startNanoseconds = frame.nanoseconds;
      this.prediction?.setStart(frame.seconds, frame.nanoseconds);
    }
    const ns = (frame.seconds - this.#startSeconds) * 1e9 + (frame.nanoseconds - this.#startNanoseconds);
    if (ns > this.#lastTimeNs) this.#lastTimeNs = ns;
    return ns;
  }

  /**
   * Follows the frame's segment if it is a predicted one (see `HeaderPrediction`)
   * and nothing is to be told of it; false: nothing was done, and the frame has to be
   * decoded and given to `observe`. Always so when segments get Wireshark's names.
   */
  observePredicted(frame: Frame): boolean {
    return this.#hasStart && this.prediction?.take(frame) === true;
  }

  /** Follows the packet's TCP segment; undefined when it has none. The result holds until the next call. */
  observe(packet: Packet): Segment | undefined {
    const timeNs = this.timeNs(packet);
    if (!packet.hasTcp) return undefined;
    const tcp = packet.tcp;
    const segment = this.#segment;
    const table = this.#table;
    const second = table.stage(
      packet.frame.view,
      packet.sourceAt,
      packet.destinationAt,
      packet.addressLength,
      tcp.ports,
    );
    const slot = table.find();
    segment.analysis = 0;
    let connection = slot < 0 ? undefined : table.at(slot);
    if (connection !== undefined) {
      if (this.#names !== undefined && this.#takeNameless(packet, connection, slot, second, timeNs)) return segment;
      this.#store(connection);
    }
    if (connection === undefined) {
      connection = this.#open(packet, second, timeNs);
    } else if ((tcp.flags & (SYN | ACK)) === SYN) {
      connection = this.#startAnew(packet, second, timeNs, connection);
    }
    this.#table.touch(connection.slot);
    segment.begin(packet, connection, second === connection.clientIsSecond ? CLIENT : SERVER, timeNs);
    if (this.#scope === "ends") this.#follow(segment, packet, connection);
    else this.#name(segment, packet, connection);
    this.prediction?.load(connection);
    this.#names?.load(connection);
    if (this.#expiry !== undefined) this.#expire(this.#expiry, connection, timeNs);
    return segment;
  }

  /** Where only names are wanted: takes the segment if it is a predicted one, without a look at its connection. */
  #takeNameless(packet: Packet, connection: Connection, slot: number, second: boolean, timeNs: number): boolean {
    const from = this.#names?.senderOf(slot, second) ?? -1;
    if (from === -1) return false;
    this.#segment.begin(packet, connection, from, timeNs);
    if (this.#names?.take(this.#segment, slot, second) !== true) return false;
    this.#table.touch(slot);
    return true;
  }

  /** Brings the connection's own numbers up to date. */
  #store(connection: Connection): void {
    this.prediction?.store(connection);
    this.#names?.store(connection);
  }

  /** A SYN on a known four-tuple: a retry, or a new connection. */
  #startAnew(packet: Packet, second: boolean, timeNs: number, before: Connection): Connection {
    const end = before.ends[second === before.clientIsSecond ? CLIENT : SERVER];
    if (!end.hasBase) return before;
    // The same number again is a retry, whatever has come between (as in Wireshark).
    if (end.base === (packet.tcp.sequence | 0)) return before;
    this.#segment.analysis = ANALYSIS_REUSED_PORTS;
    this.#settle(before);
    if (before.previous !== undefined) this.#tell(before.previous);
    const connection = connectionOf(packet, second, timeNs, this.#streams++);
    before.previous = undefined;
    connection.previous = before;
    this.#expiry?.forget(before.slot);
    this.#table.replace(before.slot, connection);
    return connection;
  }

  #open(packet: Packet, second: boolean, timeNs: number): Connection {
    const connection = connectionOf(packet, second, timeNs, this.#streams++);
    if (this.#table.isFull) {
      this.#evict(this.#table.idlest);
    }
    this.#table.add(connection);
    this.prediction?.open(connection.slot);
    return connection;
  }

  #follow(segment: Segment, packet: Packet, connection: Connection): void {
    const tcp = packet.tcp;
    const from = segment.from;
    const forward = from === CLIENT ? connection.client : connection.server;
    const reverse = from === CLIENT ? connection.server : connection.client;
    const options = this.#options;
    options.read(packet.frame.view, tcp.at + 20, tcp.payloadAt, packet.frame.end);
    segment.takeTimestamps(options);
    noteFindings(segment, connection, forward, reverse, options);
    observeRetransmission(segment, packet, forward, reverse, options.hasTimestamps ? options.tsval : -1);
    reverse.repetitions.resends?.acknowledge(segment, options);
    setBases(segment, forward, reverse);
    if (this.#analyses) analyse(segment, connection, forward, reverse);
    keepSent(segment, forward);
    remember(segment, forward);
    acknowledge(segment, reverse);
    if (this.#analyses) conclude(segment, connection, forward, reverse);
    takeOptions(segment, forward, reverse, options);
    segment.scaledWindow = scaledWindow(segment, forward);
    noteHandshake(segment, connection, from, forward);
    advance(segment, connection);
    count(segment, packet, connection, forward, reverse);
  }

  /** Only what Wireshark tells of the segment. */
  #name(segment: Segment, packet: Packet, connection: Connection): void {
    const { tcp } = packet;
    const forward = segment.from === CLIENT ? connection.client : connection.server;
    const reverse = segment.from === CLIENT ? connection.server : connection.client;
    this.#options.read(packet.frame.view, tcp.at + 20, tcp.payloadAt, packet.frame.end);
    setBases(segment, forward, reverse);
    analyse(segment, connection, forward, reverse);
    if (this.#names === undefined) keepSent(segment, forward);
    remember(segment, forward);
    if (this.#names === undefined) acknowledge(segment, reverse);
    conclude(segment, connection, forward, reverse);
    takeOptions(segment, forward, reverse, this.#options);
    segment.scaledWindow = scaledWindow(segment, forward);
    forward.lastTimeNs = segment.timeNs;
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
    client.stampFirstNs = NEVER;
    client.ownRepetitions().retransmissions += Math.floor(waited / 1e9);
  }

  /** An ICMP error that quotes a segment of the connection: in SYN_SENT, most end connect() at once. */
  observeError(connection: Connection, error: IcmpError): void {
    connection.addIcmpError(error);
    const end = connection.ends[error.to];
    if (end.state === "SYN_SENT" && error.matches && icmpErrno(error) !== "") {
      enter(connection, error.to, "CLOSED", error.timeNs, error.frame, "received");
    }
  }

  /** Brings the numbers of a connection up to date, for who looks at it between two segments. */
  refresh(connection: Connection): void {
    if (!connection.finished) this.prediction?.store(connection);
  }

  /** Finishes what is left; to be called when the input ends. */
  finish(): void {
    for (const connection of this.#table.connections()) this.#finish(connection);
    this.#table.clear();
    this.#expiry?.clear();
  }

  /** The connection that a quoted packet belongs to; its addresses are 4 or 16 bytes at the given places. */
  find(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    ports: number,
  ): QuotedConnection | undefined {
    const second = this.#table.stage(view, sourceAt, destinationAt, addressLength, ports);
    const slot = this.#table.find();
    const connection = slot < 0 ? undefined : this.#table.at(slot);
    if (connection === undefined) return undefined;
    this.prediction?.store(connection);
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
    const quoted = this.#table.findBySourcePort(view, sourceAt, destinationAt, addressLength, sourcePort);
    if (quoted !== undefined) this.prediction?.store(quoted.connection);
    return quoted;
  }

  #finish(connection: Connection): void {
    this.#settle(connection);
    // What came on the new connection could still correct what was thought of the one before.
    if (connection.previous !== undefined) this.#tell(connection.previous);
    this.#tell(connection);
  }

  #settle(connection: Connection): void {
    if (connection.finished) return;
    connection.finished = true;
    this.prediction?.release(connection);
    this.#names?.store(connection);
    settle(connection, this.lastTimeNs);
    for (const end of connection.ends) end.unacknowledged = undefined;
  }

  #tell(connection: Connection): void {
    if (connection.told) return;
    connection.told = true;
    this.#onFinished?.(connection);
  }

  /** Finishes what is over; the connection of this segment waits at least until the next one. */
  #expire(expiry: Expiry, connection: Connection, timeNs: number): void {
    expiry.note(connection, timeNs);
    for (let slot = expiry.due(timeNs); slot >= 0 && slot !== connection.slot; slot = expiry.due(timeNs)) {
      this.#leave(slot);
    }
    while (this.#table.size > this.#mostSilent && this.#isSilent(this.#table.idlest, timeNs)) {
      const silent = this.#table.idlest;
      if (this.#table.at(silent)?.established === true) this.#evict(silent);
      else this.#leave(silent);
    }
  }

  #isSilent(slot: number, timeNs: number): boolean {
    const connection = this.#table.at(slot);
    if (connection === undefined) return false;
    this.prediction?.store(connection);
    return timeNs - connection.lastTimeNs > SILENT_NS;
  }

  /** Finishes the connection in the slot although more may come of it. */
  #evict(slot: number): void {
    const connection = this.#table.at(slot);
    if (connection !== undefined) connection.evicted = true;
    this.evicted++;
    this.#leave(slot);
  }

  /** Takes the connection in the slot out of the tables, and finishes it. */
  #leave(slot: number): void {
    const connection = this.#table.remove(slot);
    this.#expiry?.forget(slot);
    if (connection !== undefined) this.#finish(connection);
  }
}
