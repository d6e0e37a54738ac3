import { Phrase, type TextSink } from "../sink.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MINUTE = 60;

const MINUTES_A_DAY = 1440;

/** The time zone's name is looked up once for each day and offset that are met in a row. */
let minute = Number.NaN;
let zoneDay = Number.NaN;
let zoneOffset = 0;
let day = "";
let zone = "";
let dayPhrase = new Phrase("");
let zonePhrase = new Phrase("");
let formatter: Intl.DateTimeFormat | undefined = undefined;

/** A time since 1970 in the local time zone, as `Nov 21, 2026 12:37:00.000000000 UTC`. */
export function localTime(seconds: number, nanoseconds: number): string {
  const whole = Math.floor(seconds / MINUTE);
  if (whole !== minute) moveTo(whole);
  if (zone === "") return "Not representable";
  const second = seconds - whole * MINUTE;
  return `${day}${second < 10 ? ":0" : ":"}${second}.${String(nanoseconds).padStart(9, "0")} ${zone}`;
}

/** Prints the same. */
export function printLocalTime(sink: TextSink, seconds: number, nanoseconds: number): void {
  const whole = Math.floor(seconds / MINUTE);
  if (whole !== minute) moveTo(whole);
  if (zone === "") {
    sink.text("Not representable");
    return;
  }
  sink.phrase(dayPhrase);
  sink.padded(seconds - whole * MINUTE, 2);
  sink.char(0x2e);
  sink.padded(nanoseconds, 9);
  sink.phrase(zonePhrase);
}

/** Looks up what the times of this minute have in common. */
function moveTo(whole: number): void {
  lookUp(whole);
  dayPhrase = new Phrase(`${day}:`);
  zonePhrase = new Phrase(` ${zone}`);
}

function lookUp(whole: number): void {
  minute = whole;
  const date = new Date(whole * MINUTE * 1000);
  if (Number.isNaN(date.getTime())) {
    zone = "";
    return;
  }
  const two = (value: number): string => String(value).padStart(2, "0");
  day = `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)}, ${date.getFullYear()} ${two(date.getHours())}:${two(date.getMinutes())}`;
  const offset = date.getTimezoneOffset();
  const currentDay = Math.floor(whole / MINUTES_A_DAY);
  if (currentDay === zoneDay && offset === zoneOffset && zone !== "") return;
  zoneDay = currentDay;
  zoneOffset = offset;
  formatter ??= new Intl.DateTimeFormat("en-US", { timeZoneName: "short" });
  zone = formatter.formatToParts(date).find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
}
