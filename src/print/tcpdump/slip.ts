import { IPV4_MIN_HEADER } from "../../wire/ipv4.ts";
import { TCP_MIN_HEADER } from "../../wire/tcp.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

/** Direction, and the link layer's header as it was before decompression. */
const HEADER = 16;
const DIRECTIONS: readonly string[] = ["I", "O"];
/** Of the header in front of the packet: what is at byte 1, and where an uncompressed one has its connection. */
const COMPRESSED_AT = 1;
const CONNECTION_AT = 10;

// Kinds of packets, in the high bits of their first byte (RFC 1144 section 3.2.2).
const KIND = 0xf0;
const KIND_IP = 0x40;
const KIND_UNCOMPRESSED = 0x70;
const KIND_COMPRESSED = 0x80;

// What changed (RFC 1144 section 3.2.2).
const NEW_CONNECTION = 0x40;
const NEW_IDENTIFICATION = 0x20;
const NEW_SEQUENCE = 0x08;
const NEW_ACKNOWLEDGMENT = 0x04;
const NEW_WINDOW = 0x02;
const URGENT = 0x01;
const CHANGES = 0x0f;
/** Combinations that stand for frequent changes: echoed terminal traffic, data in one direction. */
const SPECIAL_ECHO = NEW_SEQUENCE | NEW_WINDOW | URGENT;
const SPECIAL_DATA = CHANGES;

/** Prints frames of the Serial Line Internet Protocol with the header that BSD systems capture. */
export class SlipPrinter {
  readonly #out: Output;
  readonly #network: Network;
  #connection = 0;
  /** By direction and connection: bytes of data of the last segment. */
  readonly #dataLengths = new Int32Array(2 * 256);

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
  }

  /** Prints the frame of `length` bytes at `at`; where its packet starts. */
  print(at: number, length: number): number {
    const out = this.#out;
    out.protocol = "slip";
    if (!out.has(at, HEADER) || length < HEADER) {
      out.truncated("slip");
      return out.limit;
    }
    const packetAt = at + HEADER;
    const left = length - HEADER;
    if (out.options.linkLayer) this.#printHeader(at, packetAt, left);
    if (out.cut) return packetAt;
    if (!out.has(packetAt, 1) || left < 1) {
      out.truncated("slip");
      return packetAt;
    }
    const version = out.u8(packetAt) >> 4;
    if (version === 4) this.#network.ipv4.print(packetAt, left);
    else if (version === 6) this.#network.ipv6.print(packetAt, left);
    else out.sink.text(`ip v${version}`);
    return packetAt;
  }

  #printHeader(at: number, packetAt: number, length: number): void {
    const out = this.#out;
    const { sink } = out;
    const direction = out.u8(at);
    const isKnown = direction < DIRECTIONS.length;
    sink.text(isKnown ? `${DIRECTIONS[direction]!} ` : `Invalid direction ${direction} `);
    const first = out.u8(at + COMPRESSED_AT);
    if ((first & KIND) === KIND_IP) {
      sink.text(`ip ${length + HEADER}: `);
    } else if ((first & KIND) === KIND_UNCOMPRESSED) {
      this.#connection = out.u8(at + CONNECTION_AT);
      sink.text(`utcp ${this.#connection}: `);
      if (isKnown) this.#note(direction, packetAt, length);
    } else if (isKnown) {
      if ((first & KIND_COMPRESSED) === 0) sink.text(`slip-${first}!: `);
      else this.#printCompressed(at + COMPRESSED_AT, direction, packetAt, length);
    }
  }

  #printCompressed(from: number, direction: number, packetAt: number, length: number): void {
    const out = this.#out;
    const { sink } = out;
    const flags = out.u8(from);
    let at = from + 1;
    if ((flags & NEW_CONNECTION) !== 0) {
      this.#connection = out.u8(at++);
      sink.text(`ctcp ${this.#connection}`);
    } else {
      sink.text("ctcp *");
    }
    // The TCP checksum.
    at += 2;
    const changes = flags & CHANGES;
    if (changes === SPECIAL_ECHO || changes === SPECIAL_DATA) {
      sink.text(` *S${changes === SPECIAL_ECHO ? "A" : ""}+${this.#dataLengths[256 * direction + this.#connection]!}`);
    } else {
      if ((flags & URGENT) !== 0) this.#printChange(" U=", at);
      if ((flags & NEW_WINDOW) !== 0) this.#printChange(" W+", at);
      if ((flags & NEW_ACKNOWLEDGMENT) !== 0) this.#printChange(" A+", at);
      if ((flags & NEW_SEQUENCE) !== 0) this.#printChange(" S+", at);
    }
    if ((flags & NEW_IDENTIFICATION) !== 0) this.#printChange(" I+", at);
    if (out.cut || !this.#note(direction, packetAt, length)) return;
    sink.text(` ${this.#dataLengths[256 * direction + this.#connection]!} (${at - from}): `);
  }

  /** A byte, or after a zero two of them. As tcpdump, which does not go on behind it, the first one for all. */
  #printChange(name: string, at: number): void {
    const out = this.#out;
    const isLong = out.u8(at) === 0;
    const value = isLong ? out.u16(at + 1) : out.u8(at);
    if (!out.cut) out.sink.text(`${name}${value}`);
  }

  /** Keeps the length of the segment's data; false when the headers are cut. */
  #note(direction: number, packetAt: number, length: number): boolean {
    const out = this.#out;
    if (!out.need(packetAt, IPV4_MIN_HEADER)) return false;
    const headerLength = (out.u8(packetAt) & 0xf) * 4;
    const tcpAt = packetAt + headerLength;
    if (!out.need(tcpAt, TCP_MIN_HEADER)) return false;
    const headers = headerLength + (out.u8(tcpAt + 12) >> 4) * 4;
    this.#dataLengths[256 * direction + this.#connection] = length - headers;
    return true;
  }
}
