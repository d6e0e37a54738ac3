import type { Output } from "./output.ts";

const SEVERITIES: readonly string[] = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];
const FACILITIES: readonly string[] = [
  "kernel",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
  "ntp",
  "security",
  "console",
  "cron",
  "local0",
  "local1",
  "local2",
  "local3",
  "local4",
  "local5",
  "local6",
  "local7",
];

const MAX_DIGITS = 3;

/** Prints a syslog message (RFC 3164 section 4.1.1): facility and severity, with `-v` the text. */
export function printSyslog(out: Output, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "syslog";
  let priority = 0;
  let position = 1;
  let digits = 0;
  if (!out.need(at, 1)) return;
  let isRight = out.u8(at) === 0x3c;
  for (; isRight && position <= MAX_DIGITS + 1; position++) {
    const code = out.u8(at + position);
    if (out.cut) return;
    if (code === 0x3e) break;
    if (code < 0x30 || code > 0x39) isRight = false;
    else {
      priority = priority * 10 + (code - 0x30);
      digits++;
    }
  }
  if (!isRight || digits > MAX_DIGITS) {
    out.sink.text(" (invalid)");
    return;
  }
  const severity = SEVERITIES[priority & 7]!;
  const facility = FACILITIES[priority >> 3] ?? `unknown (${priority >> 3})`;
  if (out.options.verbosity < 1) {
    sink.text(`SYSLOG ${facility}.${severity}, length: ${length}`);
    return;
  }
  sink.text(
    `SYSLOG, length: ${length}\n\tFacility ${facility} (${priority >> 3}), Severity ${severity} (${priority & 7})\n\tMsg: `,
  );
  for (let i = position + 1; i < length && !out.cut; i++) out.safeChar(out.u8(at + i));
  if (out.options.verbosity > 1) out.hexLines(at, length, "\n\t");
}
