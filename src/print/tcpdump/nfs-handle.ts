import type { Output } from "./output.ts";

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
  if (length >= 16 && out.u16(at + 8) === 10) {
    const device = out.u32(at);
    return ` fh ${device >>> 18},${device & 0x3ffff}/${out.u32(at + 12)}`;
  }
  // As tcpdump, which takes as many letters of the name as the handle has words.
  let text = ` fh ${"Unknown".slice(0, length >> 2)}/`;
  for (let i = 0; i < length; i++) text += out.u8(at + i).toString(16).toUpperCase().padStart(2, "0");
  return text;
}
