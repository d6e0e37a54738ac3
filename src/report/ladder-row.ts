import type { EndIndex, TcpState } from "../flow/states.ts";

/** A system call of one end that returns, or is called, because of a row. */
export interface LadderCall {
  readonly end: EndIndex;
  readonly text: string;
  readonly failed: boolean;
}

/** What both ends are in after a row; "?" where the capture cannot tell. */
export type LadderStates = readonly [TcpState | "?", TcpState | "?"];

/** One row of a sequence diagram. */
export interface LadderRow {
  /** `event`: nothing on the wire, only calls. */
  readonly kind: "segment" | "icmp" | "neighbour" | "gap" | "event";
  /** 0: none. */
  readonly frame: number;
  /** Seconds from the first packet of the attempt. */
  readonly at: number;
  /** Where the arrow starts. */
  readonly from: EndIndex;
  /** What the arrow says, the longest first: a reader takes the first that fits. */
  readonly labels: readonly string[];
  /** What is to be said about it. */
  readonly notes: readonly string[];
  /** It was sent again, or nobody ever acknowledged it. */
  readonly lost: boolean;
  /** It carries what was sent before. */
  readonly repeated: boolean;
  readonly states: LadderStates;
  readonly calls: readonly LadderCall[];
}

/** One connection, or one attempt, as a sequence diagram. */
export interface Ladder {
  /** Address and port of client and server, with what they are: "client 10.0.0.1:40000". */
  readonly ends: readonly [string, string];
  /** Before the first row. */
  readonly states: LadderStates;
  readonly rows: readonly LadderRow[];
}
