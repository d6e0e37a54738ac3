import { addressText } from "../wire/address.ts";
import type { Key, Stretch } from "./object-parts.ts";
import { type ObjectWriter, seconds, type StartTime, timeText } from "./object-writer.ts";

type Container = Record<string, unknown> | unknown[];

/** Builds the object that is written. */
export class ObjectBuilder implements ObjectWriter {
  /** What was written. */
  readonly result: Record<string, unknown> = {};
  /** What is not at its end yet; the innermost last. */
  readonly #open: Container[] = [this.result];

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
    this.#add(key, value);
  }

  seconds(key: Key | undefined, ns: number): void {
    this.#add(key, seconds(ns));
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

  time(key: Key, start: StartTime, ns: number): void {
    this.#add(key, timeText(start, ns));
  }

  stretch(stretch: Stretch): void {
    stretch.write(this);
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
