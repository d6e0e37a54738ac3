import { macText } from "../../wire/address.ts";
import * as w from "../../wire/ieee80211.ts";
import { flagLetters, frameName } from "./ieee80211-names.ts";
import type { TreeContext } from "./tree-context.ts";
import { printQosControl } from "./tree-ieee80211-qos.ts";
import { bits, hex } from "./tree.ts";

/** The 802.11 header and the headers that a radio puts before it; each function is false when its header is cut. */

const TYPES = ["Management", "Control", "Data", "Extension"];
const DIRECTIONS = [
  "Not leaving DS or network is operating in AD-HOC mode (To DS: 0 From DS: 0)",
  "Frame from STA to DS via an AP (To DS: 1 From DS: 0)",
  "Frame from DS to a STA via AP(To DS: 0 From DS: 1)",
  "WDS (AP to AP) or Mesh (MP to MP) Frame (To DS: 1 From DS: 1)",
];
const FLAGS = [
  [w.MORE_FRAGMENTS, "More Fragments", "This is the last fragment", "More fragments follow"],
  [w.RETRY, "Retry", "Frame is not being retransmitted", "Frame is being retransmitted"],
  [w.POWER_MANAGEMENT, "PWR MGT", "STA will stay up", "STA will go to sleep"],
  [w.MORE_DATA, "More Data", "No data buffered", "Data is buffered for STA at AP"],
  [w.PROTECTED, "Protected flag", "Data is not protected", "Data is protected"],
  [w.ORDER, "+HTC/Order flag", "Not strictly ordered", "Strictly ordered"],
] as const;

/** Control frames with one address. */
const ONE_ADDRESS: ReadonlySet<number> = new Set([w.CLEAR_TO_SEND, w.ACKNOWLEDGMENT, w.CONTROL_WRAPPER, w.BLOCK_ACK]);

const header = new w.Ieee80211Header();

export function printRadiotap({ tree, view, limit }: TreeContext, at: number): boolean {
  if (limit - at < 4) {
    tree.line(0, "Radiotap Header");
    return false;
  }
  const [version, padding, length] = [view.getUint8(at), view.getUint8(at + 1), view.getUint16(at + 2, true)];
  tree.line(0, `Radiotap Header v${version}, Length ${length}`);
  tree.line(1, `Header revision: ${version}`);
  tree.line(1, `Header pad: ${padding}`);
  tree.line(1, `Header length: ${length}`);
  return length >= 8 && limit - at >= length;
}

export function printPrism({ tree, limit }: TreeContext, at: number, end: number): boolean {
  tree.line(0, "Prism capture header");
  return limit >= end && end > at;
}

export function printAvs({ tree, view, limit }: TreeContext, at: number, end: number): boolean {
  tree.line(0, "AVS WLAN Capture header");
  if (limit - at < 8) return false;
  tree.line(1, `Header revision: 0x${view.getUint32(at).toString(16)}`);
  tree.line(1, `Header length: ${view.getUint32(at + 4)}`);
  return limit >= end;
}

export function printIeee80211({ tree, view, bytes, limit }: TreeContext, at: number, end: number): boolean {
  const fault = header.read(view, at, end, limit, 0);
  if (limit - at < 2) {
    tree.line(0, "IEEE 802.11");
    return false;
  }
  const { type, subtype, flags } = header;
  const name = frameName(type, subtype);
  tree.line(0, `IEEE 802.11 ${name}, Flags: ${flagLetters(flags)}`);
  tree.line(1, `Type/Subtype: ${name} (${hex(type * 16 + subtype, 4)})`);
  const control = view.getUint16(at);
  tree.line(1, `Frame Control Field: ${hex(control, 4)}`);
  const first = view.getUint8(at);
  tree.line(2, `${bits(first, 0x03, 8)} = Version: ${first & 3}`);
  tree.line(2, `${bits(first, 0x0c, 8)} = Type: ${TYPES[type]} frame (${type})`);
  tree.line(2, `${bits(first, 0xf0, 8)} = Subtype: ${subtype}`);
  tree.line(2, `Flags: ${hex(flags, 2)}`);
  tree.line(3, `${bits(flags, 0x03, 8)} = DS status: ${DIRECTIONS[flags & 3]} (0x${flags & 3})`);
  for (const [mask, label, clear, set] of FLAGS)
    tree.line(3, `${bits(flags, mask, 8)} = ${label}: ${(flags & mask) === 0 ? clear : set}`);
  if (fault !== undefined) return false;
  if (header.headerLength > 0) printRest(tree, bytes);
  return true;
}

/** What follows frame control. */
function printRest(tree: TreeContext["tree"], bytes: Uint8Array): void {
  const { type, subtype, duration } = header;
  const address = (label: string, at: number): void => {
    if (at !== 0) tree.line(1, `${label}: ${macText(bytes, at)}`);
  };
  const isPoll = type === w.TYPE_CONTROL && subtype === w.PS_POLL;
  if (isPoll) tree.line(1, `${bits(duration, 0x3fff, 16)} = Association ID: ${duration & 0x3fff}`);
  else tree.line(1, `${bits(duration, 0x7fff, 16)} = Duration: ${duration & 0x7fff} microseconds`);
  address("Receiver address", header.addressAt(1));
  if (isPoll) address("BSS Id", header.addressAt(1));
  if (type === w.TYPE_CONTROL) {
    if (!ONE_ADDRESS.has(subtype)) address("Transmitter address", header.addressAt(2));
    return;
  }
  if (type === w.TYPE_MANAGEMENT) address("Destination address", header.destinationAt);
  address("Transmitter address", header.addressAt(2));
  if (type === w.TYPE_DATA) address("Destination address", header.destinationAt);
  address("Source address", header.sourceAt);
  address("BSS Id", header.basicServiceSetAt);
  if (type === w.TYPE_DATA) address("STA address", stationAt());
  const sequence = header.sequenceNumber * 16 + header.fragmentNumber;
  tree.line(1, `${bits(sequence, 0x000f, 16)} = Fragment number: ${header.fragmentNumber}`);
  tree.line(1, `${bits(sequence, 0xfff0, 16)} = Sequence number: ${header.sequenceNumber}`);
  if (!header.hasQosControl) return;
  printQosControl(tree, header.qosControl, (header.flags & w.FROM_DS) !== 0, (subtype & w.DATA_NULL) === 0);
}

/** The station that an access point sends to, or that sends to it; 0: there is no access point. */
function stationAt(): number {
  const direction = header.flags & (w.TO_DS | w.FROM_DS);
  if (direction === w.TO_DS) return header.sourceAt;
  return direction === w.FROM_DS ? header.destinationAt : 0;
}
