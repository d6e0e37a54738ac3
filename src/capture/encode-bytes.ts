import { isIPv4, isIPv6 } from "node:net";

/**
 * What every encoder needs: range checks, addresses from text, filler bytes.
 * A value that does not fit its field is the caller's mistake and throws a
 * RangeError: nothing is wrapped silently.
 */

/** Returns `value` when it is a whole number in 0..`maximum`; `what` names the field in the RangeError. */
export function checked(value: number, maximum: number, what: string): number {
  if (!Number.isInteger(value) || value < 0 || value > maximum) {
    throw new RangeError(`${what}: ${value} is not a whole number in 0..${maximum}`);
  }
  return value;
}

/** Results for texts that come again and again, as those of a trace do. */
class Cache {
  readonly #make: (text: string) => Uint8Array<ArrayBuffer>;
  readonly #known = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor(make: (text: string) => Uint8Array<ArrayBuffer>) {
    this.#make = make;
  }

  get(text: string): Uint8Array<ArrayBuffer> {
    let bytes = this.#known.get(text);
    if (bytes === undefined) {
      bytes = this.#make(text);
      if (this.#known.size >= MAX_CACHED) this.#known.clear();
      this.#known.set(text, bytes);
    }
    return bytes;
  }
}

const MAX_CACHED = 4096;
const ADDRESSES = new Cache(readAddress);
const LINK_ADDRESSES = new Cache(readLinkAddress);

/** The 4 bytes of dotted text or the 16 bytes of IPv6 text (without zone), to be read only; RangeError for anything else. */
export function addressBytes(text: string): Uint8Array<ArrayBuffer> {
  return ADDRESSES.get(text);
}

function readAddress(text: string): Uint8Array<ArrayBuffer> {
  if (isIPv4(text)) return Uint8Array.from(text.split("."), Number);
  if (isIPv6(text) && !text.includes("%")) return ipv6Bytes(text);
  throw new RangeError(`address: "${text}" is neither IPv4 nor IPv6`);
}

function ipv6Bytes(text: string): Uint8Array<ArrayBuffer> {
  const [head = "", tail] = text.split("::");
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const bytes = new Uint8Array(16);
  first.forEach((byte, index) => (bytes[index] = byte));
  last.forEach((byte, index) => (bytes[16 - last.length + index] = byte));
  return bytes;
}

/** Bytes of colon-separated groups, the last of which may be dotted. */
function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** The 6 bytes of colon-separated hexadecimal text, to be read only; RangeError for anything else. */
export function macBytes(text: string): Uint8Array<ArrayBuffer> {
  return LINK_ADDRESSES.get(text);
}

function readLinkAddress(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(text)) {
    throw new RangeError(`link-layer address: "${text}" is not six bytes in hexadecimal with colons`);
  }
  return Uint8Array.from(text.split(":"), (byte) => Number.parseInt(byte, 16));
}

/** All parts, one after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Payload bytes, or how many there are when their content does not matter. */
export type Payload = Uint8Array | number;

/**
 * The bytes of a payload. Where only the length is given they are the letters
 * a to z in turn, `position` bytes into the stream: the same part of a stream
 * always has the same bytes, so a retransmission repeats what was sent.
 */
export function payloadBytes(payload: Payload | undefined, position = 0): Uint8Array {
  if (payload === undefined) return new Uint8Array(0);
  if (typeof payload !== "number") return payload;
  const length = checked(payload, 0xffff, "payload length");
  return Uint8Array.from({ length }, (_, index) => 0x61 + ((position + index) % 26));
}

/** A checksum field: left out, the right one; a number is written as it is; `wrong` is one that does not verify. */
export type Checksum = number | "wrong";

/** The value of a checksum field, given the right one. */
export function checksumValue(wanted: Checksum | undefined, right: number): number {
  if (wanted === undefined) return right;
  if (wanted !== "wrong") return checked(wanted, 0xffff, "checksum");
  // One off in the direction that meets neither 0 ("none" in UDP) nor 0xffff (the same as 0).
  return right < 0x8000 ? right + 1 : right - 1;
}
