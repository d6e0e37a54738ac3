import type { ResentSegments } from "./resent.ts";
import type { RetransmissionCause } from "./segment.ts";
import type { SendTimes } from "./send-times.ts";

const NO_INTERVALS: number[] = [];

/** What one end sent again, as the kernel counts it, and its probes. Most ends have none of their own (see `End.repetitions`). */
export class Repetitions {
  retransmissions = 0;
  retransmittedBytes = 0;
  causes: Map<RetransmissionCause, number> | undefined = undefined;
  resends: ResentSegments | undefined = undefined;
  /** Where the segment starts that was sent again last, and when it was sent first (frame 0: none). */
  repeatSequence = 0;
  repeatFirstFrame = 0;
  /** In nanoseconds since the first frame. */
  repeatFirstTimeNs = 0;
  /** When it was sent again. */
  repeats: SendTimes | undefined = undefined;
  /** Nanoseconds between a segment and its repetition, oldest first. */
  retransmissionIntervals: number[] = NO_INTERVALS;
  /** IP identification (-1: nothing was) and timestamp value of what was sent again last, probes included. */
  resentIdentification = -1;
  resentTsval = 0;
  // Since the other end sent something last.
  keepAlives: SendTimes | undefined = undefined;
  windowProbes: SendTimes | undefined = undefined;
}

/** Of all ends that sent nothing again. */
export const NO_REPETITIONS: Readonly<Repetitions> = new Repetitions();
