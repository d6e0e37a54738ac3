import { ACK, SYN } from "../../wire/tcp.ts";
import * as kind from "../../wire/tcp-options.ts";
import type { TreeContext } from "./tree-context.ts";
import { printMultipath } from "./tree-mptcp.ts";
import type { SegmentNumbers } from "./tree-tcp.ts";
import { EXPERIMENT_NAMES } from "./tree-tcp-option-names.ts";
import { printWrongLength, title } from "./tree-tcp-option-title.ts";
import { bits, flagLine, hex, hexBytes, type TreeWriter } from "./tree.ts";

const EXPERIMENT_ACK_RATE = 0x00ac;

const CAPABILITIES: readonly (readonly [number, string, string])[] = [
  [0x80, "BETS", "Partial Reliability Capable (BETS)"],
  [0x40, "SNACK1", "Short Form SNACK Capable (SNACK1)"],
  [0x20, "SNACK2", "Long Form SNACK Capable (SNACK2)"],
  [0x10, "COMP", "Lossless Header Compression (COMP)"],
  [0x08, "NLTS", "Network Layer Timestamp (NLTS)"],
];

/** The options that few segments have; `length` bytes are captured at `at`, and fit the option. */
export function printRareOption(
  context: TreeContext,
  at: number,
  option: number,
  length: number,
  numbers: SegmentNumbers,
): void {
  const { tree, view, bytes } = context;
  switch (option) {
    case kind.OPTION_ECHO:
    case kind.OPTION_ECHO_REPLY:
      title(tree, option, length, `Echo: ${view.getUint32(at + 2)}`);
      tree.line(3, `TCP Echo Option: ${view.getUint32(at + 2)}`);
      break;
    case kind.OPTION_MD5:
      title(tree, option, length, "TCP MD5 signature");
      tree.line(3, `MD5 digest: ${hexBytes(bytes, at + 2, at + length)}`);
      break;
    case kind.OPTION_SCPS:
      printCapabilities(tree, view, at, length);
      break;
    case kind.OPTION_SNACK:
      title(tree, option, length, "Selective Negative Acknowledgment");
      tree.line(3, `TCP SNACK Offset: ${view.getUint16(at + 2)}`);
      tree.line(3, `TCP SNACK Size: ${view.getUint16(at + 4)}`);
      break;
    case kind.OPTION_RECORD_BOUNDARY:
      title(tree, option, length, "SCPS record boundary");
      break;
    case kind.OPTION_CORRUPTION:
      title(tree, option, length, "SCPS corruption experienced");
      break;
    case kind.OPTION_QUICK_START:
      printQuickStart(tree, view, at, length);
      break;
    case kind.OPTION_USER_TIMEOUT:
      printUserTimeout(tree, view, at, length);
      break;
    case kind.OPTION_AUTHENTICATION:
      printAuthentication(context, at, length);
      break;
    case kind.OPTION_MULTIPATH:
      printMultipath(context, at, length, numbers);
      break;
    case kind.OPTION_FAST_OPEN:
      title(tree, option, length, "TCP Fast Open");
      printCookie(context, at + 2, at + length, numbers);
      break;
    case kind.OPTION_ACCECN_0:
    case kind.OPTION_ACCECN_1:
      printAccurateEcn(tree, view, at, option, length);
      break;
    case kind.OPTION_EXPERIMENT_1:
    case kind.OPTION_EXPERIMENT_2:
      printExperiment(context, at, option, length, numbers);
      break;
    default:
      printOther(context, at, option, length);
  }
}

function printOther({ tree, view, bytes }: TreeContext, at: number, option: number, length: number): void {
  if (option >= kind.OPTION_CC && option <= kind.OPTION_CC_ECHO) {
    title(tree, option, length, "CC");
    tree.line(3, `TCP CC Option: ${view.getUint32(at + 2)}`);
  } else if (option === kind.RIVERBED_PROBE && length >= 4) {
    title(tree, option, length, "Riverbed Probe");
  } else {
    title(tree, option, length, "Unknown");
    if (length > 2) tree.line(3, `Payload: ${hexBytes(bytes, at + 2, at + length)}`);
  }
}

function printCapabilities(tree: TreeWriter, view: DataView, at: number, length: number): void {
  title(tree, kind.OPTION_SCPS, length, "SCPS capabilities");
  if (length !== 4) return;
  const vector = view.getUint8(at + 2);
  const names = CAPABILITIES.filter(([bit]) => (vector & bit) !== 0).map(([, name]) => name);
  tree.line(3, `TCP SCPS Capabilities Vector: ${hex(vector, 2)}${names.length > 0 ? ` (${names.join(", ")})` : ""}`);
  for (const [bit, , name] of CAPABILITIES) tree.line(4, flagLine(vector, bit, 8, name));
  tree.line(4, `${bits(vector, 0x07, 8)} = Reserved: ${vector & 7}`);
  tree.line(3, `Connection ID: ${view.getUint8(at + 3)}`);
}

/** RFC 4782 section 3.1: the rate is 40 kbit/s times a power of two. */
function printQuickStart(tree: TreeWriter, view: DataView, at: number, length: number): void {
  title(tree, kind.OPTION_QUICK_START, length, "Quick-Start");
  const rate = view.getUint8(at + 2) & 0xf;
  const kilobits = rate === 0 ? 0 : 40 * 2 ** rate;
  const text = rate === 0 ? "0 bit/s" : kilobits < 1000 ? `${kilobits} Kbit/s` : `${kilobits / 1000} Mbit/s`;
  tree.line(3, `${bits(rate, 0xf, 8)} = QS Rate: ${text} (${rate})`);
  tree.line(3, `QS Rate: ${view.getUint8(at + 3)}`);
}

