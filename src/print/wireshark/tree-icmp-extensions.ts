import { addWords, foldSum, rightChecksum } from "../../wire/checksum.ts";
import type { TreeContext } from "./tree-context.ts";
import { bits, flagLine, hex, hexBytes } from "./tree.ts";

const VERSION = 2;
const CLASSES: Readonly<Record<number, string>> = {
  1: "MPLS Label Stack Class",
  2: "Interface Information Object",
  3: "Interface Identification Object",
};
const MPLS = 1;

/** The extension structure of an ICMP error in `[at, end)` (RFC 4884 section 7), if there is one. */
export function printExtensions(context: TreeContext, at: number, end: number): void {
  const { tree, view } = context;
  if (end - at < 4 || view.getUint8(at) >> 4 !== VERSION) return;
  tree.line(1, "ICMP Multi-Part Extensions");
  tree.line(2, `Version: ${VERSION}`);
  const reserved = view.getUint16(at) & 0xfff;
  tree.line(2, `${bits(reserved, 0xfff, 16)} = Reserved: ${hex(reserved, 3)}`);
  const checksum = view.getUint16(at + 2);
  if (checksum === 0) {
    tree.line(2, "[Checksum: [missing]]");
    tree.line(2, "[Checksum Status: Not present]");
  } else {
    const folded = foldSum(addWords(view, at, end, 0));
    const text = folded === 0xffff ? "[correct]" : `incorrect, should be ${hex(rightChecksum(checksum, folded), 4)}`;
    tree.line(2, `Checksum: ${hex(checksum, 4)} ${text}`);
    if (folded !== 0xffff)
      tree.expert(3, "Warning", "Checksum", `Bad checksum [should be ${hex(rightChecksum(checksum, folded), 4)}]`);
    tree.line(2, `[Checksum Status: ${folded === 0xffff ? "Good" : "Bad"}]`);
  }
  for (let next = at + 4; end - next >= 4;) {
    const length = view.getUint16(next);
    if (length < 4 || next + length > end) return;
    printObject(context, next, length);
    next += length;
  }
}

function printObject(context: TreeContext, at: number, length: number): void {
  const { tree, view, bytes } = context;
  const [kind, subtype] = [view.getUint8(at + 2), view.getUint8(at + 3)];
  const name = CLASSES[kind];
  tree.line(2, kind === MPLS ? "MPLS Stack Entry" : (name ?? `Unknown object (${kind}/${subtype})`));
  tree.line(3, `Length: ${length}`);
  tree.line(3, `Class: ${name ?? "Unknown"} (${kind})`);
  tree.line(3, `C-Type: ${subtype}`);
  if (kind === MPLS && subtype === 1) {
    for (let next = at + 4; next + 4 <= at + length; next += 4) printLabel(context, next);
  } else if (length > 4) {
    tree.line(3, `Data: ${hexBytes(bytes, at + 4, at + length)}`);
  }
}

/** RFC 4950 section 3. */
function printLabel({ tree, view }: TreeContext, at: number): void {
  const word = view.getUint32(at) >>> 8;
  const [label, experimental, bottom, ttl] = [word >> 4, (word >> 1) & 7, word & 1, view.getUint8(at + 3)];
  tree.line(3, `Label: ${label}, Exp: ${experimental}, S: ${bottom}, TTL: ${ttl}`);
  tree.line(4, `${bits(word, 0xfffff0, 24)} = Label: ${label}`);
  tree.line(4, `${bits(word, 0x00000e, 24)} = Experimental: ${experimental}`);
  tree.line(4, flagLine(word, 0x000001, 24, "Stack bit"));
  tree.line(4, `Time to live: ${ttl}`);
}
