import { FIN, RST, SYN } from "../../wire/tcp.ts";
import { bits, expertLines, hex, Piece, type TreeWriter } from "./tree.ts";

/** The twelve bits after TCP's data offset. */

const NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];
const LETTERS = "RRRACEUAPRSF";
const RESERVED = 0xe00;

/** The rows of the tree from the highest bit on. */
const ROWS: readonly (readonly [number, string])[] = [
  [RESERVED, "Reserved"],
  [0x100, "Accurate ECN"],
  [0x080, "Congestion Window Reduced"],
  [0x040, "ECN-Echo"],
  [0x020, "Urgent"],
  [0x010, "Acknowledgment"],
  [0x008, "Push"],
  [0x004, "Reset"],
  [0x002, "Syn"],
  [0x001, "Fin"],
];

const RESET = new Piece(expertLines(3, "Warning", "Sequence", "Connection reset (RST)"));
const FINISH = new Piece(expertLines(3, "Chat", "Sequence", "Connection finish (FIN)"));
const INITIATES = new Piece(expertLines(3, "Note", "Sequence", "This frame initiates the connection closing"));
const UNDERGOES = new Piece(expertLines(3, "Note", "Sequence", "This frame undergoes the connection closing"));

/** The tree in the parts between which remarks may stand: up to Reset, Syn, Fin, and the rest. */
type Parts = readonly [Piece, Piece, Piece, Piece];
const PARTS: (Parts | undefined)[] = [];
const WHOLE: (Piece | undefined)[] = [];

/** The names of the bits that are set, and what they look like in Wireshark's summary of twelve characters. */
function summary(flags: number): string {
  const names = NAMES.filter((_name, bit) => (flags & (1 << bit)) !== 0);
  if ((flags & RESERVED) !== 0) names.push("Reserved");
  return names.length === 0 ? "<None>" : names.join(", ");
}

function letters(flags: number): string {
  return [...LETTERS].map((letter, i) => ((flags & (0x800 >> i)) === 0 ? "·" : letter)).join("");
}

function texts(flags: number): readonly [string, string, string, string] {
  const row = ([mask, name]: readonly [number, string]): string =>
    `        ${bits(flags, mask, 12)} = ${name}: ${(flags & mask) === 0 ? "Not set" : "Set"}\n`;
  return [
    `    Flags: ${hex(flags, 3)} (${summary(flags)})\n${ROWS.slice(0, 8).map(row).join("")}`,
    row(ROWS[8]!),
    row(ROWS[9]!),
    `        [TCP Flags: ${letters(flags)}]\n`,
  ];
}

function partsOf(flags: number): Parts {
  const [head, syn, fin, summaryLine] = texts(flags);
  return [new Piece(head), new Piece(syn), new Piece(fin), new Piece(summaryLine)];
}

/** The remarks of the ports met last, by port and whether it answers. */
const REMARKS = new Map<number, Piece>();
const MAX_REMARKS = 1024;

function establishes(answers: boolean, serverPort: number): Piece {
  const key = 2 * serverPort + (answers ? 1 : 0);
  let piece = REMARKS.get(key);
  if (piece === undefined) {
    const what = answers ? "acknowledge (SYN+ACK)" : "request (SYN)";
    piece = new Piece(expertLines(3, "Chat", "Sequence", `Connection establish ${what}: server port ${serverPort}`));
    if (REMARKS.size >= MAX_REMARKS) REMARKS.clear();
    REMARKS.set(key, piece);
  }
  return piece;
}

/** Prints the flags; `closes`: for a segment with FIN, whether its end is the first to close. */
export function printFlags(tree: TreeWriter, flags: number, serverPort: number, closes: boolean): void {
  if ((flags & (RST | SYN | FIN)) === 0) {
    tree.put((WHOLE[flags] ??= new Piece(texts(flags).join(""))));
    return;
  }
  const parts = (PARTS[flags] ??= partsOf(flags));
  tree.put(parts[0]);
  if ((flags & RST) !== 0) tree.put(RESET);
  tree.put(parts[1]);
  if ((flags & SYN) !== 0) {
    tree.put(establishes((flags & 0x10) !== 0, serverPort));
  }
  tree.put(parts[2]);
  if ((flags & FIN) !== 0) tree.put(FINISH);
  tree.put(parts[3]);
  if ((flags & FIN) !== 0) tree.put(closes ? INITIATES : UNDERGOES);
}
