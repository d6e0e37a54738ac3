import { hexBytes, plural, type TreeWriter } from "./tree.ts";

const PER_LINE = 16;
const SPACE = 0x20;
const DOT = 0x2e;

/** Bytes that nothing decodes: how many, a hex dump, and the first of them again. `depth`: 1 when they are a protocol's own. */
export function printData(tree: TreeWriter, bytes: Uint8Array, at: number, end: number, depth = 0): void {
  if (end <= at) return;
  tree.line(depth, `Data (${plural(end - at, "byte")})`);
  tree.end();
  printHexDump(tree, bytes, at, end);
  tree.line(depth + 1, `Data: ${hexBytes(bytes, at, end)}`);
  tree.line(depth + 1, `[Length: ${end - at}]`);
}

/** Lines of 16 bytes: offset, hexadecimal, ASCII. */
function printHexDump(tree: TreeWriter, bytes: Uint8Array, at: number, end: number): void {
  const sink = tree.sink;
  for (let from = at; from < end; from += PER_LINE) {
    const to = Math.min(end, from + PER_LINE);
    sink.hex(from - at, 4);
    sink.text("  ");
    for (let i = from; i < to; i++) {
      sink.hex(bytes[i]!, 2);
      sink.char(SPACE);
    }
    sink.room();
    for (let blanks = 3 * (from + PER_LINE - to) + 2; blanks > 0; blanks--) sink.char(SPACE);
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!;
      sink.char(byte >= 0x20 && byte < 0x7f ? byte : DOT);
    }
    tree.end();
  }
}
