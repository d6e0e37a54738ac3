import { ACK, RST } from "../wire/tcp.ts";
import { RoundTrips } from "./round-trips.ts";
import type { Segment } from "./segment.ts";
import { less, lessOrEqual } from "./sequence.ts";
import { SequenceSpace } from "./sequence-space.ts";
import { NEVER } from "./time.ts";

/** Segments that wait for their acknowledgment, at most. */
const MAX_WAITING = 10_000;

/** A segment that is not acknowledged, as numbers; `latestNs`: when it was sent last. */
interface Waiting {
  start: number;
  readonly end: number;
  readonly timeNs: number;
  latestNs: number;
  again: boolean;
}

/**
 * What tcptrace 6.6 tells of one direction, by its definitions, found by what it
 * prints: repeated bytes are all sequence numbers that were seen before, SYN,
 * FIN, keep-alives and probes included; a round trip counts when the
 * acknowledgment ends exactly at a segment that was sent once, and nothing
 * before that segment was sent after it (Karn's rule, and more).
 */
export class TcptraceCounts {
  /** Segments with sequence numbers that were seen before, and how many such numbers. */
  retransmissions = 0;
  retransmittedBytes = 0;
  readonly rtt: RoundTrips = new RoundTrips();
  readonly #sent = new SequenceSpace();
  #waiting: Waiting[] = [];
  /** When something that is acknowledged was last sent. */
  #latestNs: number = NEVER;

  send(segment: Segment): void {
    const length = segment.sequenceLength;
    if (length === 0 || (segment.flags & RST) !== 0) return;
    const { sequence: start, timeNs } = segment;
    const end = (start + length) | 0;
    const repeated = length - this.#sent.add(start, end);
    if (repeated > 0) {
      this.retransmissions++;
      this.retransmittedBytes += repeated;
      this.#repeat(start, end, timeNs);
    }
    if (repeated < length) this.#wait(start, end, timeNs, repeated > 0);
  }

  #repeat(start: number, end: number, timeNs: number): void {
    let found = false;
    for (const each of this.#waiting) {
      if (lessOrEqual(each.end, start) || lessOrEqual(end, each.start)) continue;
      each.latestNs = timeNs;
      each.again = true;
      found = true;
    }
    if (!found) this.#latestNs = timeNs;
  }

  /** In the order of sequence numbers, so that what comes before is before. */
  #wait(start: number, end: number, timeNs: number, again: boolean): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    let index = this.#waiting.length;
    while (index > 0 && less(end, this.#waiting[index - 1]!.end)) index--;
    this.#waiting.splice(index, 0, { start, end, timeNs, latestNs: timeNs, again });
  }

  receive(segment: Segment): void {
    if ((segment.flags & ACK) === 0 || this.#waiting.length === 0) return;
    const { acknowledgment, timeNs } = segment;
    let count = 0;
    for (const each of this.#waiting) {
      if (less(acknowledgment, each.end)) break;
      count++;
      if (each.end === acknowledgment && !each.again && this.#latestNs <= each.timeNs) {
        this.rtt.add(Math.max(0, timeNs - each.timeNs));
      }
      this.#latestNs = Math.max(this.#latestNs, each.latestNs);
    }
    if (count > 0) this.#waiting = this.#waiting.slice(count);
  }
}
