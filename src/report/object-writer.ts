import type { Form, Key } from "./object-parts.ts";

/**
 * Takes an object key by key, in order: so that one description of an object gives
 * its JSON text as bytes (`JsonWriter`), with nothing built for it, and the object itself (`ObjectBuilder`).
 */
export interface ObjectWriter {
  /** An object, until `end`: of a key, or the next of a list when the key is left out. */
  begin(key?: Key): void;
  end(): void;
  /** A list, until `endList`. */
  beginList(key: Key): void;
  endList(): void;
  /** A number, of a list without a key. Numbers and times that are NaN are left out, with their keys. */
  number(key: Key | undefined, value: number): void;
  /** Nanoseconds, as a number of seconds. */
  seconds(key: Key | undefined, ns: number): void;
  boolean(key: Key, value: boolean): void;
  /** One of few words of ASCII without quotes and backslashes, such as a state's name. */
  word(key: Key, value: string): void;
  text(key: Key, value: string): void;
  /** An IPv4 address as one number. */
  ipv4(key: Key, address: number): void;
  /** An IPv4 (4 bytes) or IPv6 (16 bytes) address. */
  address(key: Key, bytes: Uint8Array, at: number, length: number): void;
  /** Where times count from. */
  since(start: StartTime): void;
  /** An absolute time: so many nanoseconds after the last `since`. */
  time(key: Key, ns: number): void;
  /** Where the numbers of forms are put. */
  readonly values: Float64Array;
  /** Begins a form: its numbers are to be put into `values` from the place on that is returned, then `filled` is to be called. */
  form(form: Form): number;
  filled(form: Form): void;
}

/** Where the `…Ns` times of connections count from. */
export interface StartTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Text of an absolute time: seconds since 1970 with nine digits. */
export function timeText(start: StartTime, ns: number): string {
  const total = start.nanoseconds + Math.round(ns);
  const carry = Math.floor(total / 1e9);
  return `${start.seconds + carry}.${String(total - carry * 1e9).padStart(9, "0")}`;
}

/** Nanoseconds as seconds, without the noise of binary fractions. */
export function seconds(ns: number): number {
  return Math.round(ns) / 1e9;
}
