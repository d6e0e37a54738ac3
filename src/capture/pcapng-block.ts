import { padded } from "./pcapng-options.ts";

const OPTION_END = 0;

/** Longest value of an option, in bytes: its length has 16 bits. */
const MAXIMUM_OPTION = 65535;

const WORD = 4294967296;
const HALF = 65536;

/** Room that a block needs besides what `begin` is told. */
const SMALL_BLOCK = 1 << 17;

const UTF8 = new TextEncoder();

/** Text as an option holds it, cut after a whole character where it is too long. */
export function textBytes(text: string): Uint8Array {
  const bytes = UTF8.encode(text);
  if (bytes.length <= MAXIMUM_OPTION) return bytes;
  let end = MAXIMUM_OPTION;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** Puts blocks of pcapng one after the other into a buffer, in little-endian byte order. */
export class BlockBuilder {
  #buffer: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #have = 0;
  #blockAt = 0;

  /** `size`: bytes that are usually kept. */
  constructor(size: number) {
    this.#buffer = new Uint8Array(size + 4 * SMALL_BLOCK);
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** The blocks so far are `buffer[0, length)`. */
  get buffer(): Uint8Array<ArrayBuffer> {
    return this.#buffer;
  }

  get length(): number {
    return this.#have;
  }

  clear(): void {
    this.#have = 0;
  }

  /** Begins a block of a type; options of up to 65,535 bytes fit besides `room` bytes. */
  begin(type: number, room: number): void {
    this.#reserve(room + 2 * SMALL_BLOCK);
    this.#blockAt = this.#have;
    this.uint32(type);
    this.uint32(0);
  }

  /** Ends the block: its length, in front and behind. */
  end(): void {
    const length = this.#have + 4 - this.#blockAt;
    this.#view.setUint32(this.#blockAt + 4, length, true);
    this.uint32(length);
  }

  uint16(value: number): void {
    this.#view.setUint16(this.#have, value, true);
    this.#have += 2;
  }

  uint32(value: number): void {
    this.#view.setUint32(this.#have, value, true);
    this.#have += 4;
  }

  /** A time as a count of 64 bits, high word first. */
  time(seconds: number, nanoseconds: number, unitsPerSecond: number): void {
    // In parts of less than 2^53.
    const upper = Math.floor(seconds / HALF) * unitsPerSecond;
    const lower = (seconds % HALF) * unitsPerSecond + Math.floor(nanoseconds / (1e9 / unitsPerSecond));
    const low = (upper % HALF) * HALF + lower;
    this.uint32(Math.floor(upper / HALF) + Math.floor(low / WORD));
    this.uint32(low % WORD);
  }

  /** `source[from, to)`, filled up to a multiple of four with zeros. */
  bytes(source: Uint8Array, from: number, to: number): void {
    this.#buffer.set(source.subarray(from, to), this.#have);
    const end = this.#have + to - from;
    this.#have += padded(to - from);
    this.#buffer.fill(0, end, this.#have);
  }

  option(code: number, value: Uint8Array): void {
    this.uint16(code);
    this.uint16(value.length);
    this.bytes(value, 0, value.length);
  }

  /** A count of 64 bits. */
  countOption(code: number, value: number): void {
    this.uint16(code);
    this.uint16(8);
    this.uint32(value % WORD);
    this.uint32(Math.floor(value / WORD));
  }

  endOptions(): void {
    this.uint16(OPTION_END);
    this.uint16(0);
  }

  #reserve(room: number): void {
    if (this.#have + room <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#buffer.length, this.#have + room));
    larger.set(this.#buffer.subarray(0, this.#have));
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }
}
