import type { Frame } from "../../wire/frame.ts";
import type { TextSink } from "../sink.ts";

const DOT = 0x2e;
const DASH = 0x2d;
const SPACE = 0x20;

/** What the Time column counts from. */
export type TimeStyle = "relative" | "none" | "epoch" | "delta" | "date";

/** Time styles by how often `-t` is given: none is the list's own, the others mean what they mean to tcpdump. */
export const TIME_STYLES: readonly TimeStyle[] = ["relative", "none", "epoch", "delta", "date", "relative"];

const DIGITS = [0, 1, 2, 3, 6, 9] as const;
const THRESHOLDS = [1, 0.1, 0.01, 0.001, 1e-6, 0];

/** Digits after the second that Wireshark prints of times recorded in such units (seconds). */
export function digitsOf(resolution: number): number {
  // Units that are powers of two are a little off.
  const index = THRESHOLDS.findIndex((threshold) => resolution >= threshold * 0.999);
  return DIGITS[index] ?? 9;
}

/** Prints times as the list does, in the local time zone (TZ). */
export class ListTime {
  #hasStart = false;
  #startSeconds = 0;
  #startNanoseconds = 0;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  #minute = -1;
  #date = "";

  /** To be called for every frame before its time is printed. */
  observe(frame: Frame): void {
    if (this.#hasStart) return;
    this.#hasStart = true;
    this.pass(frame);
    this.#startSeconds = frame.seconds;
    this.#startNanoseconds = this.#lastNanoseconds;
  }

  /** To be called when a frame is done. */
  pass(frame: Frame): void {
    this.#lastSeconds = frame.seconds;
    // A broken record counts more than a second there, of which Wireshark keeps 32 bits.
    this.#lastNanoseconds = frame.nanoseconds | 0;
  }

  print(sink: TextSink, frame: Frame, style: TimeStyle, digits: number, width: number): void {
    switch (style) {
      case "epoch":
        this.#printDifference(sink, frame, 0, 0, digits, width);
        break;
      case "delta":
        this.#printDifference(sink, frame, this.#lastSeconds, this.#lastNanoseconds, digits, width);
        break;
      case "date":
        this.#printDate(sink, frame, digits);
        break;
      case "relative":
        this.#printDifference(sink, frame, this.#startSeconds, this.#startNanoseconds, digits, width);
        break;
      default:
    }
  }

  #printDifference(
    sink: TextSink,
    frame: Frame,
    fromSeconds: number,
    fromNanoseconds: number,
    digits: number,
    width: number,
  ): void {
    let seconds = frame.seconds - fromSeconds;
    let nanoseconds = (frame.nanoseconds | 0) - fromNanoseconds;
    const isNegative = seconds < 0 || (seconds === 0 && nanoseconds < 0);
    if (isNegative) {
      seconds = -seconds;
      nanoseconds = -nanoseconds;
    }
    if (nanoseconds < 0) {
      seconds -= 1;
      nanoseconds += 1_000_000_000;
    } else if (nanoseconds >= 1_000_000_000) {
      const carried = Math.floor(nanoseconds / 1e9);
      seconds += carried;
      nanoseconds -= carried * 1e9;
    }
    sink.room();
    const length = (digits === 0 ? 0 : digits + 1) + (isNegative ? 1 : 0);
    for (let missing = width - length - decimalDigits(seconds); missing > 0; missing--) sink.char(SPACE);
    if (isNegative) sink.char(DASH);
    sink.decimal(seconds);
    printFraction(sink, nanoseconds, digits);
  }

  #printDate(sink: TextSink, { seconds, nanoseconds }: Frame, digits: number): void {
    const minute = Math.floor(seconds / 60);
    if (minute !== this.#minute) {
      this.#minute = minute;
      const date = new Date(seconds * 1000);
      const two = (value: number): string => String(value).padStart(2, "0");
      this.#date =
        `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
        `${two(date.getHours())}:${two(date.getMinutes())}:`;
    }
    sink.text(this.#date);
    sink.padded(seconds - minute * 60, 2);
    printFraction(sink, nanoseconds, digits);
  }
}

function printFraction(sink: TextSink, nanoseconds: number, digits: number): void {
  if (digits === 0) return;
  sink.char(DOT);
  if (digits === 6) sink.millionths(Math.min(999_999, (nanoseconds / 1000) | 0));
  else sink.padded(Math.floor(nanoseconds / 10 ** (9 - digits)), digits);
}

function decimalDigits(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) count++;
  return count;
}
