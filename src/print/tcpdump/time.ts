import type { Frame } from "../../wire/frame.ts";
import { Phrase, type TextSink } from "../sink.ts";

const DOT = 0x2e;
const COLON = 0x3a;
const SPACE = 0x20;
const DASH = 0x2d;

/** Time stamps as tcpdump's `-t` options print them, in the local time zone (TZ). */
export class TimePrinter {
  readonly #style: number;
  readonly #digits: 6 | 9;
  /** The second that `#clock` and `#date` are of. */
  #second = -1;
  #clock: Phrase = new Phrase("");
  #date = "";
  #hasReference = false;
  #referenceSeconds = 0;
  #referenceNanoseconds = 0;

  /** `style`: how often `-t` was given; `digits` after the second. */
  constructor(style: number, digits: 6 | 9) {
    this.#style = style;
    this.#digits = digits;
  }

  /** Prints the time of the frame and a space; nothing for style 1. */
  print(sink: TextSink, frame: Frame): void {
    switch (this.#style) {
      case 0:
        this.#local(sink, frame.seconds, frame.nanoseconds, false);
        break;
      case 1:
        return;
      case 2:
        // As tcpdump: the low 32 bits.
        sink.decimal(frame.seconds >>> 0);
        this.#fraction(sink, frame.nanoseconds);
        break;
      case 4:
        this.#local(sink, frame.seconds, frame.nanoseconds, true);
        break;
      default:
        this.#difference(sink, frame);
    }
    sink.char(SPACE);
  }

  #local(sink: TextSink, seconds: number, nanoseconds: number, withDate: boolean): void {
    // As tcpdump 4.99, which looks at the low 32 bits as a signed number: from 2038-01-19 03:14:08 UTC on.
    if ((seconds | 0) < 0) {
      sink.text("[Error converting time]");
      return;
    }
    if (seconds !== this.#second) this.#moveTo(seconds);
    if (withDate) sink.text(this.#date);
    sink.phrase(this.#clock);
    this.#fraction(sink, nanoseconds);
  }

  #moveTo(seconds: number): void {
    this.#second = seconds;
    const date = new Date(seconds * 1000);
    const two = (value: number): string => String(value).padStart(2, "0");
    this.#clock = new Phrase(`${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`);
    this.#date = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} `;
  }

  #fraction(sink: TextSink, nanoseconds: number): void {
    sink.char(DOT);
    if (this.#digits === 6 && nanoseconds < 1_000_000_000) sink.millionths((nanoseconds / 1000) | 0);
    else if (this.#digits === 6) sink.padded(Math.floor(nanoseconds / 1000), 6);
    else sink.padded(nanoseconds, 9);
  }

  /** Since the frame before (style 3) or the first frame (style 5); a step backwards has a minus sign. */
  #difference(sink: TextSink, frame: Frame): void {
    if (!this.#hasReference) {
      this.#hasReference = true;
      this.#referenceSeconds = frame.seconds;
      this.#referenceNanoseconds = frame.nanoseconds;
    }
    let seconds = frame.seconds - this.#referenceSeconds;
    let nanoseconds = frame.nanoseconds - this.#referenceNanoseconds;
    const negative = seconds < 0 || (seconds === 0 && nanoseconds < 0);
    if (negative) {
      seconds = -seconds;
      nanoseconds = -nanoseconds;
    }
    if (nanoseconds < 0) {
      seconds -= 1;
      nanoseconds += 1_000_000_000;
    }
    sink.char(negative ? DASH : SPACE);
    sink.padded(Math.floor(seconds / 3600), 2);
    sink.char(COLON);
    sink.padded(Math.floor(seconds / 60) % 60, 2);
    sink.char(COLON);
    sink.padded(seconds % 60, 2);
    this.#fraction(sink, nanoseconds);
    if (this.#style === 3) {
      this.#referenceSeconds = frame.seconds;
      this.#referenceNanoseconds = frame.nanoseconds;
    }
  }
}
