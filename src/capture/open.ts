import fs from "node:fs";
import os from "node:os";
import type { ModuleMemory } from "../wire/module-memory.ts";
import { type Compression, compressionOf } from "./compression.ts";
import { CaptureError } from "./error.ts";
import { DecompressedInput, FileInput, openInput, type ByteInput } from "./input.ts";
import { PCAP_HEADER, PCAP_MICRO, PCAP_NANO } from "./pcap-format.ts";
import { isPcap, PcapReader } from "./pcap-reader.ts";
import { isPcapng } from "./pcapng-format.ts";
import { PcapngReader } from "./pcapng-reader.ts";
import type { Opened } from "./opened.ts";
import type { CaptureSource } from "./source.ts";

/** Gives the decompressed bytes of an input, of which `head` was taken already. */
type Decompressor = (name: string, input: ByteInput, head: Uint8Array) => AsyncGenerator<Uint8Array, void, undefined>;

/**
 * What a core's cache holds: bytes that have just been copied there are read from it. Measured on 585 MB in the
 * page cache: 0.10 s of CPU time with 64 or 128 KiB, 0.35 s with 256 KiB and more.
 */
const BUFFER = 1 << 17;
/** The least that the first look at a file needs. */
const SMALLEST_BUFFER = 32;
const MAGIC = 4;
/** Smaller files are read before another thread has started. */
const LARGE_SIZE = 32 << 20;

