import { addressText } from "../wire/address.ts";
import { DNS_HEADER, DNS_RESPONSE } from "../wire/dns.ts";
import type { Packet } from "../wire/packet.ts";

/** Addresses remembered; beyond, the oldest are forgotten. */
const MAX_ADDRESSES = 4096;
/** Answers read of one message; longest name in bytes (RFC 1035 section 2.3.4). */
const MAX_ANSWERS = 64;
const MAX_NAME = 255;

const PORT_DNS = 53;
const PORT_MDNS = 5353;
const TYPE_A = 1;
const TYPE_AAAA = 28;
/** Two high bits of a length byte: the name goes on elsewhere (RFC 1035 section 4.1.4). */
const POINTER = 0xc0;

/** Which name an address was looked up for: two addresses of one name belong to one connect of a program. */
export class DnsNames {
  readonly #names: Map<string, string> = new Map();

  /** The name that was asked for when the address was answered; undefined: no such answer was captured. */
  nameOf(address: string): string | undefined {
    return this.#names.get(address);
  }

  /** Takes note of the addresses in an answer. */
  observe(packet: Packet): void {
    const { udp, frame } = packet;
    if (udp.sourcePort !== PORT_DNS && udp.sourcePort !== PORT_MDNS) return;
    const at = udp.payloadAt;
    const { view, end, bytes } = frame;
    if (at + DNS_HEADER > end || (view.getUint16(at + 2) & DNS_RESPONSE) === 0 || view.getUint16(at + 4) !== 1) return;
    const name = readName(bytes, at + DNS_HEADER, end);
    let next = skipName(bytes, at + DNS_HEADER, end) + 4;
    const answers = Math.min(MAX_ANSWERS, view.getUint16(at + 6));
    for (let i = 0; i < answers && next < end; i++) next = this.#answer(packet, next, name);
  }

  /** Reads one resource record; where the next one starts. */
  #answer({ frame: { bytes, view, end } }: Packet, at: number, name: string): number {
    const fixed = skipName(bytes, at, end);
    if (fixed + 10 > end) return end;
    const type = view.getUint16(fixed);
    const length = view.getUint16(fixed + 8);
    const data = fixed + 10;
    const isAddress = (type === TYPE_A && length === 4) || (type === TYPE_AAAA && length === 16);
    if (isAddress && data + length <= end) this.#remember(addressText(bytes, data, length), name);
    return data + length;
  }

  #remember(address: string, name: string): void {
    if (this.#names.size >= MAX_ADDRESSES && !this.#names.has(address)) {
      const oldest = this.#names.keys().next();
      if (oldest.done !== true) this.#names.delete(oldest.value);
    }
    this.#names.set(address, name);
  }
}

/** The question's name in lower case, as it stands: a question is never compressed. */
function readName(bytes: Uint8Array, at: number, end: number): string {
  const last = Math.min(end, at + MAX_NAME, skipName(bytes, at, end));
  return String.fromCharCode(...bytes.subarray(at, last)).toLowerCase();
}

/** Where the name at `at` ends. */
function skipName(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end) {
    const length = bytes[next] ?? 0;
    if (length === 0) return next + 1;
    if ((length & POINTER) === POINTER) return next + 2;
    next += 1 + length;
  }
  return end;
}
