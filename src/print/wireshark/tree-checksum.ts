import { addWords, foldSum, rightChecksum } from "../../wire/checksum.ts";
import type { TreeContext } from "./tree-context.ts";
import { hex } from "./tree.ts";

/** A quoted message is rarely whole; it is not verified. The checksum of a message in `[at, end)`, `sum` of its pseudo-header; false when it is not captured. */
export function printChecksum(context: TreeContext, at: number, end: number, sum: number, isQuoted = false): boolean {
  const { tree, view, limit } = context;
  if (Math.min(limit, end) - at < 4) return false;
  const checksum = view.getUint16(at + 2);
  const text = `Checksum: ${hex(checksum, 4)}`;
  if (isQuoted || limit < end) {
    tree.line(1, `${text} [unverified] [${isQuoted ? "in ICMP error packet" : "fragmented datagram"}]`);
    tree.line(1, "[Checksum Status: Unverified]");
    return true;
  }
  const folded = foldSum(addWords(view, at, end, sum));
  if (folded === 0xffff) {
    tree.line(1, `${text} [correct]`);
    tree.line(1, "[Checksum Status: Good]");
    return true;
  }
  const right = hex(rightChecksum(checksum, folded), 4);
  tree.line(1, `${text} incorrect, should be ${right}`);
  tree.expert(2, "Warning", "Checksum", `Bad checksum [should be ${right}]`);
  tree.line(1, "[Checksum Status: Bad]");
  return true;
}
