import { addressText } from "../wire/address.ts";
import type { Form, Key } from "./object-parts.ts";
import { type ObjectWriter, seconds, type StartTime, timeText } from "./object-writer.ts";

/** Numbers that most forms have at most. */
const FEW = 16;

type Container = Record<string, unknown> | unknown[];

/** Builds the object that is written. */
export class ObjectBuilder implements ObjectWriter {
  /** What was written. */
  readonly result: Record<string, unknown> = {};
  /** What is not at its end yet; the innermost last. */
  readonly #open: Container[] = [this.result];
  values: Float64Array = new Float64Array(FEW);
  #start: StartTime = { seconds: 0, nanoseconds: 0 };

  begin(key?: Key): void {
    this.#enter(key, {});
  }

  end(): void {
    this.#open.pop();
  }

  beginList(key: Key): void {
    this.#enter(key, []);
  }

  endList(): void {
    this.#open.pop();
  }

  number(key: Key | undefined, value: number): void {
    if (!Number.isNaN(value)) this.#add(key, value);
  }

  seconds(key: Key | undefined, ns: number): void {
    if (!Number.isNaN(ns)) this.#add(key, seconds(ns));
  }

  boolean(key: Key, value: boolean): void {
    this.#add(key, value);
  }

  word(key: Key, value: string): void {
    this.#add(key, value);
  }

  text(key: Key, value: string): void {
    this.#add(key, value);
  }

  address(key: Key, bytes: Uint8Array, at: number, length: number): void {
    this.#add(key, addressText(bytes, at, length));
  }

  ipv4(key: Key, address: number): void {
    if (Number.isNaN(address)) return;
    const octets = [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff);
    this.#add(key, octets.join("."));
  }

  since(start: StartTime): void {
    this.#start = start;
  }

  time(key: Key, ns: number): void {
    if (!Number.isNaN(ns)) this.#add(key, timeText(this.#start, ns));
  }

  form({ count }: Form): number {
    if (this.values.length < count) this.values = new Float64Array(2 * count);
    return 0;
  }

  filled(form: Form): void {
    form.write(this, this.values, 0);
  }

  #enter(key: Key | undefined, container: Container): void {
    this.#add(key, container);
    this.#open.push(container);
  }

  #add(key: Key | undefined, value: unknown): void {
    const container = this.#open.at(-1);
    if (Array.isArray(container)) container.push(value);
    else if (container !== undefined && key !== undefined) container[key.name] = value;
  }
}
