import type { Output } from "./output.ts";

const IAC = 0xff;
const SB = 0xfa;
const SE = 0xf0;
const FIRST_COMMAND = 0xec;

/** Commands from 0xec on (RFC 854, RFC 1116). */
const COMMANDS: readonly string[] = [
  "EOF",
  "SUSP",
  "ABORT",
  "EOR",
  "SE",
  "NOP",
  "DMARK",
  "BRK",
  "IP",
  "AO",
  "AYT",
  "EC",
  "EL",
  "GA",
  "SB",
  "WILL",
  "WONT",
  "DO",
  "DONT",
  "IAC",
];

/** Options (IANA "Telnet Options"). */
const OPTIONS: readonly string[] = [
  "BINARY",
  "ECHO",
  "RCP",
  "SUPPRESS GO AHEAD",
  "NAME",
  "STATUS",
  "TIMING MARK",
  "RCTE",
  "NAOL",
  "NAOP",
  "NAOCRD",
  "NAOHTS",
  "NAOHTD",
  "NAOFFD",
  "NAOVTS",
  "NAOVTD",
  "NAOLFD",
  "EXTEND ASCII",
  "LOGOUT",
  "BYTE MACRO",
  "DATA ENTRY TERMINAL",
  "SUPDUP",
  "SUPDUP OUTPUT",
  "SEND LOCATION",
  "TERMINAL TYPE",
  "END OF RECORD",
  "TACACS UID",
  "OUTPUT MARKING",
  "TTYLOC",
  "3270 REGIME",
  "X.3 PAD",
  "NAWS",
  "TSPEED",
  "LFLOW",
  "LINEMODE",
  "XDISPLOC",
  "OLD-ENVIRON",
  "AUTHENTICATION",
  "ENCRYPT",
  "NEW-ENVIRON",
];

const AUTHENTICATION = 37;
const ENCRYPT = 38;
const QUALIFIERS: readonly string[] = ["IS", "SEND", "INFO"];

/** Prints the commands in a Telnet segment; text is left out. */
export function printTelnet(out: Output, from: number, length: number): void {
  const sink = out.sink;
  out.protocol = "telnet";
  const end = from + length;
  let first = true;
  for (let at = from; at < end && !out.cut;) {
    if (!out.has(at, 1)) {
      out.cutHere();
      return;
    }
    // Commands are shown as far as they come first.
    if (out.u8(at) !== IAC) break;
    if (at + 1 >= end) {
      out.truncated("telnet");
      return;
    }
    const size = commandSize(out, at, end);
    if (size < 0) return;
    sink.text(first ? " [telnet " : ", ");
    first = false;
    if (!printCommand(out, at, size)) return;
    at += size;
  }
  if (!first) sink.text("]");
}

/** Bytes of the command at `at`, with IAC; -1 when it is cut, which is said. */
function commandSize(out: Output, at: number, end: number): number {
  const command = out.u8(at + 1);
  let size = 2;
  if (command >= 0xfb && command < IAC) size = 3;
  if (command === SB) {
    let next = at + 2;
    while (next + 1 < end && out.has(next, 2) && !(out.u8(next) === IAC && out.u8(next + 1) === SE)) next++;
    size = next + 2 - at;
  }
  if (at + size <= end && out.has(at, size)) return size;
  out.truncated("telnet");
  return -1;
}

function printCommand(out: Output, at: number, size: number): boolean {
  const sink = out.sink;
  const command = out.u8(at + 1);
  if (command === IAC) {
    sink.text("IAC IAC");
    return true;
  }
  const name = command >= FIRST_COMMAND ? COMMANDS[command - FIRST_COMMAND]! : undefined;
  if (name === undefined) {
    sink.text(`IAC 0x${command.toString(16)}`);
    return true;
  }
  sink.text(name);
  if (size < 3) return true;
  const option = out.u8(at + 2);
  sink.text(` ${OPTIONS[option] ?? `0x${option.toString(16)}`}`);
  if (command === SB) printNegotiation(out, option, at + 3, at + size - 2);
  return true;
}

function printNegotiation(out: Output, option: number, from: number, end: number): void {
  const sink = out.sink;
  let at = from;
  if (at < end && option !== AUTHENTICATION && option !== ENCRYPT) {
    const qualifier = out.u8(at++);
    sink.text(` ${QUALIFIERS[qualifier] ?? numberText(qualifier)}`);
  }
  for (; at < end; at++) sink.text(` ${numberText(out.u8(at))}`);
  sink.text(" SE");
}

/** Hexadecimal as C's "%#x" prints it: zero has no prefix. */
function numberText(value: number): string {
  return value === 0 ? "0" : `0x${value.toString(16)}`;
}
