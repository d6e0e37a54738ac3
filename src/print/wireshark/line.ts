import type { Echoes } from "../../flow/echoes.ts";
import type { Segment } from "../../flow/segment.ts";
import { ipv6Text } from "../../wire/address.ts";
import { Packet } from "../../wire/packet.ts";
import { Phrase, type TextSink } from "../sink.ts";
import type { HardwareAddresses } from "./hardware-addresses.ts";

/** What the parts of one line of the list are printed from. */
export interface Line {
  readonly sink: TextSink;
  packet: Packet;
  /** Of the packet's TCP segment; undefined when it has none. */
  segment: Segment | undefined;
  /** Of the frame that is listed. */
  number: number;
  /** Interface that captured it; "" when not known. */
  interfaceName: string;
  readonly echoes: Echoes;
  readonly hardwareAddresses: HardwareAddresses;
}

/** What the innermost layer that Wireshark can decode puts into two columns. */
export interface Summary {
  readonly protocol: string;
  /** Prints the Info column. */
  readonly info: (line: Line) => void;
}

/** UTF-8 text as a phrase. */
function phrase(text: string): Phrase {
  return new Phrase(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Prints which request an echo reply answers; remembers requests. */
export function printRequest({ sink, packet, number, echoes }: Line): void {
  const { sourceAt, destinationAt, addressLength, icmp } = packet;
  // Nobody asks for the time between the two.
  if (echoes.observe(packet.frame.view, sourceAt, destinationAt, addressLength, icmp.at, number, 0))
    sink.text(` (request in ${echoes.frame})`);
}

export const ARROW: Phrase = phrase(" → ");

const LIMITED = "[Packet size limited during capture]";
const MALFORMED = "[Malformed Packet]";

/** What follows where a decoder could not go on: the snap length cut the frame before `end`, or the bytes are bad. */
export function printStop({ sink, packet }: Line, end: number): void {
  sink.text(stopText(packet.frame.end < end));
}

/** What follows where a decoder could not go on, because of the snap length or not. */
export function stopText(isCut: boolean): string {
  return isCut ? LIMITED : MALFORMED;
}

export function printIpv4(sink: TextSink, bytes: Uint8Array, at: number): void {
  sink.dottedQuad(bytes, at);
  sink.back();
}

export function printIpv6(sink: TextSink, bytes: Uint8Array, at: number): void {
  sink.text(ipv6Text(bytes, at));
}

/** Link-layer address with colons. */
export function printMac(sink: TextSink, bytes: Uint8Array, at: number, length = 6): void {
  for (let i = 0; i < length; i++) {
    if (i > 0) sink.char(0x3a);
    sink.hex(bytes[at + i]!, 2);
  }
}

/** Bytes in hexadecimal, nothing between them. */
export function printHex(sink: TextSink, bytes: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) sink.hex(bytes[at + i]!, 2);
}
