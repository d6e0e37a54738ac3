import type { EndIndex } from "../flow/states.ts";

/** Where a cause has its row and its word: one per row of the table of causes. */
export interface Cause {
  readonly word: string;
  readonly code: string;
}

/** The call that fails, as a program sees it. */
export type FailingCall = "connect" | "send" | "recv" | "accept";

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

/** A list of SYNs (or of data) recognised as one stack's. */
export interface ScheduleMatch {
  readonly stack: string;
  /** Repetitions that this schedule makes in all. */
  readonly retries: number;
  /** Seconds from the first one; null: no more are to come. */
  readonly nextSyn: number | null;
  /** Seconds from the first one to the error. */
  readonly givesUp: number;
}

/** What is said of one connection or attempt. */
export interface Verdict {
  /** null: no segment of it is in the capture. */
  readonly stream: number | null;
  readonly client: { readonly address: string; readonly port: number | null };
  readonly server: { readonly address: string; readonly port: number | null };
  readonly cause: Cause;
  /** null when nothing failed at the client. */
  readonly call: FailingCall | null;
  readonly errno: string | null;
  /** Seconds from the first packet of the attempt to the return of the failing call; null when nothing failed. */
  readonly seconds: number | null;
  readonly confidence: Confidence;
  /** Why the confidence is not higher; "" when certain. */
  readonly doubt: string;
  readonly evidence: readonly EvidenceFrame[];
  readonly schedule: ScheduleMatch | null;
  readonly failures: readonly Failure[];
  readonly later: readonly LaterCall[];
  readonly summary: string;
  readonly likelyCauses: readonly string[];
  readonly next: readonly string[];
  /** Nanoseconds since the first frame of the capture: for the order of verdicts. */
  readonly timeNs: number;
}
