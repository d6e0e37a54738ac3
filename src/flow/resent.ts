import type { TcpOptionValues } from "../wire/tcp-options.ts";
import { ACK, RST } from "../wire/tcp.ts";
import type { End } from "./end.ts";
import type { RetransmissionCause, Segment } from "./segment.ts";
import { less, lessOrEqual } from "./sequence.ts";

/** Repetitions remembered for one end; all are counted. */
const MAX_RESENT = 64;

/** What shows that a repetition was not needed. */
export type SpuriousProof =
  | ""
  /** The receiver reports that it had the data already (RFC 2883). */
  | "dsack"
  /** The acknowledgment echoes a timestamp from before it (RFC 3522). */
  | "timestamps";

/** One segment that was sent again. */
export interface ResentSegment {
  readonly frame: number;
  /** Frame that carried it before; 0: not in the capture. */
  readonly of: number;
  readonly cause: RetransmissionCause;
  readonly sequence: number;
  readonly end: number;
  readonly timeNs: number;
  /** Since it was sent before, in nanoseconds. */
  readonly intervalNs: number;
  /** Its timestamp, as a signed 32-bit integer; meaningless without `hasTsval`. */
  readonly tsval: number;
  readonly hasTsval: boolean;
  proof: SpuriousProof;
  proofFrame: number;
}

/** What one end sent again of data and FIN, and what is known of it. */
export class ResentSegments {
  /** The first ones, oldest first. */
  readonly list: ResentSegment[] = [];
  /** Repetitions that are proven to have been unnecessary. */
  spuriousByDsack = 0;
  spuriousByTimestamps = 0;
  /** The sender recovers from a loss until this number is acknowledged, by what it did first; "": it does not. */
  recovery: "" | "fast" | "rto" = "";
  recoverUntil = 0;
  /** Not acknowledged yet: whether it was needed is open. */
  #pending: ResentSegment | undefined;

  add(resent: ResentSegment): void {
    if (this.list.length < MAX_RESENT) this.list.push(resent);
    if (this.#pending === undefined) this.#pending = resent;
  }

  /** Whether an acknowledgment may still show that a repetition was unnecessary. */
  get isPending(): boolean {
    return this.#pending !== undefined || this.recovery !== "";
  }

  /** An acknowledgment from the other end. */
  acknowledge(segment: Segment, options: TcpOptionValues): void {
    if ((segment.flags & (ACK | RST)) !== ACK) return;
    if (this.recovery !== "" && lessOrEqual(this.recoverUntil, segment.acknowledgment)) this.recovery = "";
    if (options.sackBlocks > 0) this.#takeDuplicateSack(segment, options);
    const resent = this.#pending;
    if (resent === undefined || less(segment.acknowledgment, resent.end)) return;
    this.#pending = undefined;
    // The echo is older than the repetition: it answers what was sent before (Eifel, RFC 3522 section 3.2).
    if (resent.proof !== "" || !resent.hasTsval || !options.hasTimestamps || options.tsecr === 0) return;
    if (!less(options.tsecr | 0, resent.tsval)) return;
    this.#prove(resent, "timestamps", segment.frame);
  }

  /** The first block lies below the acknowledgment, or within the second block (RFC 2883 section 4). */
  #takeDuplicateSack(segment: Segment, { sackEdges, sackBlocks }: TcpOptionValues): void {
    const left = sackEdges[0]! | 0;
    const right = sackEdges[1]! | 0;
    const below = lessOrEqual(right, segment.acknowledgment);
    const within = sackBlocks > 1 && lessOrEqual(sackEdges[2]! | 0, left) && lessOrEqual(right, sackEdges[3]! | 0);
    if (!below && !within) return;
    const resent = this.list.findLast(
      (each) => each.proof !== "dsack" && less(each.sequence, right) && less(left, each.end),
    );
    if (resent !== undefined) this.#prove(resent, "dsack", segment.frame);
  }

  #prove(resent: ResentSegment, proof: SpuriousProof, frame: number): void {
    if (resent.proof === "timestamps") this.spuriousByTimestamps--;
    resent.proof = proof;
    resent.proofFrame = frame;
    if (proof === "dsack") this.spuriousByDsack++;
    else this.spuriousByTimestamps++;
  }

  /** The repetitions of each segment together, in the order of the first of each. */
  bySegment(): ResentSegment[][] {
    const groups = new Map<number, ResentSegment[]>();
    for (const resent of this.list) {
      const group = groups.get(resent.sequence);
      if (group === undefined) groups.set(resent.sequence, [resent]);
      else group.push(resent);
    }
    return [...groups.values()];
  }
}

/** Whether a timer or the receiver's reports made the sender repeat [start, end). */
export function causeOf(start: number, end: number, forward: End, reverse: End): RetransmissionCause {
  const own = forward.ownRepetitions();
  own.resends ??= new ResentSegments();
  const { resends } = own;
  if (resends.recovery !== "" && lessOrEqual(resends.recoverUntil, reverse.lastAck)) resends.recovery = "";
  const reported = reverse.repeatedAcks >= 2 || reverse.sackBlocks > 0;
  const isHead = lessOrEqual(start, reverse.lastAck);
  if (resends.recovery === "fast" && (!isHead || !wasResent(resends, start))) {
    return reverse.sackBlocks > 0 ? "sack" : "fast";
  }
  // After a timeout all that is not acknowledged is sent again.
  if (resends.recovery === "rto") return "rto";
  if (reported && !wasResent(resends, start)) return recover(resends, forward, "fast");
  if (!reported && end === forward.highest && !wasResent(resends, start) && usesTailLossProbes(forward, reverse)) {
    return "tlp";
  }
  return recover(resends, forward, "rto");
}

function recover(resends: ResentSegments, forward: End, cause: "fast" | "rto"): "fast" | "rto" {
  resends.recovery = cause;
  resends.recoverUntil = forward.highest;
  return cause;
}

/** Since it was not acknowledged, it was sent again already. */
function wasResent(resends: ResentSegments, start: number): boolean {
  return resends.list.some((each) => each.sequence === start);
}

/** Tail loss probes need SACK (RFC 8985 section 7); where the handshake is not in the capture, nothing speaks for them. */
function usesTailLossProbes(forward: End, reverse: End): boolean {
  return forward.sackPermitted && reverse.sackPermitted;
}
