import type { StreamPacket, TreeContext } from "./tree-context.ts";
import { printTimes, printUnverified, type TimeTitles } from "./tree-transport.ts";
import { hex, lines, Piece, plural } from "./tree.ts";

const TITLE = new Piece("User Datagram Protocol, Src Port: ");
const SOURCE = new Piece("    Source Port: ");
const DESTINATION = new Piece("    Destination Port: ");
const NO_CHECKSUM = lines("    Checksum: 0x0000 [zero-value ignored]", "        [Checksum Status: Not present]");
const STREAM = new Piece("    [Stream index: ");
const TIMES: TimeTitles = {
  sinceFirst: new Piece("        [Time since first frame: "),
  sincePrevious: new Piece("        [Time since previous frame: "),
};

/** The header at `at`; false when it is cut. */
export function printUdp(
  context: TreeContext,
  at: number,
  end: number,
  packet: StreamPacket | undefined,
  isQuoted: boolean,
): boolean {
  const { tree, view, limit } = context;
  const sink = tree.sink;
  const have = Math.min(limit, end) - at;
  if (have < 8 || packet === undefined) return printCut(context, at, have);
  tree.put(TITLE);
  sink.decimal(view.getUint16(at));
  sink.text(", Dst Port: ");
  sink.decimal(view.getUint16(at + 2));
  tree.end();
  tree.number(SOURCE, view.getUint16(at));
  tree.number(DESTINATION, view.getUint16(at + 2));
  const length = view.getUint16(at + 4);
  tree.line(1, `Length: ${length}${length > 0 && length < 8 ? " (bogus, must be >= 8)" : ""}`);
  if (length > 0 && length < 8) return true;
  const checksum = view.getUint16(at + 6);
  if (checksum === 0) tree.put(NO_CHECKSUM);
  else printUnverified(tree, checksum);
  tree.put(STREAM);
  sink.decimal(packet.stream.index);
  sink.text("]\n");
  const payloadEnd = Math.min(limit, length === 0 ? end : Math.min(end, at + length));
  if (payloadEnd <= at + 8) return true;
  if (!isQuoted) printTimes(tree, TIMES, packet);
  tree.line(1, `UDP payload (${plural(payloadEnd - at - 8, "byte")})`);
  return true;
}

function printCut({ tree, view }: TreeContext, at: number, have: number): boolean {
  tree.line(
    0,
    have < 4
      ? "User Datagram Protocol"
      : `User Datagram Protocol, Src Port: ${view.getUint16(at)}, Dst Port: ${view.getUint16(at + 2)}`,
  );
  if (have >= 4) {
    tree.number(SOURCE, view.getUint16(at));
    tree.number(DESTINATION, view.getUint16(at + 2));
  }
  if (have >= 6) tree.line(1, `Length: ${view.getUint16(at + 4)}`);
  if (have >= 8) tree.line(1, `Checksum: ${hex(view.getUint16(at + 6), 4)} [unverified]`);
  return false;
}
