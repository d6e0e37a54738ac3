import type { Output } from "./output.ts";

const SPACE = 0x20;
const DOT = 0x2e;
const BYTES_PER_LINE = 16;

/** Whether a byte stands for itself in the text column. */
function isGraph(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

function offset(out: Output, indent: string, value: number): void {
  out.sink.text(indent);
  out.sink.text("0x");
  out.sink.hex(value, 4);
  out.sink.text(": ");
}

/** Bytes in hexadecimal, as option `-x` prints them. */
export function printHex(out: Output, at: number, length: number, indent: string): void {
  const { sink, bytes } = out;
  for (let line = 0; line < length; line += BYTES_PER_LINE) {
    offset(out, indent, line);
    const end = Math.min(length, line + BYTES_PER_LINE);
    for (let i = line; i < end; i++) {
      if ((i & 1) === 0) sink.char(SPACE);
      sink.hex(bytes[at + i]!, 2);
    }
  }
}

/** Bytes in hexadecimal with their text, as option `-X` prints them. */
export function printHexAscii(out: Output, at: number, length: number, indent: string): void {
  const { sink, bytes } = out;
  for (let line = 0; line < length; line += BYTES_PER_LINE) {
    offset(out, indent, line);
    const end = Math.min(length, line + BYTES_PER_LINE);
    for (let i = line; i < line + BYTES_PER_LINE; i++) {
      if ((i & 1) === 0) sink.char(SPACE);
      if (i < end) {
        sink.hex(bytes[at + i]!, 2);
      } else {
        sink.text("  ");
      }
    }
    sink.text("  ");
    for (let i = line; i < end; i++) {
      const code = bytes[at + i]!;
      sink.char(isGraph(code) ? code : DOT);
    }
  }
}

/** The text of a packet, as option `-A` prints it: line ends stay, what cannot be printed is a dot. */
export function printAscii(out: Output, at: number, length: number): void {
  const { sink, bytes } = out;
  sink.char(0x0a);
  const end = at + length;
  for (let i = at; i < end; i++) {
    const code = bytes[i]!;
    sink.room();
    // A carriage return is printed only where it does not belong to a line end; tcpdump wants two bytes behind it.
    if (code === 0x0d) {
      if (i + 2 < end && bytes[i + 1] !== 0x0a) sink.char(DOT);
    } else if (code === 0x0a || code === 0x09 || (code >= 0x20 && code < 0x7f)) sink.char(code);
    else sink.char(DOT);
  }
}
