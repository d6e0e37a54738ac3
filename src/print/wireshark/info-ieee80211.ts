import { macText } from "../../wire/address.ts";
import { ManagementElements } from "../../wire/ieee80211-elements.ts";
import * as w from "../../wire/ieee80211.ts";
import type { Packet } from "../../wire/packet.ts";
import { FLAG_FCS } from "../../wire/radiotap.ts";
import { flagLetters, frameName } from "./ieee80211-names.ts";
import { logicalLinkInfo } from "./info-link.ts";
import { type Line, stopText, type Summary } from "./line.ts";

/** Management frames with elements: bytes before these, and where the beacon interval is among them (-1: there is none). */
const MANAGEMENT_FIELDS: ReadonlyMap<number, readonly [fields: number, intervalAt: number]> = new Map([
  [0, [4, -1]],
  [1, [6, -1]],
  [2, [10, -1]],
  [3, [6, -1]],
  [4, [0, -1]],
  [5, [12, 8]],
  [8, [12, 8]],
]);

const SNAP_SAPS = 0xaaaa;
const SNAP_HEADER = 8;
const UNNUMBERED_HEADER = 3;

/** Control frames with a second address, and what that is. */
const SECOND_ADDRESSES: ReadonlyMap<number, string> = new Map([
  [2, "TA"],
  [3, "TA"],
  [4, "TA"],
  [5, "TA"],
  [w.BLOCK_ACK_REQUEST, "TA"],
  [w.BLOCK_ACK, "TA"],
  [w.PS_POLL, "TA"],
  [w.REQUEST_TO_SEND, "TA"],
  [w.CF_END, "BSSID"],
  [w.CF_END_ACK, "TA"],
]);

/** Which address is source or destination, by the direction bits. */
const SOURCES = [2, 2, 3, 4] as const;
const DESTINATIONS = [1, 3, 1, 3] as const;

const elements = new ManagementElements();

const IEEE80211: Summary = { protocol: "802.11", info: frameInfo };
const FRAGMENT: Summary = { protocol: "802.11", info: ({ sink }) => sink.text("Fragmented IEEE 802.11 frame") };
const LLC: Summary = { protocol: "LLC", info: payloadInfo };

/** Protocol and Info of a wireless frame nothing of whose payload is decoded. */
export function wirelessSummary({ ieee80211, fault }: Packet): Summary {
  if (ieee80211.payloadAt !== 0 && fault === undefined) return LLC;
  const isData = ieee80211.type === w.TYPE_DATA && (ieee80211.subtype & w.DATA_NULL) === 0;
  return isData && !ieee80211.isProtected && ieee80211.fragmentNumber > 0 ? FRAGMENT : IEEE80211;
}

/** Protocol and Info of a wireless frame whose header is cut: the radio's, or that of 802.11 itself. */
export function wirelessFault({ radio, ieee80211, frame }: Packet, layer: string): Summary {
  if (layer !== "ieee80211") return { protocol: layer === "prism" ? "Prism" : "WLAN", info: radioInfo };
  const hasType = frame.end - radio.payloadAt >= 2;
  return {
    protocol: "802.11",
    info: (line) => {
      if (hasType) line.sink.text(frameName(ieee80211.type, ieee80211.subtype));
      printStop(line);
    },
  };
}

/** What a header that is cut says of itself. */
function radioInfo(line: Line): void {
  const { frame, radio } = line.packet;
  const { view, start } = frame;
  const have = frame.end - start;
  if (radio.kind === "radiotap" && have >= 4)
    line.sink.text(`Radiotap Capture v${view.getUint8(start)}, Length ${view.getUint16(start + 2, true)}`);
  else if (radio.kind === "avs" && have >= 8)
    line.sink.text(`AVS WLAN Capture v${view.getUint32(start) & 0xfff}, Length ${view.getUint32(start + 4)}`);
  printStop(line);
}

function printStop({ sink, packet: { frame } }: Line): void {
  sink.text(stopText(frame.end - frame.start < frame.wireLength));
}

