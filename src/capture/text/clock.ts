import type { TimeText } from "./description.ts";

const DAY = 86_400;
/** A time of day that is so far behind the one before is one of the next day, in seconds. */
const HALF_A_DAY = DAY / 2;
/** Between packets whose lines have no time, in nanoseconds. */
const STEP = 1000;
/** The day of traces without a date, since 1970-01-01: the first one whose every hour is after 1970 began, in all time zones. */
const UNDATED_DAY = 1;

/** Seconds since 1970 and nanoseconds. */
export interface Instant {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** When local time of day 0 is, of a day counted from 1970-01-01, and so many seconds later on the clock. */
function localSeconds(day: number, secondsOfDay: number): number {
  const date = new Date(day * DAY * 1000);
  const local = new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), 0, 0, secondsOfDay);
  return Math.floor(local.getTime() / 1000);
}

/** The local day of an instant, counted from 1970-01-01. */
function localDay(seconds: number): number {
  const local = new Date(seconds * 1000);
  return Date.UTC(local.getFullYear(), local.getMonth(), local.getDate()) / (DAY * 1000);
}

/**
 * Sets the times of traces in a row: a trace without a date gets the day after
 * the one before it, the first one 1970-01-02. Times of day are local time, as
 * tcpdump and Wireshark print them.
 */
export class TraceClock {
  #last: Instant | undefined = undefined;
  #day: number = UNDATED_DAY;
  #secondsOfDay = 0;
  /** Where elapsed time counts from, in seconds since 1970. */
  #start = 0;
  #isNew = true;
  /** The latest time of day, its day, and when that is: times of a trace mostly share their second. */
  #placedClock = -1;
  #placedDay = 0;
  #placed = 0;

  /** A trace begins. */
  startTrace(): void {
    this.#isNew = true;
    if (this.#last === undefined) return;
    this.#day = localDay(this.#last.seconds) + 1;
  }

  /** The instant of the next packet. */
  place(time: TimeText): Instant {
    if (this.#isNew) this.#begin(time);
    const instant = this.#instant(time);
    this.#last = instant;
    return instant;
  }

  #begin(time: TimeText): void {
    this.#isNew = false;
    this.#start = localSeconds(this.#day, 0);
    this.#secondsOfDay = time.kind === "clock" ? time.seconds : 0;
    // Packets without times go on from the start of the day.
    if (time.kind === "none") this.#last = { seconds: this.#start, nanoseconds: -STEP };
  }

  #instant(time: TimeText): Instant {
    switch (time.kind) {
      case "none":
        return this.#step();
      case "clock": {
        if (this.#secondsOfDay - time.seconds > HALF_A_DAY) this.#day++;
        else if (time.seconds - this.#secondsOfDay > HALF_A_DAY && this.#day > localDay(this.#start)) this.#day--;
        this.#secondsOfDay = time.seconds;
        if (time.seconds !== this.#placedClock || this.#day !== this.#placedDay) {
          this.#placedClock = time.seconds;
          this.#placedDay = this.#day;
          this.#placed = localSeconds(this.#day, time.seconds);
        }
        return { seconds: this.#placed, nanoseconds: time.nanoseconds };
      }
      case "date":
        return { seconds: localSeconds(time.day, time.seconds), nanoseconds: time.nanoseconds };
      case "epoch":
        return { seconds: time.seconds, nanoseconds: time.nanoseconds };
      case "elapsed":
        return { seconds: this.#start + time.seconds, nanoseconds: time.nanoseconds };
      default:
        return time satisfies never;
    }
  }

  #step(): Instant {
    const { seconds, nanoseconds } = this.#last ?? { seconds: this.#start, nanoseconds: -STEP };
    const next = nanoseconds + STEP;
    return next < 1e9 ? { seconds, nanoseconds: next } : { seconds: seconds + 1, nanoseconds: next - 1e9 };
  }
}
