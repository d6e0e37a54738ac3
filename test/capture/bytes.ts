/** Joins byte arrays. */
export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** `length` bytes that differ from their neighbours, so that a shifted copy is noticed. */
export function payload(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + seed * 31 + (index >> 8)) & 0xff);
}

/** Equality of long arrays, which the test runner's own takes seconds for. */
export function same(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0;
}

/** Numbers of 2 and 4 bytes in one byte order. */
export class Fields {
  readonly littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  u16(...values: readonly number[]): Uint8Array {
    const bytes = new Uint8Array(values.length * 2);
    values.forEach((value, index) => new DataView(bytes.buffer).setUint16(index * 2, value, this.littleEndian));
    return bytes;
  }

  u32(...values: readonly number[]): Uint8Array {
    const bytes = new Uint8Array(values.length * 4);
    values.forEach((value, index) => new DataView(bytes.buffer).setUint32(index * 4, value, this.littleEndian));
    return bytes;
  }

  u64(value: bigint): Uint8Array {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), this.littleEndian);
    return bytes;
  }
}

export interface PcapHeader {
  readonly magic?: number;
  readonly littleEndian?: boolean;
  readonly major?: number;
  readonly minor?: number;
  readonly snapLength?: number;
  readonly linkType?: number;
}

/** The header of a pcap file (draft-ietf-opsawg-pcap section 4); Ethernet in microseconds when nothing is said. */
export function pcapHeader(header: PcapHeader = {}): Uint8Array {
  const { magic = 0xa1b2c3d4, littleEndian = true, major = 2, minor = 4, snapLength = 65535, linkType = 1 } = header;
  const fields = new Fields(littleEndian);
  return join(fields.u32(magic), fields.u16(major, minor), fields.u32(0, 0, snapLength, linkType));
}

export interface PcapRecord {
  readonly seconds?: number;
  readonly fraction?: number;
  readonly data: Uint8Array;
  /** What the two length fields say; the data's length when left out. */
  readonly lengths?: readonly [number, number];
  readonly littleEndian?: boolean;
  /** What follows the 16 bytes of the header. */
  readonly more?: Uint8Array;
}

/** A record of a pcap file (section 5). */
export function pcapRecord(record: PcapRecord): Uint8Array {
  const { seconds = 1, fraction = 2, data, littleEndian = true, more = new Uint8Array(0) } = record;
  const [first, second] = record.lengths ?? [data.length, data.length];
  return join(new Fields(littleEndian).u32(seconds, fraction, first, second), more, data);
}

/** Builds the blocks of pcapng (draft-ietf-opsawg-pcap pcapng) in one byte order. */
export class Pcapng {
  readonly fields: Fields;

  constructor(littleEndian = true) {
    this.fields = new Fields(littleEndian);
  }

  /** A block of any type; the body is filled up to a multiple of four. */
  block(type: number, ...body: readonly Uint8Array[]): Uint8Array {
    const content = this.fill(join(...body));
    const length = content.length + 12;
    return join(this.fields.u32(type, length), content, this.fields.u32(length));
  }

  option(code: number, value: Uint8Array | string): Uint8Array {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return join(this.fields.u16(code, bytes.length), this.fill(bytes));
  }

  /** A Section Header Block of unknown section length. */
  section(version: readonly [number, number] = [1, 0]): Uint8Array {
    const { u32, u16 } = { u32: this.fields.u32(0x1a2b3c4d), u16: this.fields.u16(...version) };
    return this.block(0x0a0d0d0a, u32, u16, this.fields.u32(0xffffffff, 0xffffffff));
  }

  interface(linkType = 1, snapLength = 65535, ...options: readonly Uint8Array[]): Uint8Array {
    return this.block(1, this.fields.u16(linkType, 0), this.fields.u32(snapLength), ...options);
  }

  /** An Enhanced Packet Block; `time` in units of the interface. */
  packet(
    id: number,
    time: bigint,
    data: Uint8Array,
    wireLength = data.length,
    ...options: readonly Uint8Array[]
  ): Uint8Array {
    const times = [Number(time >> 32n), Number(time & 0xffffffffn)];
    return this.block(6, this.fields.u32(id, ...times, data.length, wireLength), this.fill(data), ...options);
  }

  simplePacket(data: Uint8Array, wireLength = data.length): Uint8Array {
    return this.block(3, this.fields.u32(wireLength), data);
  }

  /** The Packet Block that Enhanced Packet Blocks replaced. */
  obsoletePacket(id: number, time: bigint, data: Uint8Array, ...options: readonly Uint8Array[]): Uint8Array {
    const times = [Number(time >> 32n), Number(time & 0xffffffffn)];
    const rest = this.fields.u32(...times, data.length, data.length);
    return this.block(2, this.fields.u16(id, 0), rest, this.fill(data), ...options);
  }

  fill(bytes: Uint8Array): Uint8Array {
    return join(bytes, new Uint8Array(-bytes.length & 3));
  }
}
