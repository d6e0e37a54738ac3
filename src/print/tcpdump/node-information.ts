import type { Output } from "./output.ts";

const QUERY = 139;
/** Type, code, checksum, kind of question, flags, nonce. */
const HEADER = 16;
/** A query of the draft that came before, without a header of its own. */
const WHO_ARE_YOU = 12;

// What is asked for (RFC 4620 section 6).
const NOOP = 0;
const SUPPORTED = 1;
const DNS_NAME = 2;
const NODE_ADDRESSES = 3;
const QUESTIONS: readonly string[] = ["noop", "supported qtypes", "DNS name", "node addresses"];

// What a query is about: its code (RFC 4620 section 4).
const SUBJECT_IPV6 = 0;
const SUBJECT_NAME = 1;
const SUBJECT_IPV4 = 2;

// How a reply ends: its code.
const SUCCESS = 0;
const REFUSED = 1;
const UNKNOWN = 2;

const TRUNCATED = 0x01;
const ADDRESS_FLAGS: readonly (readonly [number, string])[] = [
  [0x40, "a"],
  [0x20, "G"],
  [0x10, "S"],
  [0x08, "L"],
  [0x04, "C"],
  [0x02, "A"],
];
const COMPRESSED = 0x01;
const HAS_LIFETIME = 0x01;
const LIFETIME = 4;
const ADDRESS = 16;

/** Prints a Node Information query or reply (RFC 4620). As tcpdump, takes a query for as long as it was captured. */
export function printNodeInformation(out: Output, at: number, stated: number): void {
  const isQuery = out.u8(at) === QUERY;
  const length = isQuery ? Math.min(stated, out.captured(at)) : stated;
  if (isQuery && length === WHO_ARE_YOU) {
    out.sink.text(" who-are-you request");
    return;
  }
  if (!out.need(at + 1, 1)) return;
  if (isQuery) out.sink.text(" node information query");
  if (!out.has(at, isQuery ? HEADER : Math.max(HEADER, length))) {
    out.truncated("icmp6");
    return;
  }
  if (!isQuery) out.sink.text(" node information reply");
  out.sink.text(" (");
  if (isQuery) printQuery(out, at, length);
  else printReply(out, at, length);
  out.sink.text(")");
}

function printQuery(out: Output, at: number, length: number): void {
  const { sink } = out;
  const question = out.u16(at + 4);
  sink.text(QUESTIONS[question] ?? "unknown");
  const flags = out.u16(at + 6);
  if (question === SUPPORTED && flags !== 0) sink.text((flags & COMPRESSED) !== 0 ? " [C]" : " []");
  if (question === NODE_ADDRESSES && flags !== 0) sink.text(` [${addressFlags(flags)}]`);
  if (question === NOOP || question === SUPPORTED) {
    if (length !== HEADER && out.options.verbosity > 0) sink.text(", invalid len");
    return;
  }
  if (length === HEADER) {
    sink.text(", 03 draft");
    return;
  }
  const subject = out.u8(at + 1);
  const subjectAt = at + HEADER;
  if (subject === SUBJECT_IPV6 || subject === SUBJECT_IPV4) {
    const size = subject === SUBJECT_IPV6 ? ADDRESS : 4;
    if (!out.has(subjectAt, size)) return;
    if (length !== HEADER + size) {
      if (out.options.verbosity > 0) sink.text(", invalid subject len");
      return;
    }
    sink.text(", subject=");
    out.address(subjectAt, size);
  } else if (subject === SUBJECT_NAME) {
    sink.text(", subject=DNS name");
    printName(out, subjectAt, at + length);
  } else {
    sink.text(", unknown subject");
  }
}

function printReply(out: Output, at: number, length: number): void {
  const { sink } = out;
  const isVerbose = out.options.verbosity > 0;
  const code = out.u8(at + 1);
  if (code !== SUCCESS) {
    if (code === REFUSED || code === UNKNOWN) {
      sink.text(code === REFUSED ? "refused" : "unknown");
      if (length !== HEADER && isVerbose) sink.text(", invalid length");
    }
    return;
  }
  if (isVerbose) sink.text("success, ");
  const question = out.u16(at + 4);
  const flags = out.u16(at + 6);
  sink.text(QUESTIONS[question] ?? "unknown");
  if (question === NOOP && length !== HEADER && isVerbose) sink.text(", invalid length");
  if (question === SUPPORTED && flags !== 0) sink.text((flags & COMPRESSED) !== 0 ? " [C]" : " []");
  if (question === DNS_NAME) {
    printName(out, at + HEADER + LIFETIME, at + length);
    if ((flags & HAS_LIFETIME) !== 0) sink.text(` [TTL=${out.u32(at + HEADER)}]`);
  }
  if (question === NODE_ADDRESSES) printNodeAddresses(out, at, length, flags);
}

function printNodeAddresses(out: Output, at: number, length: number, flags: number): void {
  const { sink } = out;
  const end = at + length;
  for (let next = at + HEADER; next + LIFETIME + ADDRESS <= end && !out.cut; next += LIFETIME + ADDRESS) {
    sink.text(" ");
    out.ipv6(next + LIFETIME);
    sink.text(`(${out.u32(next)})`);
  }
  if (flags !== 0) sink.text(` [${addressFlags(flags)}${(flags & TRUNCATED) !== 0 ? "T" : ""}]`);
}

function addressFlags(flags: number): string {
  return ADDRESS_FLAGS.map(([bit, letter]) => ((flags & bit) === 0 ? "" : letter)).join("");
}

/** A name as DNS has it, without compression, or, of the draft that came before, as one text behind its length. */
function printName(out: Output, at: number, end: number): void {
  const { sink } = out;
  const isOneText = out.u8(at) === end - at - 1;
  if (isOneText && out.options.verbosity > 0) sink.text(", 03 draft");
  sink.text(', "');
  if (isOneText) for (let next = at + 1; next < end && !out.cut; next++) out.safeChar(out.u8(next));
  else printLabels(out, at, Math.min(end, out.limit));
  sink.text('"');
}

function printLabels(out: Output, from: number, end: number): void {
  const { sink } = out;
  for (let at = from; at < end;) {
    const length = out.u8(at++);
    if (length === 0) {
      if (at === end) sink.text(".");
      else if (at + 1 !== end || out.u8(at) !== 0) sink.text("???");
      return;
    }
    if (length > end - at) {
      sink.text("???");
      return;
    }
    out.safeText(at, length);
    at += length;
    if (at + 1 < end && out.u8(at) !== 0) sink.text(".");
  }
}
