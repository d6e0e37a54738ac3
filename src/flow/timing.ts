import type { Packet } from "../wire/packet.ts";
import { TcpOptionValues } from "../wire/tcp-options.ts";
import { FIN, RST, SYN } from "../wire/tcp.ts";
import type { Connection } from "./connection.ts";
import { isResent, type Segment } from "./segment.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";
import { NEVER, NO_TIME } from "./time.ts";
import { TimeBudget } from "./timing-budget.ts";
import { CaptureClock } from "./timing-clock.ts";
import { DirectionTiming } from "./timing-direction.ts";
import { Ecn } from "./timing-ecn.ts";
import { Stalls } from "./timing-stalls.ts";

/** A silence of this is idle, in nanoseconds. */
const IDLE_NS = 1_000_000_000;

/** The longest time without a segment. */
export interface Silence {
  readonly ns: number;
  /** The frames on both sides of it. */
  readonly after: number;
  readonly before: number;
}

/** Where one connection's time goes. All times are nanoseconds. */
export class ConnectionTiming {
  readonly budget: TimeBudget = new TimeBudget();
  readonly stalls: Stalls = new Stalls();
  readonly clock: CaptureClock = new CaptureClock();
  readonly ecn: Ecn = new Ecn();
  /** Of what the client sent, then the server. */
  readonly directions: readonly [DirectionTiming, DirectionTiming] = [new DirectionTiming(), new DirectionTiming()];
  longestSilence: Silence = { ns: 0, after: 0, before: 0 };
  /** All silences of a second and more. */
  idleNs = 0;
  #lastNs: number = NO_TIME;
  #lastFrame = 0;
  #resent = false;
  #closing = false;

  /** `options`: of this segment. */
  observe(segment: Segment, packet: Packet, options: TcpOptionValues): void {
    const { connection, from, timeNs, frame } = segment;
    this.clock.observe(from, frame, timeNs, options.hasTimestamps ? options.tsval : -1);
    this.ecn.observe(packet, from);
    this.#noteSilence(timeNs, frame);
    const forward = this.directions[from];
    const backward = this.directions[from === CLIENT ? SERVER : CLIENT];
    const waited = backward.limits.waitsForWindow || forward.limits.waitsForWindow;
    const fresh = forward.send(segment, options);
    backward.receive(segment, options);
    const thereClient = Math.max(0, connection.wayNs(CLIENT));
    const thereServer = Math.max(0, connection.wayNs(SERVER));
    this.#findStall(segment, fresh, [thereClient, thereServer]);
    const resends = isResent(segment.retransmissionCause) && (segment.flags & SYN) === 0;
    this.budget.observe({
      timeNs,
      opening: isOpening(connection, segment, fresh),
      loss: resends || this.#resent,
      window: waited && fresh === 0,
      newDataFrom: fresh > 0 ? from : -1,
      acknowledgesAll: backward.isAcknowledged && forward.isAcknowledged,
      ends: (segment.flags & (FIN | RST)) !== 0,
      there: [thereClient, thereServer],
    });
    this.#resent = resends;
    if ((segment.flags & (FIN | RST)) !== 0) this.#closing = true;
    if (!this.#closing) this.#noteLimits(segment);
  }

  #noteLimits({ connection }: Segment): void {
    if (isHandshake(connection)) return;
    for (const end of [CLIENT, SERVER] as const) {
      const receiver = connection.ends[end === CLIENT ? SERVER : CLIENT];
      const direction = this.directions[end];
      const window = receiver.window < 0 ? -1 : this.directions[end === CLIENT ? SERVER : CLIENT].window;
      direction.limits.observe(this.#lastNs, direction.inFlight, window, direction.segmentSize);
    }
  }

  #noteSilence(timeNs: number, frame: number): void {
    const ns = timeNs - this.#lastNs;
    if (this.#lastFrame > 0 && ns > this.longestSilence.ns) {
      this.longestSilence = { ns, after: this.#lastFrame, before: frame };
    }
    if (this.#lastFrame > 0 && ns >= IDLE_NS) this.idleNs += ns;
    this.#lastNs = this.#lastFrame > 0 ? Math.max(timeNs, this.#lastNs) : timeNs;
    this.#lastFrame = frame;
  }

  #findStall(segment: Segment, fresh: number, there: readonly [number, number]): void {
    const { connection, from, timeNs, frame } = segment;
    if (fresh > 0) this.stalls.sent(from, frame, timeNs, there[from]);
    if (segment.acksFrame === 0 || segment.payloadLength > 0 || (segment.flags & (SYN | FIN | RST)) !== 0) return;
    const to: EndIndex = from === CLIENT ? SERVER : CLIENT;
    const sender = connection.ends[to];
    const direction = this.directions[to];
    if (direction.lastSentFrame !== segment.acksFrame || direction.lastLength === 0) return;
    const fastest = there[from] > 0 ? Math.min(there[from], sender.rtt.minimum) : sender.rtt.minimum;
    const isSmall = direction.lastLength < direction.segmentSize;
    this.stalls.acknowledged(to, segment.acksFrame, frame, timeNs, segment.ackRttNs, fastest, isSmall);
  }

  /** Nothing more will come. May be called again. */
  finish(): void {
    this.budget.finish();
    this.stalls.finish();
  }
}

/** The handshake was begun in the capture, and is not complete. */
function isHandshake(connection: Connection): boolean {
  if (connection.established || (connection.synTimeNs === NEVER && connection.synAckTimeNs === NEVER)) return false;
  const { client, server } = connection;
  if (client.hasSentData || server.hasSentData) return false;
  return !(connection.simultaneousOpen && client.state === "ESTABLISHED" && server.state === "ESTABLISHED");
}

/** The time before the segment belongs to the handshake: it is not complete, or the segment completes it. */
function isOpening(connection: Connection, segment: Segment, fresh: number): boolean {
  if (segment.frame === connection.handshakeAckFrame) return true;
  return isHandshake(connection) && fresh === 0;
}

/**
 * Follows the timing of every connection beside `Connections`. It looks at each
 * segment, so whoever needs it gives every frame to `Analysis.observe`, not to
 * `follow`, and what that returns to this.
 */
export class TimingObserver {
  readonly #timings = new Map<Connection, ConnectionTiming>();
  readonly #options = new TcpOptionValues();

  /** To be called for each segment, before the next one. `packet`: the one it is from. */
  observe(segment: Segment, packet: Packet): void {
    const { connection } = segment;
    let timing = this.#timings.get(connection);
    if (timing === undefined) {
      timing = new ConnectionTiming();
      this.#timings.set(connection, timing);
    }
    this.#options.read(packet.frame.view, packet.tcp.at + 20, packet.tcp.payloadAt, packet.frame.end);
    timing.observe(segment, packet, this.#options);
  }

  /** The timing of a connection, to its end; undefined: nothing of it was observed, or it was forgotten. */
  timingOf(connection: Connection): ConnectionTiming | undefined {
    const timing = this.#timings.get(connection);
    timing?.finish();
    return timing;
  }

  /** Whoever has reported a connection lets go of its timing. */
  forget(connection: Connection): void {
    this.#timings.delete(connection);
  }
}
