import type { Output } from "../output.ts";

/** Prints a file handle of `length` bytes, which are captured: with option `-u` as numbers, else as device and inode. */
export function printHandle(out: Output, at: number, length: number): void {
  if (out.options.rawHandles === true) {
    out.sink.text(" fh[");
    for (let i = 0; i < length; i += 4) out.sink.text(`${i === 0 ? "" : ":"}${out.u32(at + i).toString(16)}`);
    out.sink.text("]");
    return;
  }
  out.sink.text(handleText(out, at, length));
}

function handleText(out: Output, at: number, length: number): string {
  const bytes = new Uint8Array(SHORTEST_WHOLE);
  bytes.set(out.bytes.subarray(at, at + Math.min(length, SHORTEST_WHOLE)));
  const file = length < SHORTEST ? undefined : fileOf(new DataView(bytes.buffer), length);
  if (file !== undefined) return ` fh ${file.major},${file.minor}/${file.inode}`;
  // As tcpdump, which takes as many letters of the name as the handle has words.
  let text = ` fh ${"Unknown".slice(0, length >> 2)}/`;
  for (let i = 0; i < Math.min(length, MAX_SHOWN); i++) {
    text += out
      .u8(at + i)
      .toString(16)
      .toUpperCase()
      .padStart(2, "0");
  }
  return text;
}

/** Handles of fewer bytes are not told from each other. */
const SHORTEST = 16;
const SHORTEST_WHOLE = 32;
const MAX_SHOWN = 32;

/** Where a file is: the device of its file system, and its number there. */
interface FileNumbers {
  readonly major: number;
  readonly minor: number;
  readonly inode: number;
}

/**
 * What a server put into a handle, as far as tcpdump tells it; nothing says how, and handles of many servers stay unknown.
 * Rules by what the program prints for generated handles: the device's bytes and their order are told by bytes that are
 * zero, and by the length of the file's identifier (10 or 12) behind the file system's.
 */
function fileOf(handle: DataView, length: number): FileNumbers | undefined {
  const start = handle.getUint16(0);
  if (handle.getUint16(2) === 0 && start !== 0) return fileOfShortDevice(handle, length);
  const inode = handle.getUint32(12);
  if (start === 0) {
    const deviceAt = handle.getUint16(2) === 0 ? 6 : 2;
    return { major: handle.getUint8(deviceAt), minor: handle.getUint8(deviceAt + 1), inode };
  }
  if (handle.getUint32(8, true) === 12) {
    const device = handle.getUint32(0, true);
    return { major: device >>> 20, minor: device & 0xfffff, inode: handle.getUint32(12, true) };
  }
  if (handle.getUint16(8) !== 10) return undefined;
  const device = handle.getUint32(0);
  return handle.getUint32(4) === 0
    ? { major: device >>> 24, minor: device & 0xffffff, inode }
    : { major: device >>> 18, minor: device & 0x3ffff, inode };
}

/** The device stands in two bytes. */
function fileOfShortDevice(handle: DataView, length: number): FileNumbers | undefined {
  const minor = handle.getUint8(0);
  const major = handle.getUint8(1);
  if (handle.getUint16(6) === 0) return { major, minor, inode: handle.getUint32(12, true) };
  if (length >= 24 && handle.getUint8(21) === 0 && handle.getUint8(23) === 0) {
    return { major, minor, inode: handle.getUint32(4, true) };
  }
  if (handle.getUint8(9) !== 10) return undefined;
  const device = handle.getUint32(0);
  return { major: device >>> 18, minor: device & 0x3ffff, inode: handle.getUint32(12) };
}
