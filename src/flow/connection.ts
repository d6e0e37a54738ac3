import { stageTuple } from "../wire/tuple.ts";
import { End } from "./end.ts";
import type { Findings } from "./findings.ts";
import { History } from "./history.ts";
import type { ConnectionNotes } from "./notes.ts";
import { CLIENT, type EndIndex, SERVER, TransitionList } from "./states.ts";
import { NEVER } from "./time.ts";
import { ConnectionTimes } from "./times.ts";

/** Resets and ICMP errors remembered for one connection. */
const MAX_EVENTS = 32;

/** Few round trips may all be answers of a program; of so many, one is that of a kernel's acknowledgment. */
const ENOUGH_ROUND_TRIPS = 4;

/** Addresses of many connections lie in one array: one for each would take ten times their room. */
const ADDRESS_CHUNK = 8192;
let addressChunk: AddressChunk = newAddressChunk();
let chunkUsed = 0;

interface AddressChunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

function newAddressChunk(): AddressChunk {
  const bytes = new Uint8Array(ADDRESS_CHUNK);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** A segment with RST, as numbers. */
export interface Reset {
  readonly from: EndIndex;
  readonly frame: number;
  readonly timeNs: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly ttl: number;
  readonly identification: number;
  readonly payloadLength: number;
  /** Whether the receiving end had to accept it (RFC 5961 section 3.2). */
  readonly accepted: boolean;
  /** Whether another host than the end seems to have sent it. */
  readonly forged: boolean;
}

/** An ICMP error that quotes a segment of the connection. */
export interface IcmpError {
  /** Who sent it. */
  readonly router: string;
  /** The end whose segment is quoted, to which the error goes. */
  readonly to: EndIndex;
  readonly frame: number;
  readonly timeNs: number;
  readonly version: 4 | 6;
  readonly type: number;
  readonly code: number;
  /** Frame of the quoted segment; 0: not found. */
  readonly quotedFrame: number;
  /** TTL that the router saw in the quoted packet. */
  readonly quotedTtl: number;
  /** TTL or hop limit with which the error itself came. */
  readonly ttl: number;
  readonly nextHopMtu: number;
  /** Whether the quoted sequence number belongs to what that end has in flight. */
  readonly matches: boolean;
}

/** One TCP connection, or one attempt at it: everything from a first SYN to what ends it, retries of the SYN included. */
export class Connection extends ConnectionTimes {
  // What every segment needs, in one place.
  readonly client: End = new End();
  readonly server: End = new End();
  /** The client is the second end of the table's key. */
  clientIsSecond = false;
  /** Index into the table's lists. */
  slot = -1;
  /** Header prediction has its numbers. */
  predicted = false;
  /** The handshake was seen to its end. */
  established = false;
  /** Some receive window of it is closed: `notes` has to see every segment. */
  watched = false;
  /** Which ordinary segments `history` has: a bit for each end's first data and first pure acknowledgment. */
  ordinarySeen = 0;

  /** Client, then server. */
  readonly ends: readonly [End, End] = [this.client, this.server];
  /** Number of the conversation as Wireshark counts them, and that of its first segment: a refused SYN sent again counts anew there. */
  stream = 0;
  firstStream = 0;
  ipVersion: 4 | 6 = 4;
  /** Who is the client was told by the ports alone: the capture starts in the middle. */
  clientInferred = false;
  firstFrame = 0;
  /** Bits of `completenessOf`. */
  completeness = 0;
  readonly history: History = new History();
  readonly transitions: TransitionList = new TransitionList();

  handshakeAckFrame = 0;
  synAckFrame = 0;
  simultaneousOpen = false;
  /** The server repeated its SYN-ACK after the client had acknowledged it: only proof makes it established. */
  acknowledgmentIgnored = false;
  /** The client repeated its SYN after a SYN-ACK had passed, which so did not reach its socket: only proof makes it established. */
  synAckMissed = false;
  /** The server answered the SYN with something that belongs to another connection. */
  challenged = false;
  /** Earlier connection on the same four-tuple; let go once this one is established. */
  previous: Connection | undefined = undefined;
  resets: Reset[] = NO_RESETS;
  icmpErrors: IcmpError[] = NO_ICMP;
  findings: Findings | undefined = undefined;
  /** Rare things that a verdict asks for. */
  notes: ConnectionNotes | undefined = undefined;
  /** The capture has seen an end of it, or it was idle for long: nothing more will come. */
  finished = false;
  /** It was finished early, for the table was full: what came of it later is not known. */
  evicted = false;
  /** `onFinished` was called for it. */
  told = false;

  #addressChunk: AddressChunk = addressChunk;
  #addressesAt = 0;

  /** Client's address, then the server's: 4 or 16 bytes each. A new array at each call. */
  get addresses(): Uint8Array {
    return new Uint8Array(this.addressBytes.buffer, this.#addressesAt, 2 * this.addressLength);
  }

  /** What has the same from `addressesAt` on, beside others. */
  get addressBytes(): Uint8Array {
    return this.#addressChunk.bytes;
  }

  get addressesAt(): number {
    return this.#addressesAt;
  }

  /** Bytes of an address. */
  get addressLength(): number {
    return this.ipVersion === 4 ? 4 : 16;
  }

  /** Writes the key of the four-tuple to the start of `key` (see `stageTuple`). */
  stageKey(key: Int32Array): void {
    const at = this.#addressesAt;
    const ports = ((this.client.port << 16) | this.server.port) >>> 0;
    stageTuple(key, this.#addressChunk.view, at, at + this.addressLength, this.addressLength, ports);
  }

  /** Keeps the two addresses of `length` bytes at these places of `bytes`. */
  setAddresses(bytes: Uint8Array, clientAt: number, serverAt: number, length: number): void {
    if (chunkUsed + 2 * length > ADDRESS_CHUNK) {
      addressChunk = newAddressChunk();
      chunkUsed = 0;
    }
    const chunk = addressChunk.bytes;
    this.#addressChunk = addressChunk;
    this.#addressesAt = chunkUsed;
    for (let i = 0; i < length; i++) {
      chunk[chunkUsed + i] = bytes[clientAt + i]!;
      chunk[chunkUsed + length + i] = bytes[serverAt + i]!;
    }
    chunkUsed += 2 * length;
  }

  get lastFrame(): number {
    return Math.max(this.client.lastFrame, this.server.lastFrame);
  }

  /** When the last segment passed, in nanoseconds since the first frame of the capture. */
  get lastTimeNs(): number {
    return Math.max(this.client.lastTimeNs, this.server.lastTimeNs);
  }

  addReset(reset: Reset): void {
    if (this.resets === NO_RESETS) this.resets = [];
    if (this.resets.length < MAX_EVENTS) this.resets.push(reset);
  }

  addIcmpError(error: IcmpError): void {
    if (this.icmpErrors === NO_ICMP) this.icmpErrors = [];
    if (this.icmpErrors.length < MAX_EVENTS) this.icmpErrors.push(error);
  }

  /** Lets go of room that is needed only while segments are under way; what comes later makes its own. */
  trim(): void {
    for (const end of this.ends) if (end.unacknowledged?.length === 0) end.unacknowledged = undefined;
  }

  /**
   * From the capture point to `end` and back, in nanoseconds, as its half of the
   * handshake took: SYN to SYN-ACK, or SYN-ACK to ACK; -1: not known.
   */
  wayNs(end: EndIndex): number {
    let half = this.handshakeAckTimeNs - this.lastSynAckTimeNs;
    if (this.simultaneousOpen) half = this.#crossedWayNs(end);
    else if (end === SERVER) half = this.synAckTimeNs - this.answeredSynTimeNs;
    return half >= 0 && half < Number.POSITIVE_INFINITY ? half : -1;
  }

  /** The SYNs crossed: each end answers the other's with its SYN-ACK (RFC 9293 section 3.5, figure 8). */
  #crossedWayNs(end: EndIndex): number {
    const answers = this.ends[end].synAckSends;
    const syns = this.ends[end === CLIENT ? SERVER : CLIENT].synSends;
    return (answers?.times[0] ?? NEVER) - (syns?.times[0] ?? NEVER);
  }

  /**
   * One-way delay between `end` and the capture point, in nanoseconds: half of the shortest time that it has taken to
   * answer. Waiting only adds to that, and the first packets wait more than others: for ARP, for caches, for a queue. 0: not known.
   */
  delayNs(end: EndIndex): number {
    const half = this.wayNs(end);
    const { rtt } = this.ends[end === CLIENT ? SERVER : CLIENT];
    if (half < 0) return rtt.count < ENOUGH_ROUND_TRIPS ? 0 : Math.max(0, rtt.minimum) / 2;
    return (rtt.count === 0 ? half : Math.max(0, Math.min(half, rtt.minimum))) / 2;
  }
}

// Shared until a connection needs its own.
const NO_RESETS: Reset[] = [];
const NO_ICMP: IcmpError[] = [];
