/**
 * File names from times, as strftime(3) makes them in the POSIX locale: the
 * conversions of ISO C and POSIX with glibc's %k, %l, %P and %s; local time
 * (TZ). What is no conversion stays as it is.
 */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const DAY_MS = 86_400_000;

/** A conversion: flags, width, modifier, letter. */
const CONVERSION = /%([-_0^#]*)(\d*)([EO]?)([a-zA-Z%])/g;

/** Conversions that stand for others. */
const COMPOSED: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  r: "%I:%M:%S %p",
  R: "%H:%M",
  T: "%H:%M:%S",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
};

/** A number, the width that it is filled up to, and with what. */
type NumberPart = readonly [value: number, width: number, fill?: " "];

/** Puts a time, in seconds since 1970, into a format. */
export function strftime(format: string, seconds: number): string {
  const date = new Date(seconds * 1000);
  return format.replaceAll(
    CONVERSION,
    (whole: string, flags: string, width: string, _modifier: string, letter: string) => {
      const composed = COMPOSED[letter];
      if (composed !== undefined) return cased(strftime(composed, seconds), flags).padStart(Number(width), " ");
      const part = numberPart(letter, date, seconds);
      if (part !== undefined) return numberText(part, flags, width);
      const text = textPart(letter, date);
      return text === undefined ? whole : cased(text, flags).padStart(Number(width), flags.includes("0") ? "0" : " ");
    },
  );
}

function numberText([value, standardWidth, standardFill]: NumberPart, flags: string, width: string): string {
  if (flags.includes("-")) return String(value);
  const fill = flags.includes("_") ? " " : flags.includes("0") ? "0" : (standardFill ?? "0");
  return String(value).padStart(width === "" ? standardWidth : Number(width), fill);
}

function cased(text: string, flags: string): string {
  if (flags.includes("^")) return text.toUpperCase();
  if (!flags.includes("#")) return text;
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
}

function numberPart(letter: string, date: Date, seconds: number): NumberPart | undefined {
  switch (letter) {
    case "C":
      return [Math.floor(date.getFullYear() / 100), 2];
    case "d":
      return [date.getDate(), 2];
    case "e":
      return [date.getDate(), 2, " "];
    case "g":
      return [isoWeek(date).year % 100, 2];
    case "G":
      return [isoWeek(date).year, 4];
    case "H":
      return [date.getHours(), 2];
    case "I":
      return [date.getHours() % 12 || 12, 2];
    case "j":
      return [dayOfYear(date) + 1, 3];
    case "k":
      return [date.getHours(), 2, " "];
    case "l":
      return [date.getHours() % 12 || 12, 2, " "];
    case "m":
      return [date.getMonth() + 1, 2];
    case "M":
      return [date.getMinutes(), 2];
    case "s":
      return [seconds, 1];
    case "S":
      return [date.getSeconds(), 2];
    case "u":
      return [date.getDay() || 7, 1];
    case "U":
      return [Math.floor((dayOfYear(date) + 7 - date.getDay()) / 7), 2];
    case "V":
      return [isoWeek(date).week, 2];
    case "w":
      return [date.getDay(), 1];
    case "W":
      return [Math.floor((dayOfYear(date) + 7 - ((date.getDay() + 6) % 7)) / 7), 2];
    case "y":
      return [date.getFullYear() % 100, 2];
    case "Y":
      return [date.getFullYear(), 1];
    default:
      return undefined;
  }
}

function textPart(letter: string, date: Date): string | undefined {
  const day = DAYS[date.getDay()] ?? "";
  const month = MONTHS[date.getMonth()] ?? "";
  switch (letter) {
    case "%":
      return "%";
    case "a":
      return day.slice(0, 3);
    case "A":
      return day;
    case "b":
    case "h":
      return month.slice(0, 3);
    case "B":
      return month;
    case "n":
      return "\n";
    case "p":
      return date.getHours() < 12 ? "AM" : "PM";
    case "P":
      return date.getHours() < 12 ? "am" : "pm";
    case "t":
      return "\t";
    case "z":
      return offset(date);
    case "Z":
      return zone(date);
    default:
      return undefined;
  }
}

/** From 0. */
function dayOfYear(date: Date): number {
  return Math.round((midnight(date) - Date.UTC(date.getFullYear(), 0, 1)) / DAY_MS);
}

/** The date's midnight as if it were UTC: days of one length. */
function midnight(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

/** Week of the year by ISO 8601: weeks begin on Monday, and belong to the year of their Thursday. */
function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(midnight(date) + (3 - ((date.getDay() + 6) % 7)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS / 7) + 1 };
}

/** East of Greenwich: +hhmm. */
function offset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  const digits = Math.floor(size / 60) * 100 + (size % 60);
  return `${minutes < 0 ? "-" : "+"}${String(digits).padStart(4, "0")}`;
}

/** Each has short names for the zones of its own part of the world only. */
const ENGLISH = ["en-US", "en-GB", "en-AU", "en-NZ", "en-IN", "en-ZA"];

/** The zone's short name; an offset where it has none. */
function zone(date: Date): string {
  for (const language of ENGLISH) {
    const parts = new Intl.DateTimeFormat(language, { timeZoneName: "short" }).formatToParts(date);
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]+$/.test(name)) return name;
  }
  return offset(date).replace(/00$/, "");
}
