import type { ReassembledDatagram } from "../../wire/reassembly.ts";
import { hexBytes, type TreeWriter } from "./tree.ts";

/** What a datagram was put together of, below the header of the fragment that completed it. */
export function printFragments(tree: TreeWriter, version: 4 | 6, datagram: ReassembledDatagram): void {
  const { parts, frame, headerLength } = datagram;
  const length = frame.end - headerLength;
  const sizes = parts.map((part) => `#${part.frame}(${part.length})`).join(", ");
  const noun = parts.length === 1 ? "fragment" : "Fragments";
  tree.line(1, `[${parts.length} IPv${version} ${noun} (${length} ${length === 1 ? "byte" : "bytes"}): ${sizes}]`);
  for (const { frame: number, offset, length: bytes, overlaps, conflicts } of parts) {
    const last = offset + bytes - 1;
    tree.line(2, `[Frame: ${number}, payload: ${offset}-${last} (${bytes} ${bytes === 1 ? "byte" : "bytes"})]`);
    if (overlaps) tree.line(3, "[Fragment overlap: True]");
    if (conflicts) tree.line(3, "[Conflicting data in fragment overlap: True]");
  }
  tree.line(2, `[Fragment count: ${parts.length}]`);
  tree.line(2, `[Reassembled IPv${version} length: ${length}]`);
  tree.line(2, `[Reassembled IPv${version} data: ${hexBytes(frame.bytes, headerLength, frame.end)}]`);
}
