import type { TreeContext } from "./tree-context.ts";
import { bits, flagLine, hex } from "./tree.ts";

const PRIORITIES = [
  "Best Effort (Best Effort)",
  "Background (Background)",
  "Spare (Background)",
  "Excellent Effort (Best Effort)",
  "Controlled Load (Video)",
  "Video (Video)",
  "Voice (Voice)",
  "Network Control (Voice)",
];
const ACKNOWLEDGMENTS = ["Normal Ack", "No Ack", "No explicit acknowledgment", "Block Ack"];
const CATEGORIES = ["Best Effort", "Background", "Video", "Voice"];

/** Queues are told in units of 256 bytes, loads of access points in 4096. */
const QUEUE_UNIT = 256;
const QUEUE_MORE = 254;
const QUEUE_UNKNOWN = 255;
const LOAD_UNIT = 4096;
const MOST_LOAD = 15;

type Tree = TreeContext["tree"];

/** QoS control (IEEE Std 802.11-2020 section 9.2.4.5); its high byte differs with `fromAccessPoint`. */
export function printQosControl(tree: Tree, qos: number, fromAccessPoint: boolean, hasData: boolean): void {
  const high = qos >> 8;
  tree.line(1, `Qos Control: ${hex(qos, 4)}`);
  tree.line(2, `${bits(qos, 0x000f, 16)} = TID: ${qos & 15}`);
  tree.line(2, `[${bits(qos, 0x0007, 16)} = Priority: ${PRIORITIES[qos & 7]} (${qos & 7})]`);
  if (fromAccessPoint) tree.line(2, flagLine(qos, 0x0010, 16, "EOSP", ["Service period", "End of service period"]));
  else tree.line(2, `${bits(qos, 0x0010, 16)} = QoS bit 4: Bits 8-15 of QoS Control field are ${station(qos)}`);
  const policy = (qos >> 5) & 3;
  tree.line(2, `${bits(qos, 0x0060, 16)} = Ack Policy: ${ACKNOWLEDGMENTS[policy]} (0x${policy})`);
  if (hasData) tree.line(2, flagLine(qos, 0x0080, 16, "Payload Type", ["MSDU", "A-MSDU"]));
  if (fromAccessPoint) printBuffer(tree, qos, high);
  else
    tree.line(
      2,
      `${bits(qos, 0xff00, 16)} = ${station(qos)}: ${high}${isQueue(qos) ? queueText(high) : txopText(high)}`,
    );
}

function isQueue(qos: number): boolean {
  return (qos & 0x10) !== 0;
}

/** What a station tells in the high byte. */
function station(qos: number): string {
  return isQueue(qos) ? "Queue Size" : "TXOP Duration Requested";
}

function txopText(duration: number): string {
  return duration === 0 ? " (no TXOP requested)" : "";
}

function queueText(size: number): string {
  if (size === 0) return " (no buffered traffic in the queue)";
  if (size === QUEUE_MORE) return ` (more than ${(QUEUE_MORE - 1) * QUEUE_UNIT} octets)`;
  return size === QUEUE_UNKNOWN ? " (unspecified or unknown)" : ` (${size * QUEUE_UNIT} bytes)`;
}

/** What an access point has buffered for a station. */
function printBuffer(tree: Tree, qos: number, high: number): void {
  tree.line(2, `${bits(qos, 0xff00, 16)} = QAP PS Buffer State: ${hex(high, 2)}`);
  tree.line(3, flagLine(qos, 0x0200, 16, "Buffer State Indicated", ["No", "Yes"]));
  if ((qos & 0x0200) === 0) return;
  const category = (high >> 2) & 3;
  const load = high >> 4;
  tree.line(3, `${bits(qos, 0x0c00, 16)} = Highest-Priority Buffered AC: ${CATEGORIES[category]} (${category})`);
  tree.line(3, `${bits(qos, 0xf000, 16)} = QAP Buffered Load: ${load} (${loadText(load)})`);
}

function loadText(load: number): string {
  if (load === 0) return "no buffered traffic";
  return load === MOST_LOAD ? `greater than ${(MOST_LOAD - 1) * LOAD_UNIT} octets` : `${load * LOAD_UNIT} octets`;
}
