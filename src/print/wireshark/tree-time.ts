const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

let zone: Intl.DateTimeFormat | undefined = undefined;

/** A time since 1970 in the local time zone, as `Nov 21, 2026 12:37:00.000000000 UTC`. */
export function localTime(seconds: number, nanoseconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return "Not representable";
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)}, ${date.getFullYear()}`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${clock}.${String(nanoseconds).padStart(9, "0")} ${zoneName(date)}`;
}

function zoneName(date: Date): string {
  zone ??= new Intl.DateTimeFormat("en-US", { timeZoneName: "short" });
  return zone.formatToParts(date).find(({ type }) => type === "timeZoneName")?.value ?? "";
}
