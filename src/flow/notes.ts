import type { EndIndex, TcpState } from "./states.ts";

/** Entries of each kind remembered for one connection. */
const MAX_NOTES = 16;

/** A SYN that says more than "open": it asks for ECN or carries data, or it is one that was sent again. */
export interface SynNote {
  readonly frame: number;
  readonly timeNs: number;
  readonly flags: number;
  readonly payloadLength: number;
  /** Length of the Fast Open cookie (RFC 7413); 0: asks for one; -1: no such option. */
  readonly fastOpen: number;
  readonly identification: number;
  readonly ttl: number;
}

/** An answer to the SYN that belongs to no connection that this SYN opens (RFC 9293 section 3.10.7.3). */
export interface Challenge {
  readonly frame: number;
  readonly timeNs: number;
  /** It was a SYN-ACK, not a bare ACK. */
  readonly withSyn: boolean;
}

/** The connection before on the same four-tuple, as it was when the new SYN came. */
export interface Reuse {
  readonly stream: number;
  readonly lastFrame: number;
  /** Of the one who opened it, and of the other. */
  readonly states: readonly [TcpState, TcpState];
  /** Nanoseconds since its last segment. */
  readonly idleNs: number;
  /** The new SYN's number lies beyond what that end sent before. */
  readonly newerSequence: boolean;
  /** Its timestamp is newer; undefined: not both had one. */
  readonly newerTimestamp: boolean | undefined;
}

/** How long one end kept its receive window closed. */
export interface ClosedWindow {
  count: number;
  readonly frame: number;
  /** Since when it is closed, in nanoseconds since the first frame; `NEVER`: it is open. */
  sinceNs: number;
  longestNs: number;
}

/** What was known of the sender when a RST came in its name. */
export interface ResetNote {
  readonly frame: number;
  readonly hasTimestamps: boolean;
  /** IP identification of the segment before from that address; 0: none. */
  readonly lastIdentification: number;
  /** Nanoseconds since the segment was sent that it acknowledges; -1: it acknowledges none. */
  readonly answeredNs: number;
}

/** The first FIN or RST, and for how long the other end had been silent then. */
export interface CloseNote {
  readonly frame: number;
  readonly from: EndIndex;
  readonly silentNs: number;
  /** The other end had never sent data. */
  readonly unanswered: boolean;
}

/** The last segment with data that was sent again. */
export interface RepeatNote {
  readonly from: EndIndex;
  readonly frame: number;
  readonly payloadLength: number;
  /** It is the first data of that end. */
  readonly isFirstData: boolean;
  readonly isClientHello: boolean;
}

/** Rare things that the verdict on a connection asks for; most connections have none. */
export class ConnectionNotes {
  readonly syns: SynNote[] = [];
  readonly challenges: Challenge[] = [];
  readonly resets: ResetNote[] = [];
  /** Frames that are the same packet as one before: same IP identification, moments later. */
  readonly duplicates: number[] = [];
  /** Such a frame had another TTL: it was captured at two places. */
  duplicatesDiffer = false;
  reuse: Reuse | undefined = undefined;
  close: CloseNote | undefined = undefined;
  repeat: RepeatNote | undefined = undefined;
  /** Of what the client may receive, and the server. */
  readonly closedWindows: [ClosedWindow | undefined, ClosedWindow | undefined] = [undefined, undefined];
}

/** Adds to a list of notes; more of one kind say nothing. */
export function addNote<T>(list: T[], note: T): void {
  if (list.length < MAX_NOTES) list.push(note);
}
