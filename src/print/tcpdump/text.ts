import type { Output } from "./output.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;
const MAX_TOKEN = 127;

/** A protocol of text lines: what its requests start with; undefined: every message is printed. */
export interface TextProtocol {
  readonly name: string;
  readonly requests: ReadonlySet<string> | undefined;
  /** A response starts with a version, and its code is the second word. */
  readonly codeIsSecond: boolean;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

export const HTTP: TextProtocol = {
  name: "http",
  requests: words(
    "GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK REPORT UPDATE NOTIFY " +
      "BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT " +
      "MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL",
  ),
  codeIsSecond: true,
};

export const RTSP: TextProtocol = {
  name: "rtsp",
  requests: words("OPTIONS DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT RECORD"),
  codeIsSecond: true,
};

export const SIP: TextProtocol = {
  name: "sip",
  requests: words(
    "ACK BYE CANCEL DO INFO INVITE MESSAGE NOTIFY OPTIONS PRACK QAUTH REFER REGISTER SPRACK SUBSCRIBE UPDATE PUBLISH",
  ),
  codeIsSecond: true,
};

export const FTP: TextProtocol = { name: "ftp", requests: undefined, codeIsSecond: false };
export const SMTP: TextProtocol = { name: "smtp", requests: undefined, codeIsSecond: false };
export const WHOIS: TextProtocol = { name: "whois", requests: undefined, codeIsSecond: false };

/** Prints a message of a text protocol: its first line, or with `-v` all its lines. */
export function printText(out: Output, protocol: TextProtocol, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = protocol.name;
  sink.text(protocol.name.toUpperCase());
  if (!isMessage(out, protocol, at, length)) return;
  const end = at + length;
  if (out.options.verbosity === 0) {
    printLine(out, ": ", at, end);
    return;
  }
  sink.text(`, length: ${length}`);
  for (let next = at; next > 0 && next < end;) next = printLine(out, "\n\t", next, end);
}

/** Prints one line; where the next starts, or 0 where the text ends. */
function printLine(out: Output, prefix: string, from: number, end: number): number {
  const bytes = out.bytes;
  let at = from;
  let next = 0;
  for (; at < end; at++) {
    if (!out.need(at, 1)) return 0;
    const code = bytes[at]!;
    if (code === LINE_FEED) {
      next = at + 1;
      break;
    }
    if (code === CARRIAGE_RETURN) {
      if (at + 1 >= end) return 0;
      if (!out.need(at + 1, 1)) return 0;
      if (bytes[at + 1] !== LINE_FEED) return 0;
      next = at + 2;
      break;
    }
    // Anything that is not text: the message goes on in binary, and is not printed.
    if (code !== TAB && (code < 0x20 || code > 0x7e)) return 0;
  }
  out.sink.text(prefix);
  out.sink.copy(bytes, from, at);
  if (next === 0) out.truncated(out.protocol);
  return next;
}

/** Whether the bytes look like a request or a response. */
function isMessage(out: Output, protocol: TextProtocol, at: number, length: number): boolean {
  if (protocol.requests === undefined) return true;
  const end = Math.min(at + length, out.limit);
  const isCut = end < at + length;
  const first = tokenEnd(out, at, end, isCut);
  if (first < 0) return false;
  if (protocol.requests.has(tokenText(out, at, first).toUpperCase())) return true;
  if (!protocol.codeIsSecond) return isCode(out, at, first);
  let next = first;
  while (next < end && (out.bytes[next] === 0x20 || out.bytes[next] === TAB)) next++;
  const second = tokenEnd(out, next, end, isCut);
  return second >= 0 && isCode(out, next, second);
}

/** Where the word at `at` ends; -1 when there is none, or it is not text. */
function tokenEnd(out: Output, from: number, end: number, isCut: boolean): number {
  const bytes = out.bytes;
  let at = from;
  for (; at < end; at++) {
    const code = bytes[at]!;
    if (code === 0x20 || (code >= TAB && code <= CARRIAGE_RETURN)) break;
    if (code < 0x20 || code > 0x7e || at - from >= MAX_TOKEN) return -1;
  }
  if (at === end && isCut) return -1;
  return at === from ? -1 : at;
}

function tokenText(out: Output, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(out.bytes[at]!);
  return text;
}

function isCode(out: Output, from: number, to: number): boolean {
  if (to - from !== 3) return false;
  for (let at = from; at < to; at++) {
    const code = out.bytes[at]!;
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

const SSH = [0x53, 0x53, 0x48, 0x2d];

/** Prints the line of an SSH version exchange (RFC 4253 section 4.2). */
export function printSsh(out: Output, from: number, length: number): void {
  const bytes = out.bytes;
  out.protocol = "ssh";
  for (let i = 0; i < length; i++) {
    if (!out.need(from + i, 1)) return;
    const code = bytes[from + i]!;
    if (i < SSH.length && code !== SSH[i]) return;
    if (code === LINE_FEED) {
      const end = bytes[from + i - 1] === CARRIAGE_RETURN ? from + i - 1 : from + i;
      out.sink.text(": SSH: ");
      out.sink.copy(bytes, from, end);
      return;
    }
    if (code !== CARRIAGE_RETURN && (code < 0x20 || code > 0x7e)) return;
  }
}
