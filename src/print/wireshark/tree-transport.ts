import { Phrase } from "../sink.ts";
import type { StreamPacket } from "./tree-context.ts";
import { lines, Piece, type TreeWriter } from "./tree.ts";

/** Lines that the trees of TCP and UDP share. */

const CHECKSUM = new Piece("    Checksum: 0x");
const IS_UNVERIFIED = new Phrase(" [unverified]\n");
const UNVERIFIED = lines("    [Checksum Status: Unverified]");
const TIMES = lines("    [Timestamps]");

/** A checksum that is not verified, as Wireshark does by default: the sending host may have left it to its network card. */
export function printUnverified(tree: TreeWriter, checksum: number): void {
  tree.put(CHECKSUM);
  tree.sink.hex(checksum, 4);
  tree.sink.phrase(IS_UNVERIFIED);
  tree.put(UNVERIFIED);
}

/** The titles of the two times that stand in every packet of a stream. */
export interface TimeTitles {
  readonly sinceFirst: Piece;
  readonly sincePrevious: Piece;
}

export function printTimes(tree: TreeWriter, titles: TimeTitles, { stream }: StreamPacket): void {
  tree.put(TIMES);
  tree.duration(titles.sinceFirst, stream.sinceFirstNs);
  tree.duration(titles.sincePrevious, stream.sincePreviousNs);
}
