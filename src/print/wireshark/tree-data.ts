import { Phrase } from "../sink.ts";
import { hexBytes, Piece, plural, type TreeWriter } from "./tree.ts";

const PER_LINE = 16;
const SPACE = 0x20;
/** Bytes that Wireshark shows of a field. */
const MAX_SHOWN = 36;
const TITLE = new Piece("Data (");
const BYTE = new Phrase(" byte)\n\n");
const BYTES = new Phrase(" bytes)\n\n");
const DATA = new Piece("    Data: ");
const GAP = new Phrase("  ");
const END = new Phrase("]\n");
const LENGTH = new Piece("    [Length: ");

/** Bytes that nothing decodes: how many, a hex dump, and the first of them again. `depth`: 1 when they are a protocol's own. */
export function printData(tree: TreeWriter, bytes: Uint8Array, at: number, end: number, depth = 0): void {
  if (end <= at) return;
  if (depth > 0) {
    tree.line(depth, `Data (${plural(end - at, "byte")})`);
    tree.end();
    printHexDump(tree, bytes, at, end);
    tree.line(depth + 1, `Data: ${hexBytes(bytes, at, end)}`);
    tree.line(depth + 1, `[Length: ${end - at}]`);
    return;
  }
  const { sink } = tree;
  tree.put(TITLE);
  sink.decimal(end - at);
  sink.phrase(end - at === 1 ? BYTE : BYTES);
  printHexDump(tree, bytes, at, end);
  tree.put(DATA);
  sink.hexBytes(bytes, at, Math.min(end, at + MAX_SHOWN), 0);
  if (end - at > MAX_SHOWN) sink.text("…");
  tree.end();
  tree.put(LENGTH);
  sink.decimal(end - at);
  sink.phrase(END);
}

/** Lines of 16 bytes: offset, hexadecimal, ASCII. */
function printHexDump(tree: TreeWriter, bytes: Uint8Array, at: number, end: number): void {
  const sink = tree.sink;
  for (let from = at; from < end; from += PER_LINE) {
    const to = Math.min(end, from + PER_LINE);
    sink.hex(from - at, 4);
    sink.phrase(GAP);
    sink.hexBytes(bytes, from, to, 1);
    for (let blanks = 3 * (from + PER_LINE - to) + 2; blanks > 0; blanks--) sink.char(SPACE);
    sink.printable(bytes, from, to);
    tree.end();
  }
}
