import { flagText } from "./neighbour-options.ts";
import type { Output } from "./output.ts";

const TYPE_CONFIG = 0x00;
const TYPE_RAPID = 0x02;
const TYPE_CHANGE = 0x80;

const PROTOCOL_NAMES: readonly string[] = ["802.1d", "", "802.1w", "802.1s", "802.1aq"];
const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [TYPE_CONFIG, "Config"],
  [TYPE_RAPID, "Rapid STP"],
  [TYPE_CHANGE, "Topology Change"],
]);
const ROLE_NAMES: readonly string[] = ["Unknown", "Alternate", "Root", "Designated"];
const FLAGS: readonly (readonly [number, string])[] = [
  [0x01, "Topology change"],
  [0x02, "Proposal"],
  [0x10, "Learn"],
  [0x20, "Forward"],
  [0x40, "Agreement"],
  [0x80, "Topology change ACK"],
];

/** Prints a spanning tree message (IEEE 802.1D clause 9.3); multiple spanning trees in brief. */
export function printStp(out: Output, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "stp";
  if (length < 4) {
    out.invalid();
    return;
  }
  const protocol = out.u16(at);
  if (out.cut) return;
  if (protocol !== 0) {
    sink.text(`unknown STP version, length ${length}`);
    return;
  }
  const version = out.u8(at + 2);
  if (out.cut) return;
  sink.text(`STP ${PROTOCOL_NAMES[version] || `Unknown STP protocol (0x${version.toString(16).padStart(2, "0")})`}`);
  if (version === 1 || version > 4) return;
  const type = out.u8(at + 3);
  sink.text(`, ${TYPE_NAMES.get(type) ?? `Unknown BPDU Type (0x${type.toString(16).padStart(2, "0")})`}`);
  if (type === TYPE_CONFIG || (type === TYPE_RAPID && version === 2)) {
    if (length < 35 + (type === TYPE_RAPID ? 1 : 0)) {
      out.invalid();
      return;
    }
    printTree(out, at, length, type);
  } else if (type === TYPE_RAPID && length < 36) {
    out.invalid();
  }
}

function printTree(out: Output, at: number, length: number, type: number): void {
  const sink = out.sink;
  const flags = out.u8(at + 4);
  sink.text(`, Flags [${flagText(FLAGS, flags)}]`);
  if (!out.need(at + 17, 10)) return;
  sink.text(", bridge-id ");
  printBridge(out, at + 17);
  sink.text(".");
  sink.hex(out.u16(at + 25), 4);
  sink.text(`, length ${length}`);
  if (out.options.verbosity === 0) return;
  const seconds = (offset: number): string => (out.u16(at + offset) / 256).toFixed(2);
  sink.text(
    `\n\tmessage-age ${seconds(27)}s, max-age ${seconds(29)}s, hello-time ${seconds(31)}s, forwarding-delay ${seconds(33)}s`,
  );
  sink.text("\n\troot-id ");
  printBridge(out, at + 5);
  sink.text(`, root-pathcost ${out.u32(at + 13)}`);
  if (type === TYPE_RAPID) sink.text(`, port-role ${ROLE_NAMES[(flags >> 2) & 3]!}`);
}

function printBridge(out: Output, at: number): void {
  if (!out.need(at, 8)) return;
  const { sink } = out;
  sink.hex(out.u16(at), 4);
  sink.text(".");
  out.mac(at + 2);
}
