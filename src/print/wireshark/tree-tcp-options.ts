import { SYN } from "../../wire/tcp.ts";
import * as kind from "../../wire/tcp-options.ts";
import type { TreeContext } from "./tree-context.ts";
import type { SegmentNumbers } from "./tree-tcp.ts";
import { printWrongLength, title, titleOf } from "./tree-tcp-option-title.ts";
import { printRareOption } from "./tree-tcp-rare-options.ts";
import { expertLines, lines, Piece, plural, type TreeWriter } from "./tree.ts";

const USUAL = lines(
  "    Options: (12 bytes), No-Operation (NOP), No-Operation (NOP), Timestamps",
  "        TCP Option - No-Operation (NOP)",
  "            Kind: No-Operation (1)",
  "        TCP Option - No-Operation (NOP)",
  "            Kind: No-Operation (1)",
);
const NOP = lines("        TCP Option - No-Operation (NOP)", "            Kind: No-Operation (1)");
const END = lines("        TCP Option - End of Option List (EOL)", "            Kind: End of Option List (0)");
const SACK_PERMITTED = lines(
  "        TCP Option - SACK permitted",
  "            Kind: SACK Permitted (4)",
  "            Length: 2",
);
const TIMESTAMPS = new Piece("        TCP Option - Timestamps: TSval ");
const TIMESTAMPS_KIND = lines("            Kind: Time Stamp Option (8)", "            Length: 10");
const TSVAL = new Piece("            Timestamp value: ");
const TSECR = new Piece("            Timestamp echo reply: ");
const NO_MSS = new Piece(expertLines(2, "Note", "Protocol", "The SYN packet does not contain a MSS option"));
const PADDING = new Piece(
  `        Non-zero header padding\n${expertLines(3, "Error", "Protocol", "Non-zero header padding")}`,
);
const DUPLICATE_SACK = new Piece(
  `            D-SACK Sequence\n${expertLines(4, "Warning", "Sequence", "D-SACK Sequence")}`,
);
const PAST_END = new Piece(
  `            suboption would go past end of option\n${expertLines(4, "Error", "Malformed", "suboption would go past end of option")}`,
);

/** Lengths that options must have. */
const LENGTHS: Readonly<Record<number, number>> = {
  2: 4,
  3: 3,
  4: 2,
  6: 6,
  7: 6,
  8: 10,
  11: 6,
  12: 6,
  13: 6,
  19: 18,
  21: 6,
  22: 2,
  23: 2,
  27: 8,
  28: 4,
  78: 16,
};

/** Whether Wireshark lists the option's name. */
function isListed(option: number, length: number): boolean {
  switch (option) {
    case kind.OPTION_SACK:
      return length >= 10;
    case kind.OPTION_MULTIPATH:
      return length > 2;
    case 21:
    case 76:
      return false;
    default:
      return true;
  }
}

/** Prints the options of one TCP header. */
export class TcpOptionsTree {
  /** The options in `view[at, end)` of a packet that ends at `packetEnd`; false when they are cut. */
  print(context: TreeContext, at: number, end: number, packetEnd: number, numbers: SegmentNumbers): boolean {
    const { tree, view } = context;
    const limit = Math.min(end, packetEnd, context.limit);
    if (limit < end) return printCut(context, at, end, limit);
    if (end - at === 12 && view.getUint32(at) === kind.NOP_NOP_TIMESTAMPS && (numbers.flags & SYN) === 0) {
      tree.put(USUAL);
      printTimestamps(tree, view, at + 2);
      return true;
    }
    tree.line(1, `Options: (${plural(end - at, "byte")})${namesOf(view, at, end)}`);
    let hasMss = false;
    for (let next = at; next < end;) {
      const option = view.getUint8(next);
      hasMss ||= option === kind.OPTION_MSS;
      const length = option <= kind.OPTION_NOP ? 1 : lengthAt(view, next, end);
      if (length < 0) {
        complain(tree, view, next, end);
        break;
      }
      if (option === kind.OPTION_END) {
        tree.put(END);
        if (!isZero(view, next, end)) {
          tree.put(PADDING);
          break;
        }
      } else {
        printOption(context, next, option, length, numbers);
      }
      next += length;
    }
    if ((numbers.flags & SYN) !== 0 && !hasMss) tree.put(NO_MSS);
    return true;
  }
}

/** What is there of options that are cut: the whole ones, and the head of the next. */
function printCut({ tree, view }: TreeContext, at: number, end: number, limit: number): boolean {
  tree.line(1, `Options: (${plural(end - at, "byte")})${limit > at ? namesOf(view, at, limit) : ""}`);
  return false;
}

/** Length of the option at `at`; -1 when it is wrong. */
function lengthAt(view: DataView, at: number, end: number): number {
  const length = at + 1 < end ? view.getUint8(at + 1) : 0;
  return length < 2 || at + length > end ? -1 : length;
}

function isZero(view: DataView, at: number, end: number): boolean {
  for (let i = at; i < end; i++) if (view.getUint8(i) !== 0) return false;
  return true;
}

