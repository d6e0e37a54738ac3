import { familiesText, nameAndNumber, type NamesByNumber, printUndecoded, systemText } from "./names.ts";
import type { Output } from "../output.ts";

/** Version, AS number, hold time, identifier and the length of the options (RFC 4271 section 4.2). */
const BODY = 10;
const CAPABILITIES = 2;

const OPTIONS: NamesByNumber = { 1: "Authentication Information", 2: "Capabilities Advertisement" };

/** Capabilities (IANA "Capability Codes"). */
const CAPABILITY_NAMES: NamesByNumber = {
  1: "Multiprotocol Extensions",
  2: "Route Refresh",
  3: "Cooperative Route Filtering",
  4: "Multiple Routes to a Destination",
  5: "Extended Next Hop Encoding",
  8: "Multiple Labels",
  64: "Graceful Restart",
  65: "32-Bit AS Number",
  67: "Dynamic Capability",
  68: "Multisession BGP",
  69: "Multiple Paths",
  70: "Enhanced Route Refresh",
  71: "Long-lived Graceful Restart",
  128: "Route Refresh (Cisco)",
};

/** Prints a capability's value; false where it is too short for what it says, and the others are left out. */
type PrintCapability = (out: Output, at: number, length: number) => boolean;

const CAPABILITY_PRINTERS: Readonly<Record<number, PrintCapability>> = {
  1: printMultiprotocol,
  2: () => true,
  8: printMultipleLabels,
  64: printGracefulRestart,
  65: printLongSystem,
  69: printMultiplePaths,
  71: () => true,
  128: () => true,
};

/** Prints the body of an OPEN (RFC 4271 section 4.2). */
export function printOpen(out: Output, at: number, end: number): void {
  if (end - at < BODY || !out.has(at, BODY)) {
    out.truncated("bgp");
    return;
  }
  const system = systemText(out, out.u16(at + 1));
  out.sink.text(`\n\t  Version ${out.u8(at)}, my AS ${system}, Holdtime ${out.u16(at + 3)}s, ID `);
  out.ipv4(at + 5);
  const length = out.u8(at + 9);
  out.sink.text(`\n\t  Optional parameters, length: ${length}`);
  if (!printOptions(out, at + BODY, length, end)) out.truncated("bgp");
}

/** Prints the optional parameters; false where they go beyond `end`. */
function printOptions(out: Output, from: number, length: number, end: number): boolean {
  for (let at = from; at < from + length && !out.cut;) {
    if (at + 2 > end) return false;
    const type = out.u8(at);
    const size = out.u8(at + 1);
    if (at + 2 + size > from + length) {
      out.sink.text(`\n\t     Option ${type}, length: ${size}, goes past the end of the options`);
      return true;
    }
    out.sink.text(`\n\t    Option ${nameAndNumber(OPTIONS, type)}, length: ${size}`);
    if (type === CAPABILITIES) {
      if (!printCapabilities(out, at + 2, at + 2 + size)) return true;
    } else out.sink.text(`\n\t      no decoder for option ${type}`);
    at += 2 + size;
  }
  return true;
}

/** Prints capabilities (RFC 5492 section 4). */
function printCapabilities(out: Output, from: number, end: number): boolean {
  for (let at = from; at < end;) {
    if (!out.has(at, 2)) {
      out.truncated("bgp");
      return true;
    }
    const code = out.u8(at);
    const length = out.u8(at + 1);
    const value = at + 2;
    out.sink.text(`\n\t      ${nameAndNumber(CAPABILITY_NAMES, code)}, length: ${length}`);
    if (!out.has(value, length)) {
      out.truncated("bgp");
      return true;
    }
    const print = CAPABILITY_PRINTERS[code] ?? printUnknown;
    if (!print(out, value, length)) return true;
    if (out.options.verbosity > 1 && length > 0) out.hexLines(value, length, "\n\t\t");
    at = value + length;
  }
  return true;
}

function printUnknown(out: Output, at: number, length: number): boolean {
  out.sink.text(`\n\t\tno decoder for Capability ${out.u8(at - 2)}`);
  printUndecoded(out, at, length, "\n\t\t");
  return true;
}

function isTooShort(out: Output, length: number, least: number): boolean {
  if (length >= least) return false;
  out.sink.text(` (too short, < ${least})`);
  return true;
}

/** RFC 4760 section 8. */
function printMultiprotocol(out: Output, at: number, length: number): boolean {
  if (isTooShort(out, length, 4)) return false;
  out.sink.text(`\n\t\t${familiesText(out.u16(at), out.u8(at + 3))}`);
  return true;
}

/** RFC 8277 section 2.1. */
function printMultipleLabels(out: Output, from: number, length: number): boolean {
  for (let at = from; at + 4 <= from + length; at += 4) {
    out.sink.text(`\n\t\t${familiesText(out.u16(at), out.u8(at + 2))}, Count: ${out.u8(at + 3)}`);
  }
  return true;
}

/** RFC 4724 section 3. */
function printGracefulRestart(out: Output, from: number, length: number): boolean {
  if (isTooShort(out, length, 2)) return false;
  const first = out.u16(from);
  const flags = (first & 0x8000) === 0 ? "none" : "R";
  out.sink.text(`\n\t\tRestart Flags: [${flags}], Restart Time ${first & 0xfff}s`);
  for (let at = from + 2; at + 4 <= from + length; at += 4) {
    const kept = (out.u8(at + 3) & 0x80) === 0 ? "no" : "yes";
    out.sink.text(`\n\t\t  ${familiesText(out.u16(at), out.u8(at + 2))}, Forwarding state preserved: ${kept}`);
  }
  return true;
}

/** RFC 6793 section 3. */
function printLongSystem(out: Output, at: number, length: number): boolean {
  if (isTooShort(out, length, 4)) return false;
  out.sink.text(`\n\t\t 4 Byte AS ${systemText(out, out.u32(at))}`);
  return true;
}

const DIRECTIONS: readonly (string | undefined)[] = [undefined, "Receive", "Send", "Both"];

/** RFC 7911 section 4. */
function printMultiplePaths(out: Output, from: number, length: number): boolean {
  if (length === 0) {
    out.sink.text(" (bogus)");
    return true;
  }
  for (let at = from; at < from + length; at += 4) {
    if (at + 4 > from + length) {
      out.invalid();
      return true;
    }
    const direction = out.u8(at + 3);
    const word = DIRECTIONS[direction] ?? `Bogus (0x${direction.toString(16).padStart(2, "0")})`;
    out.sink.text(`\n\t\t${familiesText(out.u16(at), out.u8(at + 2))}, Send/Receive: ${word}`);
  }
  return true;
}