/** Settings of `openCapture`. */
export interface OpenOptions {
  /** Number of the first frame; 1 when left out. */
  readonly firstNumber?: number;
  /** Bytes read at once, at least 32; 128 KiB when left out. Records may be larger. */
  readonly bufferSize?: number;
  /** Where the frames of an ordinary file get an index (see `frame-index.ts`), for who takes frames by it. */
  readonly indexMemory?: ModuleMemory | undefined;
  /** When aborted while the first bytes are waited for, the opening fails. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a pcap or pcapng file to read, or a trace that was printed, gzip or zstd
 * compressed or not; "-" is standard input. Rejects with a `CaptureError` when it
 * cannot be opened or is neither.
 */
export async function openCapture(path: string, options: OpenOptions = {}): Promise<CaptureSource> {
  const name = path === "-" ? "standard input" : path;
  const raw = await openInput(path, name);
  const stop = (): void => raw.close();
  options.signal?.addEventListener("abort", stop, { once: true });
  // It may have been aborted while the input was opened.
  if (options.signal?.aborted === true) stop();
  let input = raw;
  try {
    const bytes = new Uint8Array(Math.max(options.bufferSize ?? BUFFER, SMALLEST_BUFFER));
    const view = new DataView(bytes.buffer);
    let have = await fillTo(raw, bytes, 0, MAGIC);
    if (have === 0)
      throw new CaptureError("empty-file", `${name}: is empty: a capture has at least ${PCAP_HEADER} bytes`);
    const compression = have < MAGIC ? "" : compressionOf(view);
    if (compression !== "") {
      const chunks = (await decompressor(compression))(name, raw, bytes.slice(0, have));
      input = new DecompressedInput(chunks, raw);
      have = await fillTo(input, bytes, 0, MAGIC);
    }
    have = await fillTo(input, bytes, have, PCAP_HEADER);
    const opened = { name, compression, input, bytes, have, firstNumber: options.firstNumber ?? 1 } as const;
    const reader = await makeReader(view, opened);
    if (options.indexMemory !== undefined) await startIndex(reader, raw, options.indexMemory);
    return reader;
  } catch (error) {
    input.close();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", stop);
  }
}

/** Loaded only when needed: most captures are not compressed, and node:zlib takes time to load. */
async function decompressor(compression: Exclude<Compression, "">): Promise<Decompressor> {
  return compression === "gzip" ? (await import("./gzip.ts")).gunzip : (await import("./zstd.ts")).unzstd;
}

/** Has a file of the usual form indexed, a large one by a thread of its own. */
async function startIndex(reader: CaptureSource, input: ByteInput, memory: ModuleMemory): Promise<void> {
  if (!(reader instanceof PcapReader) || !(input instanceof FileInput)) return;
  const isOrdinary = reader.recordPrecision !== "" && reader.compression === "" && input.descriptor > 0;
  if (!isOrdinary) return;
  const { FileIndexer } = await import("./file-indexer.ts");
  const thread = isWorthThread(input.size) ? (await import("./index-thread.ts")).IndexThread.take() : undefined;
  reader.indexBy(await FileIndexer.create(input.descriptor, reader.position, reader.recordFormat, memory, thread));
}

/** Whether a file of so many bytes is worth a thread of its own. */
function isWorthThread(size: number): boolean {
  return size >= LARGE_SIZE && os.availableParallelism() > 1;
}

/** Whether it is the path of a file that a thread is to read for `openCapture`, as far as its first bytes tell. */
export function isReadByThread(path: string): boolean {
  try {
    const status = fs.statSync(path, { throwIfNoEntry: false });
    return status?.isFile() === true && isWorthThread(status.size) && isOrdinaryPcap(path);
  } catch {
    // Whoever opens it, if anybody does, says what is wrong with it.
    return false;
  }
}

function isOrdinaryPcap(path: string): boolean {
  const descriptor = fs.openSync(path, "r");
  try {
    const magic = new Uint32Array(1);
    fs.readSync(descriptor, magic);
    return magic[0] === PCAP_MICRO || magic[0] === PCAP_NANO;
  } finally {
    fs.closeSync(descriptor);
  }
}

async function makeReader(view: DataView, opened: Opened): Promise<CaptureSource> {
  const { name, have } = opened;
  if (have >= MAGIC && isPcapng(view)) {
    const reader = new PcapngReader(opened);
    await reader.readFirstInterface();
    return reader;
  }
  if (have < MAGIC || !isPcap(view)) return readText(opened);
  if (have < PCAP_HEADER) {
    throw new CaptureError("cut-header", `${name}: pcap header needs ${PCAP_HEADER} bytes, the file has ${have}`);
  }
  return new PcapReader(opened);
}

/** What is no capture may be a trace that was printed. */
async function readText(opened: Opened): Promise<CaptureSource> {
  const { bytes, have } = opened;
  if (hasKnownMagic(bytes, have)) throw notACapture(opened);
  const { looksLikeText, TextReader } = await import("./text/reader.ts");
  if (!looksLikeText(bytes, have)) throw notACapture(opened);
  const reader = new TextReader(opened);
  await reader.readFirstPacket();
  return reader;
}

/** Reads until `bytes` holds `need` bytes or the input ends; says how many there are. */
async function fillTo(input: ByteInput, bytes: Uint8Array, have: number, need: number): Promise<number> {
  let total = have;
  while (total < need) {
    const got = await input.read(bytes, total);
    if (got === 0) break;
    total += got;
  }
  return total;
}

/** What else a file can be, by its first bytes in hexadecimal. */
const OTHER_FORMATS: readonly (readonly [string, string])[] = [
  ["736e6f6f70000000", "a snoop capture; convert it with: editcap -F pcap"],
  ["474d4255", "a Microsoft Network Monitor capture; convert it with: editcap -F pcap"],
  ["52545353", "a Microsoft Network Monitor capture; convert it with: editcap -F pcap"],
  ["a1b234cd", "a pcap variant that is not read; convert it with: editcap -F pcap"],
  ["cd34b2a1", "a pcap variant that is not read; convert it with: editcap -F pcap"],
  ["425a68", "bzip2 data; decompress it first"],
  ["fd377a585a00", "xz data; decompress it first"],
  ["04224d18", "lz4 data; decompress it first"],
  ["504b0304", "a zip archive; unpack it first"],
  ["1f8b", "gzip data within compressed data; decompress it first"],
  ["28b52ffd", "zstd data within compressed data; decompress it first"],
];

/** The first bytes in hexadecimal. */
function headOf(bytes: Uint8Array, have: number): string {
  return Buffer.from(bytes.subarray(0, Math.min(have, 8))).toString("hex");
}

function hasKnownMagic(bytes: Uint8Array, have: number): boolean {
  const hex = headOf(bytes, have);
  return OTHER_FORMATS.some(([magic]) => hex.startsWith(magic));
}

function notACapture({ name, bytes, have }: Opened): CaptureError {
  if (have === 0) return new CaptureError("empty-file", `${name}: there is nothing in the compressed data`);
  const hex = headOf(bytes, have);
  const known = OTHER_FORMATS.find(([magic]) => hex.startsWith(magic))?.[1];
  const text = known ?? firstBytes(bytes.subarray(0, Math.min(have, 8)), hex);
  return new CaptureError(
    "not-a-capture",
    `${name}: not a capture: ${text} (pcap, pcapng and printed traces are read, also when gzip or zstd compressed)`,
  );
}

function firstBytes(bytes: Uint8Array, hex: string): string {
  const printable = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  const text = printable ? `, "${Buffer.from(bytes).toString("latin1")}"` : "";
  return `it starts with ${hex.replaceAll(/(..)(?=.)/g, "$1 ")}${text}`;
}
