import { addressText, macText } from "../../wire/address.ts";
import type { Frame } from "../../wire/frame.ts";
import type { Packet } from "../../wire/packet.ts";
import * as p from "../../wire/protocol.ts";
import { Phrase, type TextSink } from "../sink.ts";
import { wirelessDestination, wirelessSource } from "./info-ieee80211.ts";
import { hasCookedAddress } from "./info-link.ts";
import { ARROW } from "./line.ts";
import { isInnerFrame } from "./summary.ts";

const WIDTH = 12;

/** IP addresses of each direction whose text is kept. */
const SLOTS = 8192;
const WORDS = 5;

/** " → " in UTF-8, a character for each byte. */
const ARROW_BYTES = " \u00e2\u0086\u0092 ";

/** Texts of addresses as they were printed before: one of those whose hash is the same is kept. */
class AddressPhrases {
  readonly #keys: Int32Array = new Int32Array(SLOTS * WORDS);
  readonly #phrases: (Phrase | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  readonly #format: (text: string) => string;

  /** `format`: what is printed for the text of an address, as bytes. */
  constructor(format: (text: string) => string) {
    this.#format = format;
  }

  /** For the address at `at`, 4 or 16 bytes long. */
  of({ view, bytes }: Frame, at: number, length: number): Phrase {
    const keys = this.#keys;
    let hash = 0;
    for (let i = 0; i < length; i += 4) {
      hash = Math.imul(hash ^ view.getInt32(at + i), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const slot = (hash ^ (hash >>> 19)) & (SLOTS - 1);
    const key = slot * WORDS;
    let same = keys[key + 4] === length;
    for (let i = 0; i < length; i += 4) same &&= keys[key + (i >> 2)] === view.getInt32(at + i);
    const known = this.#phrases[slot];
    if (same && known !== undefined) return known;
    for (let i = 0; i < length; i += 4) keys[key + (i >> 2)] = view.getInt32(at + i);
    keys[key + 4] = length;
    const made = new Phrase(this.#format(addressText(bytes, at, length)));
    this.#phrases[slot] = made;
    return made;
  }
}

/** Source and destination of a line: those of the innermost layer that has any. */
export class AddressPrinter {
  /** Of IPv6, made when first needed. */
  #sources: AddressPhrases | undefined = undefined;
  #destinations: AddressPhrases | undefined = undefined;

  /** Both, padded, with the arrow between them. */
  printPair(sink: TextSink, packet: Packet): void {
    if (packet.ipVersion !== 0 && !isInnerFrame(packet)) {
      if (packet.addressLength === 4) {
        const { bytes } = packet.frame;
        sink.quadColumn(bytes, packet.sourceAt, WIDTH, true);
        sink.phrase(ARROW);
        sink.quadColumn(bytes, packet.destinationAt, WIDTH, false);
        return;
      }
      this.#sources ??= new AddressPhrases((text) => text.padStart(WIDTH) + ARROW_BYTES);
      this.#destinations ??= new AddressPhrases((text) => text.padEnd(WIDTH));
      sink.phrase(this.#sources.of(packet.frame, packet.sourceAt, packet.addressLength));
      sink.phrase(this.#destinations.of(packet.frame, packet.destinationAt, packet.addressLength));
      return;
    }
    sink.text(`${sourceText(packet).padStart(WIDTH)} → ${destinationText(packet).padEnd(WIDTH)}`);
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
  if (packet.hasIeee80211 || packet.fault?.layer === "ieee80211") return wirelessSource(packet);
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
  if (packet.hasIeee80211 || packet.fault?.layer === "ieee80211") return wirelessDestination(packet);
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
