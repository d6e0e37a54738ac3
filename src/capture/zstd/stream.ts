import { CaptureError } from "../error.ts";
import type { ByteInput } from "../input.ts";
import { BLOCK_MAXIMUM, BlockDecoder } from "./block.ts";
import { SLACK, ZstdDamage } from "./states.ts";

const MAGIC = 0xfd2fb528;
/** The last four bits of a skippable frame's magic are free (RFC 8878 section 3.1.2). */
const SKIPPABLE_MAGIC = 0x184d2a50;

// Frame header (section 3.1.1.1).
const SINGLE_SEGMENT = 0x20;
const RESERVED_BIT = 0x08;
const CHECKSUM_FLAG = 0x04;
const DICTIONARY_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

// Block header (section 3.1.1.2).
const BLOCK_HEADER = 3;
const RAW_BLOCK = 0;
const RLE_BLOCK = 1;
const COMPRESSED_BLOCK = 2;

/** How far back a frame may refer, in bytes: what the zstd program accepts when it is not told otherwise. */
const WINDOW_MAXIMUM = 1 << 27;
/** Output kept beyond the window, so that it is not moved for every block. */
const ROOM = 1 << 23;
const FIRST_OUTPUT = 1 << 20;

/** True for the first bytes of zstd data. */
export function isZstd(view: DataView): boolean {
  const magic = view.getUint32(0, true);
  return magic === MAGIC || (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC;
}

/**
 * Decompresses zstd data (RFC 8878, any number of frames) block by block;
 * `head` is what was already taken from `input`. Yields everything that could
 * be decompressed, then throws a `CaptureError` when the data is cut or bad.
 * Checksums are not compared, dictionaries are not known.
 */
export async function* unzstd(
  name: string,
  input: ByteInput,
  head: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  const data = new Lookahead(input, head);
  const frame = new FrameDecoder();
  try {
    while (await data.load(4)) {
      const magic = data.view.getUint32(data.at, true);
      if (magic === MAGIC) yield* readFrame(data, frame);
      else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) await skipFrame(data);
      else throw new ZstdDamage("what follows a frame is none");
    }
    if (data.left > 0) throw new Cut();
  } catch (error) {
    throw translated(name, error);
  }
}

/** The data end within a frame. */
class Cut extends Error {}

function translated(name: string, error: unknown): unknown {
  const rest = "what was decompressed before is read";
  if (error instanceof Cut) {
    return new CaptureError("cut-compression", `${name}: the zstd data ends early; the file was cut: ${rest}`);
  }
  if (!(error instanceof ZstdDamage)) return error;
  return new CaptureError("bad-compression", `${name}: the zstd data is damaged (${error.message}): ${rest}`);
}

/** What a frame's header says (section 3.1.1.1). */
interface FrameHeader {
  /** Bytes that the output may refer back. */
  readonly window: number;
  /** Bytes of output; -1 when not recorded. */
  readonly contentSize: number;
  readonly checksum: boolean;
}

async function readHeader(data: Lookahead): Promise<FrameHeader> {
  await data.require(5);
  const flags = data.view.getUint8(data.at + 4);
  const single = (flags & SINGLE_SEGMENT) !== 0;
  const dictionaryBytes = DICTIONARY_BYTES[flags & 3] ?? 0;
  const sizeBytes = (CONTENT_SIZE_BYTES[flags >> 6] ?? 0) || (single ? 1 : 0);
  const header = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
  await data.require(header);
  if ((flags & RESERVED_BIT) !== 0) throw new ZstdDamage("a reserved bit is set");
  const size = data.at + header - sizeBytes;
  for (let index = 1; index <= dictionaryBytes; index++) {
    if (data.view.getUint8(size - index) !== 0) throw new ZstdDamage("it needs a dictionary");
  }
  const contentSize = sizeBytes === 0 ? -1 : readContentSize(data.view, size, sizeBytes);
  const window = single ? contentSize : windowSize(data.view.getUint8(data.at + 5));
  if (window > WINDOW_MAXIMUM) {
    throw new ZstdDamage(`its window has ${window} bytes, at most ${WINDOW_MAXIMUM} are read; decompress it first`);
  }
  data.take(header);
  return { window, contentSize, checksum: (flags & CHECKSUM_FLAG) !== 0 };
}