function frameInfo(line: Line): void {
  const { sink, packet } = line;
  const { ieee80211: header, radio } = packet;
  sink.text(frameName(header.type, header.subtype));
  if (header.type === w.TYPE_MANAGEMENT || header.type === w.TYPE_DATA)
    sink.text(`, SN=${header.sequenceNumber}, FN=${header.fragmentNumber}`);
  sink.text(`, Flags=${flagLetters(header.flags)}`);
  if ((radio.flags & FLAG_FCS) !== 0) sink.text("C");
  if (header.type === w.TYPE_MANAGEMENT && !header.isProtected) printManagement(line, header);
}

function printManagement(line: Line, header: w.Ieee80211Header): void {
  const fields = MANAGEMENT_FIELDS.get(header.subtype);
  if (fields === undefined) return;
  const { view, bytes, end } = line.packet.frame;
  const [length, intervalAt] = fields;
  const limit = Math.min(end, header.end);
  if (intervalAt >= 0 && header.bodyAt + intervalAt + 2 <= limit)
    line.sink.text(`, BI=${view.getUint16(header.bodyAt + intervalAt, true)}`);
  elements.read(view, header.bodyAt + length, header.end, end);
  const { ssidAt, ssidLength } = elements;
  if (ssidLength >= 0) line.sink.text(`, SSID=${ssidText(bytes.subarray(ssidAt, ssidAt + ssidLength))}`);
  if (elements.isBroken || header.bodyAt + length > limit) printStop(line);
}

/** In quotes where all of it can be printed, else in hexadecimal digits. */
function ssidText(bytes: Uint8Array): string {
  if (bytes.length === 0) return "Wildcard (Broadcast)";
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(text)) return `"${text}"`;
  } catch {
    // Not UTF-8.
  }
  return macText(bytes, 0, bytes.length).replaceAll(":", "");
}

/** Info of a data frame whose 802.2 header carries nothing that is decoded. */
function payloadInfo(line: Line): void {
  const { frame, ieee80211 } = line.packet;
  const at = ieee80211.payloadAt;
  const have = Math.min(ieee80211.end, frame.end) - at;
  if (have < UNNUMBERED_HEADER) {
    printStop(line);
    return;
  }
  const isSnap = frame.view.getUint16(at) === SNAP_SAPS;
  if (isSnap && have < SNAP_HEADER) {
    line.sink.text("U, func=UI");
    printStop(line);
    return;
  }
  logicalLinkInfo(line, at, at + have);
}

/** Text of the source of a wireless frame; "" where there is none. */
export function wirelessSource({ frame, ieee80211: header }: Packet): string {
  if (header.sourceAt !== 0) return macText(frame.bytes, header.sourceAt);
  if (isCut(header, frame.end)) return cutText(frame.bytes, header, SOURCES, frame.end);
  const role = header.type === w.TYPE_CONTROL ? SECOND_ADDRESSES.get(header.subtype) : undefined;
  return role === undefined ? "" : addressText(frame.bytes, header.addressAt(2), frame.end, role);
}

/** Text of the destination of a wireless frame; "" where there is none. */
export function wirelessDestination({ frame, ieee80211: header }: Packet): string {
  if (header.destinationAt !== 0) return macText(frame.bytes, header.destinationAt);
  if (isCut(header, frame.end)) return cutText(frame.bytes, header, DESTINATIONS, frame.end);
  if (header.type !== w.TYPE_CONTROL) return "";
  return addressText(frame.bytes, header.addressAt(1), frame.end, header.subtype === w.PS_POLL ? "BSSID" : "RA");
}

/** A management or data header that is cut behind two of its addresses. */
function isCut(header: w.Ieee80211Header, limit: number): boolean {
  return (header.type === w.TYPE_MANAGEMENT || header.type === w.TYPE_DATA) && header.addressAt(3) <= limit;
}

/** Text of the address whose number `numbers` has by direction; "" where it is cut off. */
function cutText(
  bytes: Uint8Array,
  header: w.Ieee80211Header,
  numbers: readonly (1 | 2 | 3 | 4)[],
  limit: number,
): string {
  const direction = header.type === w.TYPE_DATA ? header.flags & (w.TO_DS | w.FROM_DS) : 0;
  const at = header.addressAt(numbers[direction]!);
  return at + 6 > limit ? "" : macText(bytes, at);
}

function addressText(bytes: Uint8Array, at: number, limit: number, role: string): string {
  return at + 6 > limit ? "" : `${macText(bytes, at)} (${role})`;
}
