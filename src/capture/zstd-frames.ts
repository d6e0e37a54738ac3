import { isSkippable, ZSTD_MAGIC } from "./compression.ts";
import type { ByteInput } from "./input.ts";

// Frame header (section 3.1.1.1).
const SINGLE_SEGMENT = 0x20;
const RESERVED_BIT = 0x08;
const CHECKSUM_FLAG = 0x04;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const CHECKSUM = 4;

// Block header (section 3.1.1.2).
const BLOCK_HEADER = 3;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** Longest block in bytes, compressed or not (section 3.1.1.2.4). */
const BLOCK_MAXIMUM = 1 << 17;

/** The data end within a frame. */
export class ZstdCut extends Error {}

/** The data are no zstd data from byte `at` of the compressed input on. */
export class ZstdDamage extends Error {
  readonly at: number;

  constructor(reason: string, at: number, options?: ErrorOptions) {
    super(reason, options);
    this.at = at;
  }
}

/** A piece of a frame: its header, one of its blocks, or its end, which is its checksum or empty. */
interface ZstdPart {
  /** Hold until the next part is asked for. */
  readonly bytes: Uint8Array;
  /** Where that begins, in bytes of the compressed input. */
  readonly at: number;
  /** True for the end of the frame. */
  readonly last: boolean;
  /** Bytes that the whole frame decompresses to; -1 when not recorded. */
  readonly contentSize: number;
}

/**
 * Takes frames apart, without a look into their blocks, so that what a
 * decompressor is given at once grows to 128 KiB at most. Skippable frames are
 * left out. Throws `ZstdCut` and `ZstdDamage`.
 */
export async function* readFrames(
  data: CompressedBytes,
  maximumWindow: number,
): AsyncGenerator<ZstdPart, void, undefined> {
  while (await data.load(1)) {
    await data.require(4);
    const magic = data.view.getUint32(data.next, true);
    if (magic === ZSTD_MAGIC) yield* readFrame(data, maximumWindow);
    else if (isSkippable(magic)) await skipFrame(data);
    else throw new ZstdDamage("what follows a frame is none", data.at);
  }
}

async function* readFrame(data: CompressedBytes, maximumWindow: number): AsyncGenerator<ZstdPart, void, undefined> {
  const { length, window, contentSize, checksum } = await readHeader(data, maximumWindow);
  yield { at: data.at, bytes: data.take(length), last: false, contentSize };
  const longest = Math.min(window, BLOCK_MAXIMUM);
  for (let final = false; !final;) {
    await data.require(BLOCK_HEADER);
    const word = data.view.getUint16(data.next, true) | (data.view.getUint8(data.next + 2) << 16);
    final = (word & 1) === 1;
    const kind = (word >>> 1) & 3;
    const size = word >>> 3;
    if (kind === RESERVED_BLOCK || size > longest) {
      throw new ZstdDamage("a block is of no known kind or size", data.at);
    }
    const block = BLOCK_HEADER + (kind === RLE_BLOCK ? 1 : size);
    await data.require(block);
    yield { at: data.at, bytes: data.take(block), last: false, contentSize };
  }
  const end = checksum ? CHECKSUM : 0;
  await data.require(end);
  yield { at: data.at, bytes: data.take(end), last: true, contentSize };
}

/** What a frame's header says (section 3.1.1.1). */
interface FrameHeader {
  /** Bytes of the header, with the magic. */
  readonly length: number;
  /** Bytes that the output may refer back. */
  readonly window: number;
  /** Bytes of output; -1 when not recorded. */
  readonly contentSize: number;
  readonly checksum: boolean;
}

async function readHeader(data: CompressedBytes, maximumWindow: number): Promise<FrameHeader> {
  await data.require(5);
  const flags = data.view.getUint8(data.next + 4);
  const single = (flags & SINGLE_SEGMENT) !== 0;
  const dictionaryBytes = DICTIONARY_BYTES[flags & 3] ?? 0;
  const sizeBytes = (CONTENT_SIZE_BYTES[flags >> 6] ?? 0) || (single ? 1 : 0);
  const length = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
  await data.require(length);
  if ((flags & RESERVED_BIT) !== 0) throw new ZstdDamage("a reserved bit is set", data.at);
  const size = data.next + length - sizeBytes;
  for (let index = 1; index <= dictionaryBytes; index++) {
    if (data.view.getUint8(size - index) !== 0) throw new ZstdDamage("it needs a dictionary", data.at);
  }
  const contentSize = sizeBytes === 0 ? -1 : readContentSize(data.view, size, sizeBytes);
  const window = single ? contentSize : windowSize(data.view.getUint8(data.next + 5));
  if (window > maximumWindow) {
    const text = `its window has ${window} bytes, at most ${maximumWindow} are read; decompress it first`;
    throw new ZstdDamage(text, data.at);
  }
  return { length, window, contentSize, checksum: (flags & CHECKSUM_FLAG) !== 0 };
}

/** Section 3.1.1.1.2. */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Section 3.1.1.1.4. */
function readContentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  const low = view.getUint32(at, true);
  return bytes === 4 ? low : low + view.getUint32(at + 4, true) * 2 ** 32;
}

async function skipFrame(data: CompressedBytes): Promise<void> {
  await data.require(8);
  let left = data.view.getUint32(data.next + 4, true);
  data.take(8);
  while (left > 0) {
    await data.require(1);
    left -= data.take(Math.min(left, data.have)).length;
  }
}

/** Compressed bytes in one buffer: at least a block at a time. */
export class CompressedBytes {
  /** Next byte, as an index into `view`. */
  next = 0;
  /** Next byte, counted from the first of the input. */
  at = 0;
  readonly view: DataView;
  readonly #bytes: Uint8Array;
  /** One past the last byte that is there, as an index into `view`. */
  #end: number;
  readonly #input: ByteInput;

  constructor(input: ByteInput, head: Uint8Array) {
    this.#bytes = new Uint8Array(head.length + 2 * BLOCK_MAXIMUM);
    this.#bytes.set(head);
    this.#end = head.length;
    this.#input = input;
    this.view = new DataView(this.#bytes.buffer);
  }

  /** Bytes that are there. */
  get have(): number {
    return this.#end - this.next;
  }

  /** The next `count` bytes, which must be there; hold until more is loaded. */
  take(count: number): Uint8Array {
    const bytes = this.#bytes.subarray(this.next, this.next + count);
    this.next += count;
    this.at += count;
    return bytes;
  }

  /** True once `count` bytes are there, which may be a block's and its header's at most; false when the input ends before. */
  async load(count: number): Promise<boolean> {
    while (this.have < count) {
      if (this.next > 0) {
        this.#bytes.copyWithin(0, this.next, this.#end);
        this.#end -= this.next;
        this.next = 0;
      }
      const got = await this.#input.read(this.#bytes, this.#end);
      if (got === 0) return false;
      this.#end += got;
    }
    return true;
  }

  async require(count: number): Promise<void> {
    if (!(await this.load(count))) throw new ZstdCut();
  }
}
