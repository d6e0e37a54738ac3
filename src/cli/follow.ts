import { RING_SIZE } from "../capture/index-ring.ts";
import { onceLoaded } from "../capture/loading.ts";
import type { Connection } from "../flow/connection.ts";
import type { Segment } from "../flow/segment.ts";
import type { Frame } from "../wire/frame.ts";
import type { Packet } from "../wire/packet.ts";
import { Analysis } from "../pipeline.ts";
import { filterOf } from "./expression.ts";
import { yieldToMainThread } from "./helper-threads.ts";
import { keepHeapSmall, optimiseSoon, SmallHeap } from "./v8-settings.ts";
import { readInputs } from "./inputs.ts";
import { KeptConnections, mostFollowed } from "./kept-connections.ts";
import { type LiveInput, liveInput } from "./live.ts";
import { filesOf, type ReportOptions } from "./reading.ts";
import { reportEvicted, reportLeftOut } from "./status.ts";

/** What a report is made of. */
export interface Followed {
  /** In the order of their first segment; without those that `onOver` was called for. */
  readonly connections: readonly Connection[];
  readonly analysis: Analysis;
  /** Why the input could not be read to its end. */
  readonly error: Awaited<ReturnType<typeof readInputs>>;
  /** The capture that was read, when it was no file; its counts are reported last. */
  readonly live: LiveInput | undefined;
  /** How many connections without fault were left out, for memory does not hold them all. */
  readonly healthyLeftOut: number;
  /** Says on standard error which connections were finished early or are not among these. */
  readonly reportMissing: () => void;
}

/** Who wants to see what while a report reads. */
interface FollowHooks {
  /** Numbers of connections that are kept in any case. */
  readonly flows?: readonly number[] | undefined;
  /** Called for connections that are over before the input is, so that nothing of them need be kept. */
  readonly onOver?: (connection: Connection, analysis: Analysis) => void;
  /** Called for connections that are not kept, for memory does not hold them all. */
  readonly onLeftOut?: (connection: Connection) => void;
  /** Called for every segment, which makes it slower. */
  readonly onSegment?: ((segment: Segment, packet: Packet) => void) | undefined;
  /** Whether segments have Wireshark's findings. */
  readonly analyses?: boolean;
  /** Whether the timing of each connection is observed, too, which takes memory. */
  readonly timed?: boolean;
}

/** Reads the inputs of a report and follows their connections to the end. */
export async function followInputs(
  options: ReportOptions,
  words: readonly string[],
  { flows, onOver, onLeftOut, onSegment, analyses = false, timed = false }: FollowHooks = {},
): Promise<Followed> {
  yieldToMainThread();
  const heap = new SmallHeap();
  let atEnd = onOver === undefined;
  const kept = await keptConnections(options, atEnd, () => analysis, onLeftOut);
  const analysis: Analysis = new Analysis({
    analysis: analyses,
    expires: true,
    indexRoom: onSegment === undefined ? RING_SIZE : 0,
    maxConnections: mostFollowed(options.maxConnections, timed),
    onFinished(connection) {
      if (atEnd) kept.add(connection, flows?.includes(connection.firstStream) === true);
      else onOver?.(connection, analysis);
    },
  });
  const live = liveInput(options, words);
  const inputs = live === undefined ? filesOf(options.read, words) : [live.open];
  const filter = live === undefined ? await filterOf(words, options) : undefined;
  const visit = onSegment === undefined ? (frame: Frame) => analysis.follow(frame) : visitor(analysis, onSegment);
  const error = await readInputs(inputs, visit, {
    filter,
    expression: live?.expression,
    taker: onSegment === undefined ? analysis.connections.prediction : undefined,
    onOpen() {
      onceLoaded(() => setFlags(heap));
    },
    onIdle() {
      heap.look();
    },
  });
  atEnd = true;
  analysis.finish();
  return {
    connections: kept.list,
    healthyLeftOut: kept.healthy,
    analysis,
    error,
    live,
    reportMissing() {
      reportLeftOut(kept);
      reportEvicted(analysis.connections.evicted);
    },
  };
}

function setFlags(heap: SmallHeap): void {
  keepHeapSmall();
  optimiseSoon();
  heap.set();
}

/** `all`: nothing is reported before the end, so what is over is kept until then. */
async function keptConnections(
  { maxConnections }: ReportOptions,
  all: boolean,
  analysis: () => Analysis,
  onLeftOut: ((connection: Connection) => void) | undefined,
): Promise<KeptConnections> {
  if (!all) return new KeptConnections(Number.POSITIVE_INFINITY, () => true);
  const { diagnoseConnection } = await import("../diagnosis/diagnose.ts");
  const isHealthy = (connection: Connection): boolean => {
    const { evidence, connections } = analysis();
    return diagnoseConnection(connection, evidence, connections.lastTimeNs).cause.word === "ok";
  };
  return new KeptConnections(maxConnections, isHealthy, onLeftOut);
}

function visitor(analysis: Analysis, onSegment: (segment: Segment, packet: Packet) => void): (frame: Frame) => void {
  return (frame) => {
    const segment = analysis.observe(frame);
    if (segment !== undefined) onSegment(segment, analysis.transport);
  };
}