async function* readFrame(data: Lookahead, frame: FrameDecoder): AsyncGenerator<Uint8Array, void, undefined> {
  const { window, contentSize, checksum } = await readHeader(data);
  frame.begin(window);
  let total = 0;
  for (let last = false; !last;) {
    await data.require(BLOCK_HEADER);
    const word = data.view.getUint32(data.at, true);
    last = (word & 1) === 1;
    const kind = (word >>> 1) & 3;
    const size = (word >>> 3) & 0x1fffff;
    if (kind > COMPRESSED_BLOCK || size > BLOCK_MAXIMUM) throw new ZstdDamage("a block is of no known kind or size");
    const stored = kind === RLE_BLOCK ? 1 : size;
    await data.require(BLOCK_HEADER + stored);
    const output = frame.decode(kind, data.view, data.at + BLOCK_HEADER, size);
    total += output.length;
    yield output;
    data.take(BLOCK_HEADER + stored);
  }
  if (contentSize !== -1 && contentSize !== total) {
    throw new ZstdDamage(`its header says ${contentSize} bytes, there were ${total}`);
  }
  if (!checksum) return;
  await data.require(4);
  data.take(4);
}

async function skipFrame(data: Lookahead): Promise<void> {
  await data.require(8);
  let left = data.view.getUint32(data.at + 4, true);
  data.take(8);
  while (left > 0) {
    await data.require(1);
    const part = Math.min(left, data.left);
    data.take(part);
    left -= part;
  }
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

/** The output of a frame, with as much of its past as the window wants. */
class FrameDecoder {
  #output: Uint8Array = new Uint8Array(FIRST_OUTPUT);
  #at = 0;
  #window = 0;
  readonly #blocks = new BlockDecoder();

  begin(window: number): void {
    this.#at = 0;
    this.#window = window;
    this.#blocks.reset();
  }

  /** The output of one block; holds until the next. */
  decode(kind: number, view: DataView, at: number, size: number): Uint8Array {
    this.#makeRoom();
    const from = this.#at;
    if (kind === RAW_BLOCK) {
      this.#output.set(new Uint8Array(view.buffer, at, size), from);
      this.#at = from + size;
    } else if (kind === RLE_BLOCK) {
      this.#output.fill(view.getUint8(at), from, from + size);
      this.#at = from + size;
    } else {
      this.#at = this.#blocks.decode(view, at, at + size, this.#output, from);
    }
    return this.#output.subarray(from, this.#at);
  }

  /** Doubles the buffer as output comes, up to the window and some room; then forgets what is before the window. */
  #makeRoom(): void {
    while (this.#at + BLOCK_MAXIMUM > this.#output.length) {
      const output = this.#output;
      if (output.length < this.#window + ROOM) {
        this.#output = new Uint8Array(Math.min(output.length * 2, this.#window + ROOM));
        this.#output.set(output.subarray(0, this.#at));
      } else {
        output.copyWithin(0, this.#at - this.#window, this.#at);
        this.#at = this.#window;
      }
    }
  }
}

/** Compressed bytes in one buffer: at least a block at a time. */
class Lookahead {
  /** Next byte, an index into `view`. */
  at = 0;
  readonly view: DataView;
  readonly #bytes: Uint8Array;
  /** One past the last byte that is not zeros. */
  #have: number;
  readonly #input: ByteInput;

  constructor(input: ByteInput, head: Uint8Array) {
    const bytes = new Uint8Array(Math.max(head.length, 2 * BLOCK_MAXIMUM) + SLACK);
    bytes.set(head);
    this.#input = input;
    this.#bytes = bytes.subarray(0, bytes.length - SLACK);
    this.#have = head.length;
    this.view = new DataView(bytes.buffer);
  }

  get left(): number {
    return this.#have - this.at;
  }

  take(count: number): void {
    this.at += count;
  }

  /** True once `count` bytes are there. */
  async load(count: number): Promise<boolean> {
    while (this.left < count) {
      if (this.at > 0) {
        this.#bytes.copyWithin(0, this.at, this.#have);
        this.#have -= this.at;
        this.at = 0;
      }
      const got = await this.#input.read(this.#bytes, this.#have);
      if (got === 0) return false;
      this.#have += got;
    }
    return true;
  }

  async require(count: number): Promise<void> {
    if (!(await this.load(count))) throw new Cut();
  }
}
