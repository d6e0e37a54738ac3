import { QueryError } from "./error.ts";
import type { Value } from "./syntax.ts";

/** An address or the network of a prefix. */
export interface AddressValue {
  readonly bytes: Uint8Array;
  /** Bits that count. */
  readonly prefix: number;
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** A whole number as Wireshark reads it: decimal, 0x…, 0b…, or octal with a leading 0. */
export function numberValue(value: Value, name: string): number {
  const { text } = value;
  const octal = /^0[0-7]+$/.test(text);
  const number = octal ? Number.parseInt(text, 8) : Number(text);
  if (value.quoted || !/^[-+]?(?:\d+|0x[\da-f]+|0b[01]+)$/i.test(text) || !Number.isSafeInteger(number)) {
    throw wrong(value, `${name} is a whole number`);
  }
  return number;
}

/** A number with or without fraction. */
export function secondsValue(value: Value, name: string): number {
  const number = Number(value.text);
  if (value.quoted || !/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(value.text) || !Number.isFinite(number)) {
    throw wrong(value, `${name} is a number of seconds`);
  }
  return number;
}

/** 1 or 0. */
export function booleanValue(value: Value, name: string): number {
  if (!value.quoted) {
    if (/^(?:1|true)$/i.test(value.text)) return 1;
    if (/^(?:0|false)$/i.test(value.text)) return 0;
  }
  throw wrong(value, `${name} is true or false, 1 or 0`);
}

/** An IPv4 or IPv6 address with an optional prefix length; `type` restricts which. */
export function addressValue(value: Value, name: string, type: "ipv4" | "ipv6" | "address"): AddressValue {
  const [address = "", prefixText] = value.text.split("/");
  const bytes = ipv4Bytes(address) ?? ipv6Bytes(address);
  const fits = bytes !== undefined && (type === "address" || bytes.length === (type === "ipv4" ? 4 : 16));
  const needed = type === "ipv4" ? "an IPv4 address" : type === "ipv6" ? "an IPv6 address" : "an IP address";
  if (!fits || value.text.split("/").length > 2) throw wrong(value, `${name} is ${needed}, with or without /prefix`);
  const prefix = prefixText === undefined ? 8 * bytes.length : Number(prefixText);
  if (prefixText !== undefined && (!/^\d+$/.test(prefixText) || prefix > 8 * bytes.length)) {
    throw wrong(value, `the prefix of ${needed} has 0 to ${8 * bytes.length} bits`);
  }
  return { bytes, prefix };
}

/** Six bytes, written with colons, dashes or dots. */
export function ethernetValue(value: Value, name: string): AddressValue {
  const digits = value.text.replaceAll(/[:.-]/g, "");
  if (!/^(?:[\da-f]{2}[:-]){5}[\da-f]{2}$|^(?:[\da-f]{4}\.){2}[\da-f]{4}$/i.test(value.text)) {
    throw wrong(value, `${name} is an Ethernet address such as 00:00:5e:00:53:01`);
  }
  return { bytes: Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)), prefix: 48 };
}

/** What to look for in bytes: text, or bytes in hexadecimal between colons. */
export function bytesValue(value: Value): Uint8Array {
  if (!value.quoted && /^[\da-f]{2}(?::[\da-f]{2})+$/i.test(value.text)) {
    return Uint8Array.from(value.text.split(":"), (byte) => Number.parseInt(byte, 16));
  }
  return new TextEncoder().encode(value.text);
}

/** A pattern; upper and lower case are the same, as in Wireshark. */
export function patternValue(value: Value): RegExp {
  try {
    return new RegExp(value.text, "is");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw wrong(value, `not a regular expression: ${reason.replace(/^Invalid regular expression: /, "")}`);
  }
}

/** The four bytes of a dotted quad; undefined when the text is none. */
export function ipv4Bytes(text: string): Uint8Array | undefined {
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  return octets === undefined || octets.some((octet) => octet > 255) ? undefined : Uint8Array.from(octets);
}

/** The sixteen bytes of an IPv6 address (RFC 4291 section 2.2); undefined when the text is none. */
export function ipv6Bytes(text: string): Uint8Array | undefined {
  const tail = text.slice(text.lastIndexOf(":") + 1);
  const embedded = tail.includes(".") ? ipv4Bytes(tail) : undefined;
  if (tail.includes(".") && embedded === undefined) return undefined;
  const whole = embedded === undefined ? text : `${text.slice(0, -tail.length)}0:0`;
  const [head = "", rest, more] = whole.split("::");
  if (more !== undefined) return undefined;
  const first = groupsOf(head);
  const last = groupsOf(rest ?? "");
  if (first === undefined || last === undefined) return undefined;
  const missing = 8 - first.length - last.length;
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...first, ...Array.from({ length: missing }, () => 0), ...last];
  const bytes = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
  if (embedded !== undefined) bytes.set(embedded, 12);
  return bytes;
}

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  return groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}

function wrong({ text, place }: Value, needed: string): QueryError {
  return new QueryError("wrong-type", `${needed}, not ${JSON.stringify(text)}`, { ...place, word: text });
}
