import type { TimeText } from "./description.ts";

/** How far into a line a time is looked for: line numbers, marks of quoting and file names may stand before it. */
const MAX_PREFIX = 120;

const DAY = 86_400;
const MILLISECONDS = 86_400_000;

/** Hours with more than two digits have the number of the line stuck to them. */
const CLOCK = /(?:(\d{4,})-(\d\d)-(\d\d)[ T]+)?(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3,9})(?![\d.])/;
const EPOCH = /^\s*(?:\d{1,7}[.:)]?\s+)?(\d{9,11})\.(\d{3,9})\s/;

/** A time found in a line, and where what follows it starts. */
interface FoundTime {
  readonly time: TimeText;
  readonly end: number;
}

/** The first time of day (with its date, if there is one) or seconds since 1970 near the start of a line. */
export function findTime(line: string): FoundTime | undefined {
  const head = line.slice(0, MAX_PREFIX);
  const clock = CLOCK.exec(head);
  if (clock !== null) return clockTime(clock);
  const epoch = EPOCH.exec(head);
  if (epoch === null) return undefined;
  const [all, seconds = "", fraction = ""] = epoch;
  return {
    time: { kind: "epoch", seconds: Number(seconds), nanoseconds: nanosecondsOf(fraction) },
    end: all.length - 1,
  };
}

function clockTime(match: RegExpExecArray): FoundTime | undefined {
  const [all, year, month, date, hours = "", minutes = "", seconds = "", fraction = ""] = match;
  const hour = Number(hours.slice(-2));
  if (hour > 23) return undefined;
  const secondsOfDay = hour * 3600 + Number(minutes) * 60 + Number(seconds);
  const time = { seconds: secondsOfDay, nanoseconds: nanosecondsOf(fraction) };
  const end = match.index + all.length;
  if (year === undefined) return { time: { kind: "clock", ...time }, end };
  const day = Date.UTC(Number(year.slice(-4)), Number(month) - 1, Number(date)) / MILLISECONDS;
  if (day < 0 || hours.length > 2) return undefined;
  return { time: { kind: "date", day, ...time }, end };
}

/** Digits behind the point as nanoseconds. */
function nanosecondsOf(fraction: string): number {
  return Number(fraction.slice(0, 9).padEnd(9, "0"));
}

/** The time in a table's column or before a line of Stevens' form: seconds since the start or since 1970, a time of day, or a date with it. */
export function columnTime(text: string): TimeText | undefined {
  const decimal = /^(\d{1,11})\.(\d{1,9})$/.exec(text);
  if (decimal !== null) {
    const seconds = Number(decimal[1]);
    return {
      kind: seconds >= 3_000 * DAY ? "epoch" : "elapsed",
      seconds,
      nanoseconds: nanosecondsOf(decimal[2] ?? ""),
    };
  }
  const found = findTime(text);
  return found !== undefined && found.end === text.length && found.time.kind !== "epoch" ? found.time : undefined;
}
