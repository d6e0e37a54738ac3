import type { TcpOptionValues } from "../wire/tcp-options.ts";
import { ACK, RST, SYN } from "../wire/tcp.ts";
import type { Segment } from "./segment.ts";
import { distance, less, lessOrEqual } from "./sequence.ts";
import { SequenceSpace } from "./sequence-space.ts";
import { NO_TIME } from "./time.ts";
import { TimestampEchoes } from "./timing-echo.ts";
import { SendingLimits } from "./timing-limits.ts";
import { TcptraceCounts } from "./timing-tcptrace.ts";

/** More than that is on its way for no one: numbers that do not belong together. */
const MAX_IN_FLIGHT = 2 ** 30;

/** What one end sent, as far as its timing goes. */
export class DirectionTiming {
  readonly limits: SendingLimits = new SendingLimits();
  readonly echoes: TimestampEchoes = new TimestampEchoes();
  /** Bytes of payload, each counted once however often it was sent. */
  uniqueBytes = 0;
  /** First and last segment with payload, and the last acknowledgment of it. */
  firstDataNs: number = NO_TIME;
  lastDataNs: number = NO_TIME;
  lastAcknowledgedNs: number = NO_TIME;
  dataSegments = 0;
  smallestSegment = 0;
  largestSegment = 0;
  zeroWindows = 0;
  /** Window that it offers, in bytes; -1: none yet. */
  window = -1;
  /** Its last segment that occupies sequence numbers, and the payload of that. */
  lastSentFrame = 0;
  lastLength = 0;
  readonly tcptrace: TcptraceCounts = new TcptraceCounts();
  readonly #sent = new SequenceSpace();
  #acknowledged = 0;
  #hasAcknowledged = false;

  /** Takes in a segment that the end sent; how many bytes of its payload are new. */
  send(segment: Segment, options: TcpOptionValues): number {
    const { payloadLength, sequence, flags, timeNs } = segment;
    this.tcptrace.send(segment);
    if (options.hasTimestamps) this.echoes.sent(options.tsval, timeNs);
    if ((flags & (RST | SYN)) === 0) {
      if (segment.scaledWindow === 0) this.zeroWindows++;
      this.window = segment.scaledWindow;
    } else if ((flags & SYN) !== 0) {
      this.window = segment.window;
    }
    if ((flags & RST) !== 0) return 0;
    if (segment.sequenceLength > 0) {
      this.lastSentFrame = segment.frame;
      this.lastLength = payloadLength;
    }
    const start = (flags & SYN) === 0 ? sequence : (sequence + 1) | 0;
    // Data begins behind the SYN, also when what comes first was overtaken.
    if ((flags & SYN) !== 0 && this.#sent.isEmpty) this.#sent.add(start, start);
    if (payloadLength === 0) return 0;
    const fresh = this.#sent.add(start, (start + payloadLength) | 0);
    this.#count(segment, fresh);
    return fresh;
  }

  #count({ payloadLength, timeNs }: Segment, fresh: number): void {
    if (this.dataSegments++ === 0) {
      this.firstDataNs = timeNs;
      this.smallestSegment = payloadLength;
    }
    this.lastDataNs = timeNs;
    this.smallestSegment = Math.min(this.smallestSegment, payloadLength);
    this.largestSegment = Math.max(this.largestSegment, payloadLength);
    this.uniqueBytes += fresh;
  }

  /** Takes in a segment that the other end sent. */
  receive(segment: Segment, options: TcpOptionValues): void {
    this.tcptrace.receive(segment);
    if ((segment.flags & ACK) === 0 || (segment.flags & RST) !== 0) return;
    if (options.hasTimestamps && options.tsecr !== 0) this.echoes.echoed(options.tsecr, segment.timeNs);
    if (this.#hasAcknowledged && !less(this.#acknowledged, segment.acknowledgment)) return;
    this.#hasAcknowledged = true;
    this.#acknowledged = segment.acknowledgment;
    if (this.dataSegments > 0) this.lastAcknowledgedNs = segment.timeNs;
  }

  /** All data is acknowledged. */
  get isAcknowledged(): boolean {
    return this.dataSegments === 0 || (this.#hasAcknowledged && lessOrEqual(this.#sent.highest, this.#acknowledged));
  }

  /** Bytes that are sent and not acknowledged, as the capture point sees it. */
  get inFlight(): number {
    if (this.isAcknowledged || !this.#hasAcknowledged) return 0;
    const bytes = distance(this.#sent.highest, this.#acknowledged);
    return bytes < MAX_IN_FLIGHT ? bytes : 0;
  }

  /** Payload of a full segment, as far as it was seen, in bytes. */
  get segmentSize(): number {
    return this.largestSegment;
  }

  /** From the first data to the last acknowledgment of it, in nanoseconds. */
  get sendingNs(): number {
    return this.dataSegments === 0 ? 0 : Math.max(0, this.lastDataNs, this.lastAcknowledgedNs) - this.firstDataNs;
  }
}