function namesOf(view: DataView, at: number, end: number): string {
  let text = "";
  for (let next = at; next < end;) {
    const option = view.getUint8(next);
    const length = option <= kind.OPTION_NOP ? 1 : lengthAt(view, next, end);
    if (length < 0) break;
    if (isListed(option, length)) text += `, ${titleOf(option)}`;
    if (option === kind.OPTION_END && !isZero(view, next, end)) break;
    next += length;
  }
  return text;
}

function complain(tree: TreeWriter, view: DataView, at: number, end: number): void {
  const name = titleOf(view.getUint8(at));
  const length = at + 1 < end ? view.getUint8(at + 1) : -1;
  const text =
    length < 0
      ? `${name} (length byte past end of options)`
      : length < 2
        ? `${name} (with too-short option length = ${plural(length, "byte")})`
        : `${name} (option length = ${plural(length, "byte")} says option goes past end of options)`;
  tree.line(2, text);
  tree.expert(3, "Note", "Sequence", text);
}

function printOption(context: TreeContext, at: number, option: number, length: number, numbers: SegmentNumbers): void {
  const { tree, view } = context;
  const due = LENGTHS[option];
  if (due !== undefined && due !== length) {
    printWrongLength(tree, option, length, `option length should be ${due}`);
    return;
  }
  switch (option) {
    case kind.OPTION_NOP:
      tree.put(NOP);
      break;
    case kind.OPTION_MSS:
      printMss(tree, view.getUint16(at + 2));
      break;
    case kind.OPTION_WINDOW_SCALE:
      printWindowScale(tree, view.getUint8(at + 2));
      break;
    case kind.OPTION_SACK_PERMITTED:
      tree.put(SACK_PERMITTED);
      break;
    case kind.OPTION_SACK:
      printSack(tree, view, at, length, numbers);
      break;
    case kind.OPTION_TIMESTAMPS:
      printTimestamps(tree, view, at);
      break;
    default:
      printRareOption(context, at, option, length, numbers);
  }
}

const MSS = new Piece("        TCP Option - Maximum segment size: ");
const MSS_KIND = lines("            Kind: Maximum Segment Size (2)", "            Length: 4");
const MSS_VALUE = new Piece("            MSS Value: ");

function printMss(tree: TreeWriter, mss: number): void {
  tree.put(MSS);
  tree.sink.decimal(mss);
  tree.sink.text(" bytes\n");
  tree.put(MSS_KIND);
  tree.number(MSS_VALUE, mss);
}

function printWindowScale(tree: TreeWriter, shift: number): void {
  const multiplier = 1 << Math.min(shift, kind.MAX_WINDOW_SCALE);
  title(tree, kind.OPTION_WINDOW_SCALE, 3, `Window scale: ${shift} (multiply by ${multiplier})`);
  tree.line(3, `Shift count: ${shift}`);
  if (shift > kind.MAX_WINDOW_SCALE) tree.expert(4, "Warning", "Protocol", "Window scale shift exceeds 14");
  tree.line(3, `[Multiplier: ${multiplier}]`);
}

function printTimestamps(tree: TreeWriter, view: DataView, at: number): void {
  const [tsval, tsecr] = [view.getUint32(at + 2), view.getUint32(at + 6)];
  tree.put(TIMESTAMPS);
  tree.sink.decimal(tsval);
  tree.sink.text(", TSecr ");
  tree.sink.decimal(tsecr);
  tree.end();
  tree.put(TIMESTAMPS_KIND);
  tree.number(TSVAL, tsval);
  tree.number(TSECR, tsecr);
}

function printSack(tree: TreeWriter, view: DataView, at: number, length: number, numbers: SegmentNumbers): void {
  const edge = (index: number): number => (view.getUint32(at + 2 + 4 * index) - numbers.reverseBase) >>> 0;
  const blocks = (length - 2) >> 3;
  let text = "SACK";
  for (let i = 0; i < blocks; i++) text += ` ${edge(2 * i)}-${edge(2 * i + 1)}`;
  title(tree, kind.OPTION_SACK, length, text);
  for (let i = 0; i < blocks; i++) {
    tree.line(3, `left edge = ${edge(2 * i)} (relative)`);
    tree.line(3, `right edge = ${edge(2 * i + 1)} (relative)`);
  }
  if (length - 2 > 8 * blocks) {
    if (length - 2 >= 8 * blocks + 4) tree.line(3, `left edge = ${edge(2 * blocks)} (relative)`);
    tree.put(PAST_END);
  }
  tree.line(3, `[TCP SACK Count: ${blocks}]`);
  if (blocks > 0 && isDuplicate(edge, blocks, numbers.acknowledgment)) {
    tree.line(3, `[D-SACK Left Edge = ${edge(0)} (relative)]`);
    tree.line(3, `[D-SACK Right Edge = ${edge(1)} (relative)]`);
    tree.put(DUPLICATE_SACK);
  }
}

/** RFC 2883 section 4: the first block is acknowledged already, or lies within the second. */
function isDuplicate(edge: (index: number) => number, blocks: number, acknowledgment: number): boolean {
  const isBefore = (a: number, b: number): boolean => ((a - b) | 0) < 0;
  if (isBefore(edge(0), acknowledgment)) return true;
  return blocks > 1 && !isBefore(edge(0), edge(2)) && !isBefore(edge(3), edge(1));
}
