import { addressText, macText } from "../../wire/address.ts";
import type { Packet } from "../../wire/packet.ts";
import * as p from "../../wire/protocol.ts";
import type { Phrase, TextSink } from "../sink.ts";
import { hasCookedAddress } from "./info-link.ts";
import { phrase } from "./line.ts";
import { isInnerFrame } from "./summary.ts";

const WIDTH = 12;

/** Pairs of IP addresses whose text is kept. */
const SLOTS = 2048;
const WORDS = 9;

/** Source and destination of a line: those of the innermost layer that has any. */
export class AddressPrinter {
  readonly #keys: Int32Array = new Int32Array(SLOTS * WORDS);
  readonly #phrases: (Phrase | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

  /** Both, padded, with the arrow between them. */
  printPair(sink: TextSink, packet: Packet): void {
    if (packet.ipVersion !== 0 && !isInnerFrame(packet)) {
      sink.phrase(this.#pair(packet));
      return;
    }
    sink.text(`${sourceText(packet).padStart(WIDTH)} → ${destinationText(packet).padEnd(WIDTH)}`);
  }

  #pair(packet: Packet): Phrase {
    const { view } = packet.frame;
    const { sourceAt, destinationAt, addressLength } = packet;
    const keys = this.#keys;
    const words = addressLength >> 2;
    let hash = 0;
    for (let i = 0; i < words; i++) {
      hash = Math.imul(hash ^ view.getInt32(sourceAt + 4 * i), 0x9e3779b1);
      hash = Math.imul((hash ^ (hash >>> 15)) + view.getInt32(destinationAt + 4 * i), 0x85ebca6b);
    }
    const slot = (hash >>> 16) & (SLOTS - 1);
    const at = slot * WORDS;
    let same = keys[at + 8] === addressLength;
    for (let i = 0; i < words; i++) {
      same &&= keys[at + i] === view.getInt32(sourceAt + 4 * i);
      same &&= keys[at + 4 + i] === view.getInt32(destinationAt + 4 * i);
    }
    const known = this.#phrases[slot];
    if (same && known !== undefined) return known;
    for (let i = 0; i < words; i++) {
      keys[at + i] = view.getInt32(sourceAt + 4 * i);
      keys[at + 4 + i] = view.getInt32(destinationAt + 4 * i);
    }
    keys[at + 8] = addressLength;
    const made = phrase(`${sourceText(packet).padStart(WIDTH)} → ${destinationText(packet).padEnd(WIDTH)}`);
    this.#phrases[slot] = made;
    return made;
  }
}

/** Text of the source; "" where there is none. */
export function sourceText(packet: Packet): string {
  const { bytes } = packet.frame;
  if (packet.ipVersion !== 0 && !isInnerFrame(packet)) return addressText(bytes, packet.sourceAt, packet.addressLength);
  const { fault, frame } = packet;
  if (fault !== undefined && fault.field === "header") {
    if (fault.layer === "ipv4" && fault.have >= 16) return addressText(bytes, fault.at + 12, 4);
    if (fault.layer === "ipv6" && fault.have >= 24) return addressText(bytes, fault.at + 8, 16);
  }
  if (packet.hasCooked) return hasCookedAddress(packet) ? macText(bytes, packet.cooked.addressAt) : "";
  if (packet.hasEthernet) return macText(bytes, packet.ethernet.sourceAt);
  if (frame.linkType === p.LINKTYPE_ETHERNET) return frame.capturedLength < 12 ? "" : macText(bytes, frame.start + 6);
  return withoutAddresses(frame.linkType);
}

/** Text of the destination; "" where there is none. */
export function destinationText(packet: Packet): string {
  const { frame } = packet;
  const { bytes } = frame;
  if (packet.ipVersion !== 0 && !isInnerFrame(packet))
    return addressText(bytes, packet.destinationAt, packet.addressLength);
  if (packet.hasCooked) return "";
  if (packet.hasEthernet) return macText(bytes, packet.ethernet.destinationAt);
  if (frame.linkType === p.LINKTYPE_ETHERNET) return frame.capturedLength < 6 ? "" : macText(bytes, frame.start);
  return withoutAddresses(frame.linkType);
}

/** What Wireshark says of link layers that have no addresses. */
function withoutAddresses(linkType: number): string {
  switch (linkType) {
    case p.LINKTYPE_NULL:
    case p.LINKTYPE_LOOP:
    case p.LINKTYPE_RAW:
    case p.LINKTYPE_RAW_BSD:
    case p.LINKTYPE_RAW_OPENBSD:
    case p.LINKTYPE_PPP:
    case p.LINKTYPE_PPP_HDLC:
      return "N/A";
    default:
      return "";
  }
}
