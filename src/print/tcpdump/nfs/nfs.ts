import { printArguments } from "./calls.ts";
import { PROCEDURES, VERSION_2_PROCEDURES } from "./names.ts";
import { hasResults, printResults } from "./replies.ts";
import type { Output } from "../output.ts";

export const NFS_PORT = 2049;

/** Fields of an RPC message (RFC 5531 section 9). */
const DIRECTION_AT = 4;
const STATE_AT = 8;
const REASON_AT = 12;
const VERSION_AT = 16;
const PROCEDURE_AT = 20;
const CREDENTIALS_AT = 24;
const CALL = 0;
const REPLY = 1;

/** How `accepted` went (RFC 5531 section 9). */
const ACCEPTED: readonly (string | undefined)[] = [
  undefined,
  "PROG_UNAVAIL",
  "PROG_MISMATCH",
  "PROC_UNAVAIL",
  "GARBAGE_ARGS",
  "SYSTEM_ERR",
];

const AUTHENTICATION: readonly string[] = [
  "OK",
  "Bogus Credentials (seal broken)",
  "Rejected Credentials (client should begin new session)",
  "Bogus Verifier (seal broken)",
  "Verifier expired or was replayed",
  "Credentials are too weak",
  "Bogus response verifier",
  "Unknown failure",
];

/** Prints NFS of version 2 (RFC 1094) and 3 (RFC 1813); a reply is read by the call that it answers. */
export class NfsPrinter {
  readonly #out: Output;

  constructor(out: Output) {
    this.#out = out;
  }

  /** Prints `prefix` and the message of `length` bytes at `at`; false where it is neither call nor reply. */
  print(prefix: string, at: number, length: number, sourcePort: number, destinationPort: number): boolean {
    const out = this.#out;
    if (!out.has(at + DIRECTION_AT, 4)) return false;
    const direction = out.u32(at + DIRECTION_AT);
    if (destinationPort === NFS_PORT && direction === CALL) {
      out.sink.text(`${prefix}NFS request xid ${out.u32(at)} `);
      out.protocol = "nfs";
      this.#printCall(at, length);
      return true;
    }
    if (sourcePort === NFS_PORT && direction === REPLY) {
      out.sink.text(`${prefix}NFS reply xid ${out.u32(at)} `);
      out.protocol = "nfs";
      this.#printReply(at, length);
      return true;
    }
    return false;
  }

  /** The same behind the length of its record (RFC 5531 section 11). */
  printRecord(at: number, length: number, sourcePort: number, destinationPort: number): void {
    const out = this.#out;
    if (!out.has(at, 4)) return;
    const stated = out.u32(at) & 0x7fffffff;
    this.print(": ", at + 4, Math.min(stated, (length - 4) >>> 0), sourcePort, destinationPort);
  }

  #printCall(at: number, length: number): void {
    const out = this.#out;
    out.sink.text(String(length));
    if (!out.has(at + PROCEDURE_AT, 4)) {
      out.truncated("nfs");
      return;
    }
    const version = out.u32(at + VERSION_AT);
    const procedure = out.u32(at + PROCEDURE_AT);
    out.nfsCalls.add(out, at, version, procedure);
    const code = procedureCode(version, procedure);
    out.sink.text(` ${PROCEDURES[code] ?? `proc-${code}`}`);
    printArguments(out, code, version === 3, at + CREDENTIALS_AT, length);
  }

  #printReply(at: number, length: number): void {
    const out = this.#out;
    if (!out.has(at + STATE_AT, 4)) {
      out.truncated("nfs");
      return;
    }
    const state = out.u32(at + STATE_AT);
    if (state > 1) {
      out.sink.text(`reply Unknown rpc response code=${state} ${length}`);
      return;
    }
    if (state === 1) {
      out.sink.text(`reply ERR ${length}: `);
      this.#printDenial(at);
      return;
    }
    out.sink.text(`reply ok ${length}`);
    const call = out.nfsCalls.find(out, at);
    if (call === undefined) return;
    const code = procedureCode(call.version, call.procedure);
    out.sink.text(` ${PROCEDURES[code] ?? `proc-${code}`}`);
    if (!hasResults(code, call.version === 3)) return;
    const resultsAt = this.#printAcceptance(at, length);
    if (resultsAt > 0) printResults(out, code, call.version === 3, resultsAt);
  }

  #printDenial(at: number): void {
    const out = this.#out;
    const reason = out.u32(at + REASON_AT);
    if (reason === 0) {
      const low = out.u32(at + 16);
      out.sink.text(`RPC Version mismatch (${low}-${out.u32(at + 20)})`);
    } else if (reason === 1) {
      const why = out.u32(at + 16);
      out.sink.text(`Auth ${AUTHENTICATION[why] ?? `Invalid failure code ${why}`}`);
    } else out.sink.text(`Unknown reason for rejecting rpc message ${reason}`);
  }

  /** Where the results of an accepted call are; 0 where there are none. */
  #printAcceptance(at: number, length: number): number {
    const out = this.#out;
    const verifier = out.u32(at + 16);
    if (verifier >= length) {
      out.truncated("nfs");
      return 0;
    }
    const stateAt = at + 20 + 4 * Math.ceil(verifier / 4);
    const state = out.u32(stateAt);
    if (state === 0) return stateAt + 4;
    out.sink.text(` ${ACCEPTED[state] ?? `ar_stat ${state}`}`);
    return 0;
  }
}

/** The procedure as version 3 numbers it. */
function procedureCode(version: number, procedure: number): number {
  return version === 3 ? procedure : (VERSION_2_PROCEDURES[procedure] ?? procedure);
}
