import type { StackFamily } from "../flow/stack.ts";
import type { EndIndex } from "../flow/states.ts";
import type { CapturePoint } from "../flow/vantage.ts";

/** Where a cause has its row and its word: one per row of the table of causes. */
export interface Cause {
  readonly word: string;
  readonly code: string;
}

/** The call that fails, as a program sees it. */
export type FailingCall = "connect" | "send" | "recv" | "accept" | "bind";

/** How sure a verdict is: nothing else fits; the best fit; one of several. */
export type Confidence = "certain" | "likely" | "possible";

/** An error that the kernel of one end set. */
export interface Failure {
  readonly end: EndIndex;
  readonly call: FailingCall;
  readonly errno: string;
  /** Seconds from the first packet of the attempt. */
  readonly at: number;
}

/** What a later call of that program returns. */
export interface LaterCall {
  readonly end: EndIndex;
  readonly call: FailingCall;
  /** Errno, or "0" for the end of file. */
  readonly returns: string;
}

export interface EvidenceFrame {
  readonly frame: number;
  readonly note: string;
}

/** What is repeated by a schedule. */
export type ScheduleKind = "syn" | "syn-ack" | "data" | "fin" | "keep-alive" | "window-probe";

/** A list of SYNs (or of data, probes…) recognised as one stack's. */
export interface ScheduleMatch {
  readonly kind: ScheduleKind;
  /** Stack and setting. */
  readonly stack: string;
  /** Repetitions that this schedule makes in all. */
  readonly retries: number;
  /** When the next one is due, in seconds from the first one; null: no more are to come. */
  readonly nextSyn: number | null;
  /** Seconds from the first one to the error. */
  readonly givesUp: number;
}

/** How far the connection had come when it failed, or at the end of the capture. */
export type Phase = "connect" | "established" | "close";

/** Where the capture was made, seen from one connection. */
export interface Vantage {
  readonly at: CapturePoint;
  readonly reason: string;
}

/** Whose TCP an end runs, as its SYN tells. */
export interface StackGuess {
  readonly family: StackFamily;
  readonly name: string;
  readonly confidence: Confidence;
  readonly reason: string;
}

/** Who sent the RST that ended the connection. */
export interface Provenance {
  readonly frame: number;
  /** The peer's kernel; a firewall in its place; a device on the way that ended the connection; someone who forged it. */
  readonly origin: "kernel" | "firewall" | "middlebox" | "forged";
  readonly confidence: Confidence;
  readonly reasons: readonly string[];
}

/** Attempts that belong to one connect of a program. */
export interface AttemptGroup {
  readonly kind: "happy-eyeballs" | "retries" | "port-scan" | "syn-flood";
  /** Streams of all of them, at most 32, this one included. */
  readonly streams: readonly number[];
  /** How many there are. */
  readonly count: number;
}

/** What is said of one connection or attempt. */
export interface Verdict {
  /** null: no segment of it is in the capture, or all are cut too short to be followed. */
  readonly stream: number | null;
  /** Addresses are null where none was chosen, or none is known: of a connect() that left nothing on the wire. */
  readonly client: { readonly address: string | null; readonly port: number | null };
  readonly server: { readonly address: string | null; readonly port: number | null };
  readonly cause: Cause;
  /** null when nothing failed at the client. */
  readonly call: FailingCall | null;
  readonly errno: string | null;
  /** Seconds from the first packet of the attempt to the return of the failing call; null when nothing failed. */
  readonly seconds: number | null;
  /** `seconds` is what a schedule predicts, not what the capture shows. */
  readonly predicted: boolean;
  readonly phase: Phase;
  readonly confidence: Confidence;
  /** Why the confidence is not higher; "" when certain. */
  readonly doubt: string;
  readonly evidence: readonly EvidenceFrame[];
  readonly schedule: ScheduleMatch | null;
  readonly failures: readonly Failure[];
  readonly later: readonly LaterCall[];
  readonly summary: string;
  readonly vantage: Vantage;
  /** null: no SYN of that end is in the capture. */
  readonly stacks: readonly [StackGuess | null, StackGuess | null];
  readonly provenance: Provenance | null;
  readonly group: AttemptGroup | null;
  /** What else was seen of it: errors that were ignored, a gateway that changed… */
  readonly remarks: readonly string[];
  /** What a capture at the other end would tell; "": nothing more. */
  readonly otherEnd: string;
  readonly likelyCauses: readonly string[];
  readonly next: readonly string[];
  /** Nanoseconds since the first frame of the capture: for the order of verdicts. */
  readonly timeNs: number;
}