function printUserTimeout(tree: TreeWriter, view: DataView, at: number, length: number): void {
  title(tree, kind.OPTION_USER_TIMEOUT, length, "User Timeout");
  const value = view.getUint16(at + 2);
  tree.line(3, `${bits(value, 0x8000, 16)} = Granularity: ${(value & 0x8000) === 0 ? "Seconds" : "Minutes"}`);
  tree.line(3, `${bits(value, 0x7fff, 16)} = User Timeout: ${value & 0x7fff}`);
}

function printAuthentication({ tree, view, bytes }: TreeContext, at: number, length: number): void {
  if (length < 4) {
    printWrongLength(tree, kind.OPTION_AUTHENTICATION, length, "option length should be >= than 4");
    return;
  }
  title(tree, kind.OPTION_AUTHENTICATION, length, "TCP AO");
  tree.line(3, `AO KeyID: ${view.getUint8(at + 2)}`);
  tree.line(3, `AO RNextKeyID: ${view.getUint8(at + 3)}`);
  if (length > 4) tree.line(3, `AO MAC: ${hexBytes(bytes, at + 4, at + length)}`);
}

/** RFC 7413 section 4.1.1: without a cookie, a request for one. */
function printCookie({ tree, bytes }: TreeContext, at: number, end: number, numbers: SegmentNumbers): void {
  if (end <= at) {
    tree.line(3, "Fast Open Cookie Request");
    return;
  }
  tree.line(3, `Fast Open Cookie: ${hexBytes(bytes, at, end)}`);
  if ((numbers.flags & (SYN | ACK)) === SYN) tree.expert(4, "Note", "Sequence", "TCP SYN with TFO Cookie");
}

/** Counters of three bytes each, in the order of the option (RFC 9768 section 3.2.3). */
const COUNTERS = {
  EE0B: "Accurate ECN Echo ECT(0) Byte Counter",
  ECEB: "Accurate ECN Echo CE Byte Counter",
  EE1B: "Accurate ECN Echo ECT(1) Byte Counter",
};
type Counter = readonly [name: keyof typeof COUNTERS, value: number];

const ORDERS: readonly (readonly (keyof typeof COUNTERS)[])[] = [
  ["EE0B", "ECEB", "EE1B"],
  ["EE1B", "ECEB", "EE0B"],
];

function counters(view: DataView, at: number, end: number, order: 0 | 1): Counter[] {
  return ORDERS[order]!.slice(0, Math.floor((end - at) / 3)).map((name, i) => {
    const from = at + 3 * i;
    return [name, (view.getUint16(from) << 8) | view.getUint8(from + 2)];
  });
}

function countersTitle(list: readonly Counter[], order: 0 | 1): string {
  if (list.length === 0) return "Accurate ECN";
  return `Accurate ECN (Order ${order}): ${list.map(([name, value]) => `${name} ${value}`).join(", ")}`;
}

function printAccurateEcn(tree: TreeWriter, view: DataView, at: number, option: number, length: number): void {
  const order = option === kind.OPTION_ACCECN_0 ? 0 : 1;
  const list = counters(view, at + 2, at + length, order);
  title(tree, option, length, countersTitle(list, order));
  printCounters(tree, list);
}

function printCounters(tree: TreeWriter, list: readonly Counter[]): void {
  for (const [name, value] of list) tree.line(3, `${COUNTERS[name]}: ${value}`);
}

function printExperiment(
  context: TreeContext,
  at: number,
  option: number,
  length: number,
  numbers: SegmentNumbers,
): void {
  const { tree, view, bytes } = context;
  if (length < 4) {
    printWrongLength(tree, option, length, `option length ${length} smaller than 4`);
    return;
  }
  const identifier = view.getUint16(at + 2);
  const name = EXPERIMENT_NAMES[identifier] ?? "Unknown";
  const order = identifier === kind.EXPERIMENT_ACCECN_0 ? 0 : 1;
  const isAccurateEcn = identifier === kind.EXPERIMENT_ACCECN_0 || identifier === kind.EXPERIMENT_ACCECN_1;
  const list = isAccurateEcn ? counters(view, at + 4, at + length, order) : [];
  const isRate = identifier === EXPERIMENT_ACK_RATE && length >= 5;
  const more = isAccurateEcn ? `: ${countersTitle(list, order)}` : isRate ? ` ${view.getUint8(at + 4) >> 1}` : "";
  title(tree, option, length, `Experimental: ${name}${more}`);
  tree.line(3, `Experiment Identifier: ${name} (${hex(identifier, 4)})`);
  if (identifier === kind.EXPERIMENT_FAST_OPEN) {
    printCookie(context, at + 4, at + length, numbers);
  } else if (isAccurateEcn) {
    printCounters(tree, list);
  } else if (isRate) {
    const rate = view.getUint8(at + 4);
    tree.line(3, `${bits(rate, 0xfe, 8)} = TARR Rate: ${rate >> 1}`);
    tree.line(3, `${bits(rate, 0x01, 8)} = TARR Reserved: ${rate & 1}`);
  } else if (length > 4) {
    tree.line(3, `Data: ${hexBytes(bytes, at + 4, at + length)}`);
  }
}
