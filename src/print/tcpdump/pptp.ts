import { type Field, MESSAGES } from "./pptp-messages.ts";
import type { Output } from "./output.ts";

const MAGIC_COOKIE = 0x1a2b3c4d;
const HEADER = 12;
const TYPES: readonly string[] = ["", "CTRL-MSG", "MGMT-MSG"];
const ERRORS: readonly string[] = [
  "None",
  "Not-Connected",
  "Bad-Format",
  "Bad-Value",
  "No-Resource",
  "Bad-Call-ID",
  "PAC-Error",
];
const BEARERS: readonly string[] = ["", "A", "D", "Any"];
const FRAMINGS: readonly string[] = ["", "A", "S", "E"];

/** Prints a PPTP control message (RFC 2637 section 2). */
export function printPptp(out: Output, at: number): void {
  const sink = out.sink;
  out.protocol = "pptp";
  sink.text(": pptp");
  if (out.options.verbosity > 0) {
    if (!out.need(at, 2)) return;
    sink.text(` Length=${out.u16(at)}`);
    if (!out.need(at + 2, 2)) return;
    sink.text(` ${TYPES[out.u16(at + 2)] || "UNKNOWN-MSG-TYPE"}`);
  }
  const cookie = out.u32(at + 4);
  const cookieText = cookie.toString(16).padStart(8, "0");
  if (cookie !== MAGIC_COOKIE) sink.text(` UNEXPECTED Magic-Cookie!!(${cookieText})`);
  if (out.options.verbosity > 0 || cookie !== MAGIC_COOKIE) sink.text(` Magic-Cookie=${cookieText}`);
  const code = out.u16(at + 8);
  const message = MESSAGES[code];
  if (message === undefined) {
    sink.text(` UNKNOWN_CTRL_MSGTYPE(${code})`);
    printReserved(out, out.u16(at + 10));
    return;
  }
  sink.text(` CTRL_MSGTYPE=${message.name}`);
  printReserved(out, out.u16(at + 10));
  let next = at + HEADER;
  for (const field of message.fields) {
    next += printField(out, field, next);
    if (out.cut) return;
  }
}

function printReserved(out: Output, value: number): void {
  if (value !== 0) out.sink.text(` [ERROR: reserved=${value} must be zero]`);
}

/** Prints a field; its length in bytes. */
function printField(out: Output, field: Field, at: number): number {
  const sink = out.sink;
  const { form } = field;
  if (typeof form === "number") {
    printText(out, field.label, at, form);
    return form;
  }
  switch (form) {
    case "u16":
      if (out.need(at, 2)) sink.text(` ${field.label}(${out.u16(at)})`);
      return 2;
    case "u32":
      if (out.need(at, 4)) sink.text(` ${field.label}(${out.u32(at)})`);
      return 4;
    case "hex":
      if (out.need(at, 4)) sink.text(` ${field.label}(0x${out.u32(at).toString(16).padStart(8, "0")})`);
      return 4;
    case "version":
      if (out.need(at, 2)) sink.text(` PROTO_VER(${out.u8(at)}.${out.u8(at + 1)})`);
      return 2;
    case "reserved8":
      if (out.need(at, 1)) printReserved(out, out.u8(at));
      return 1;
    case "reserved16":
      if (out.need(at, 2)) printReserved(out, out.u16(at));
      return 2;
    case "code":
      if (out.need(at, 1)) printCode(out, field.label, out.u8(at), field.names ?? []);
      return 1;
    case "error":
      if (out.need(at, 1)) printCode(out, "ERR_CODE", out.u8(at), ERRORS);
      return 1;
    case "framings":
      sink.text(" FRAME_CAP(");
      sink.text(`${lettersOf(out.u32(at), "AS")})`);
      return 4;
    case "bearers":
      if (out.need(at, 4)) sink.text(` BEARER_CAP(${bearerLetters(out.u32(at))})`);
      return 4;
    case "bearer":
      if (out.need(at, 4)) sink.text(` BEARER_TYPE(${BEARERS[out.u32(at)] || "?"})`);
      return 4;
    case "framing":
      if (out.need(at, 4)) sink.text(` FRAME_TYPE(${FRAMINGS[out.u32(at)] || "?"})`);
      return 4;
    default:
      return 0;
  }
}

/** A code, with `-v` also its meaning. */
function printCode(out: Output, label: string, code: number, names: readonly string[]): void {
  const name = out.options.verbosity > 0 ? `:${names[code] || "?"}` : "";
  out.sink.text(` ${label}(${code}${name})`);
}

function lettersOf(flags: number, letters: string): string {
  return [...letters].filter((_, bit) => (flags & (1 << bit)) !== 0).join("");
}

/** Digital stands before analog. */
function bearerLetters(flags: number): string {
  return `${(flags & 2) === 0 ? "" : "D"}${(flags & 1) === 0 ? "" : "A"}`;
}

function printText(out: Output, label: string, at: number, size: number): void {
  out.sink.text(` ${label}(`);
  if (out.safeTextToZero(at, size)) out.sink.text(")");
  else out.cutHere();
}
