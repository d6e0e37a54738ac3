import { familiesText, nameAndNumber, type NamesByNumber } from "./names.ts";
import type { Output } from "../output.ts";

const CEASE = 6;
const MAXIMUM_PREFIXES = 1;
const SHUTDOWN = 2;
const RESET = 4;

/** Error codes (RFC 4271 section 4.5, RFC 6608, draft-ietf-idr-dynamic-cap). */
const ERRORS: NamesByNumber = {
  1: "Message Header Error",
  2: "OPEN Message Error",
  3: "UPDATE Message Error",
  4: "Hold Timer Expired",
  5: "Finite State Machine Error",
  6: "Cease",
  7: "Capability Message Error",
};

const SUBCODES: Readonly<Record<number, { readonly prefix: string; readonly names: NamesByNumber }>> = {
  1: {
    prefix: ", ",
    names: { 1: "Connection Not Synchronized", 2: "Bad Message Length", 3: "Bad Message Type" },
  },
  2: {
    prefix: ", ",
    names: {
      1: "Unsupported Version Number",
      2: "Bad Peer AS",
      3: "Bad BGP Identifier",
      4: "Unsupported Optional Parameter",
      5: "Authentication Failure",
      6: "Unacceptable Hold Time",
      7: "Capability Message Error",
    },
  },
  3: {
    prefix: ", ",
    names: {
      1: "Malformed Attribute List",
      2: "Unrecognized Well-known Attribute",
      3: "Missing Well-known Attribute",
      4: "Attribute Flags Error",
      5: "Attribute Length Error",
      6: "Invalid ORIGIN Attribute",
      7: "AS Routing Loop",
      8: "Invalid NEXT_HOP Attribute",
      9: "Optional Attribute Error",
      10: "Invalid Network Field",
      11: "Malformed AS_PATH",
    },
  },
  5: {
    prefix: " ",
    names: {
      0: "Unspecified Error",
      1: "In OpenSent State",
      2: "In OpenConfirm State",
      3: "In Established State",
    },
  },
  6: {
    prefix: ", ",
    names: {
      1: "Maximum Number of Prefixes Reached",
      2: "Administrative Shutdown",
      3: "Peer Unconfigured",
      4: "Administrative Reset",
      5: "Connection Rejected",
      6: "Other Configuration Change",
      7: "Connection Collision Resolution",
    },
  },
  7: {
    prefix: " ",
    names: {
      1: "Invalid Action Value",
      2: "Invalid Capability Length",
      3: "Malformed Capability Value",
      4: "Unsupported Capability Code",
    },
  },
};

/** Prints the body of a NOTIFICATION (RFC 4271 section 4.5). */
export function printNotification(out: Output, at: number, end: number): void {
  if (!out.has(at, 2)) {
    out.truncated("bgp");
    return;
  }
  if (end - at < 2) return;
  const error = out.u8(at);
  const subcode = out.u8(at + 1);
  out.sink.text(`, ${nameAndNumber(ERRORS, error, "Unknown Error")}`);
  const subcodes = SUBCODES[error];
  if (subcodes !== undefined) out.sink.text(`${subcodes.prefix}subcode ${nameAndNumber(subcodes.names, subcode)}`);
  if (error === CEASE) printCease(out, subcode, at + 2, end);
}

function printCease(out: Output, subcode: number, at: number, end: number): void {
  if (subcode === MAXIMUM_PREFIXES && end - at >= 7) {
    out.sink.text(`, ${familiesText(out.u16(at), out.u8(at + 2))}, Max Prefixes: ${out.u32(at + 3)}`);
  }
  if ((subcode !== SHUTDOWN && subcode !== RESET) || end <= at) return;
  const rest = printShutdownText(out, at, end);
  if (rest === end) return;
  out.sink.text(`, Data: (length: ${end - rest})`);
  out.hexLines(rest, end - rest, "\n\t\t");
}

/** Prints why an administrator ended the session (RFC 9003); where the data after it starts. */
function printShutdownText(out: Output, at: number, end: number): number {
  const length = out.u8(at);
  if (length > end - at - 1) {
    out.sink.text(", invalid Shutdown Communication length");
    return at;
  }
  if (length === 0) {
    out.sink.text(", empty Shutdown Communication");
    return at + 1;
  }
  out.sink.text(`, Shutdown Communication (length: ${length}): "`);
  out.safeText(at + 1, length);
  out.sink.text('"');
  return at + 1 + length;
}
