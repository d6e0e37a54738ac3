import { clockNanoseconds, nanosecondsOf, type Words } from "./script-words.ts";

/** 2020-01-01 00:00:00 UTC, for scripts without `start`. */
const DEFAULT_START = 1577836800;
const DAY = 86400;

/** The time of a script: when it starts and how much has passed. */
export class ScriptClock {
  precision: "micro" | "nano" = "micro";
  #startSeconds = DEFAULT_START;
  #startNanoseconds = 0;
  /** Since the start, in nanoseconds: exact up to 104 days. */
  #elapsed = 0;

  get milliseconds(): number {
    return Math.floor(this.#elapsed / 1e6);
  }

  get seconds(): number {
    return this.#startSeconds + Math.floor((this.#startNanoseconds + this.#elapsed) / 1e9);
  }

  get nanoseconds(): number {
    return (this.#startNanoseconds + this.#elapsed) % 1e9;
  }

  /** Reads `2011-11-11 13:35:08.609549`, in UTC, or `1321018508.609549`. */
  start(words: Words): void {
    const word = words.next("date or seconds since 1970");
    const isDay = /^\d{4}-\d\d-\d\d$/.test(word);
    const day = isDay ? Date.parse(`${word}T00:00:00Z`) / 1000 : 0;
    if (Number.isNaN(day)) words.fail(`there is no day ${word}`);
    const [whole = "", fraction = "0"] = word.split(".");
    const nanoseconds = nanosecondsOf(words, isDay ? "0" : `0.${fraction}`);
    const clock = isDay && !words.isEmpty ? clockNanoseconds(words, words.next("time of day")) : nanoseconds;
    this.#startSeconds = (isDay ? day : nanosecondsOf(words, whole) / 1e9) + Math.floor(clock / 1e9);
    this.#startNanoseconds = clock % 1e9;
  }

  /** Reads `0.5` since the start, `+0.5` since the line before, or a time of the starting day, `13:35:08.609549`. */
  move(words: Words): void {
    const word = words.next("time");
    if (word.startsWith("+")) this.#elapsed += nanosecondsOf(words, word.slice(1));
    else if (word.includes(":")) this.#elapsed = this.#sinceStart(clockNanoseconds(words, word));
    else this.#elapsed = nanosecondsOf(words, word);
    if (this.precision === "micro" && this.nanoseconds % 1000 !== 0) words.fail(`time ${word} needs "precision nano"`);
  }

  /** A time before the start is one of the day after. */
  #sinceStart(clock: number): number {
    const since = clock - ((this.#startSeconds % DAY) * 1e9 + this.#startNanoseconds);
    return since < 0 ? since + DAY * 1e9 : since;
  }
}
