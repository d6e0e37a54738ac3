import type { ResentSegment } from "../flow/resent.ts";
import { CLIENT, type EndIndex, SERVER } from "../flow/states.ts";
import { PHASES } from "../flow/timing-budget.ts";
import type { DirectionTiming } from "../flow/timing-direction.ts";
import type { SendingLimits } from "../flow/timing-limits.ts";
import { vantageOf } from "../flow/vantage.ts";
import { END_NAMES } from "./flow-keys.ts";
import { distributionObject, flowObject } from "./flow-json.ts";
import { seconds, type StartTime } from "./object-writer.ts";
import type { TimedConnection } from "./timing-order.ts";

/** One connection as `report --json` prints it: what `flows --json` prints, and where its time went. */
export function timingObject(each: TimedConnection, start: StartTime, lastTimeNs: number): Record<string, unknown> {
  const { connection, timing } = each;
  const vantage = vantageOf(connection);
  return {
    ...flowObject(connection, start, lastTimeNs),
    capturePoint: {
      point: vantage.point,
      reason: vantage.reason,
      ...hopsObject(vantage.hops),
    },
    budget: Object.fromEntries(PHASES.map((phase) => [phase, seconds(timing.budget.spent[phase])])),
    thinkTime: distributionObject(timing.budget.thinks),
    stalls: stallsObject(each),
    idle: {
      total: seconds(timing.idleNs),
      longest: seconds(timing.longestSilence.ns),
      ...(timing.longestSilence.after > 0
        ? { frames: [timing.longestSilence.after, timing.longestSilence.before] }
        : {}),
    },
    ecn: ecnObject(each),
    clock: clockObject(each),
    tcptrace: { clientToServer: tcptraceObject(each, CLIENT), serverToClient: tcptraceObject(each, SERVER) },
    timing: { clientToServer: directionObject(each, CLIENT), serverToClient: directionObject(each, SERVER) },
  };
}

function hopsObject([client, server]: readonly [number, number]): Record<string, unknown> {
  return { ...(client < 0 ? {} : { hopsToClient: client }), ...(server < 0 ? {} : { hopsToServer: server }) };
}

function stallsObject({ timing }: TimedConnection): Record<string, unknown> {
  const { counts, totals, list } = timing.stalls;
  return {
    delayedAck: { count: counts["delayed-ack"], total: seconds(totals["delayed-ack"]) },
    nagle: { count: counts.nagle, total: seconds(totals.nagle) },
    list: list.map(({ kind, end, dataFrame, ackFrame, nextFrame, ns }) => ({
      kind,
      end: END_NAMES[end],
      dataFrame,
      ackFrame,
      ...(nextFrame > 0 ? { nextFrame } : {}),
      seconds: seconds(ns),
    })),
  };
}

function ecnObject({ timing }: TimedConnection): Record<string, unknown> {
  const { negotiation, counts } = timing.ecn;
  const ofEnd = (end: EndIndex): Record<string, number> => {
    const { ect0, ect1, ce, ece, cwr } = counts[end];
    return { ect0, ect1, ce, ece, cwr };
  };
  const oddities = timing.ecn.oddities();
  return {
    negotiation,
    clientToServer: ofEnd(CLIENT),
    serverToClient: ofEnd(SERVER),
    ...(oddities.length > 0 ? { oddities } : {}),
  };
}

function clockObject({ timing }: TimedConnection): Record<string, unknown> {
  const { outOfOrder, furthestBackNs, firstOutOfOrderFrame, steps } = timing.clock;
  return {
    outOfOrder,
    ...(outOfOrder > 0 ? { furthestBack: seconds(furthestBackNs), frame: firstOutOfOrderFrame } : {}),
    steps: steps.map((step) => ({ frame: step.frame, seconds: seconds(step.ns), by: step.by })),
  };
}

function directionObject({ connection, timing }: TimedConnection, end: EndIndex): Record<string, unknown> {
  const direction = timing.directions[end];
  const self = connection.ends[end];
  return {
    uniqueBytes: direction.uniqueBytes,
    dataSegments: direction.dataSegments,
    ...(direction.dataSegments > 0 ? { segmentSize: [direction.smallestSegment, direction.largestSegment] } : {}),
    ...ratesObject(direction, self.payloadBytes),
    rttByTimestamps: distributionObject(direction.echoes.rtt),
    limits: limitsObject(direction.limits),
    zeroWindows: direction.zeroWindows,
    backOff: (self.repetitions.resends?.bySegment() ?? []).map((group) => backOffObject(group, self.base)),
  };
}

/** The same connection by tcptrace's definitions. */
function tcptraceObject({ connection, timing }: TimedConnection, end: EndIndex): Record<string, unknown> {
  const { tcptrace, uniqueBytes } = timing.directions[end];
  const { retransmissions, retransmittedBytes, rtt } = tcptrace;
  const { packets, payloadBytes } = connection.ends[end];
  return {
    packets,
    bytes: payloadBytes,
    uniqueBytes,
    retransmissions,
    retransmittedBytes,
    rtt: distributionObject(rtt),
  };
}

function ratesObject(direction: DirectionTiming, payloadBytes: number): Record<string, number> {
  const { throughput, goodput } = rates(direction, payloadBytes);
  return throughput < 0 ? {} : { throughput: Math.round(throughput), goodput: Math.round(goodput) };
}

/** Bytes of payload a second, with what was sent again and without, from the first data to its last acknowledgment; -1: no time passed. */
export function rates(direction: DirectionTiming, payloadBytes: number): { throughput: number; goodput: number } {
  const passed = direction.sendingNs / 1e9;
  if (passed <= 0) return { throughput: -1, goodput: -1 };
  return { throughput: payloadBytes / passed, goodput: direction.uniqueBytes / passed };
}

function limitsObject(limits: SendingLimits): Record<string, unknown> {
  const { spent, total } = limits;
  const share = (ns: number): number => (total === 0 ? 0 : Math.round((ns / total) * 1e4) / 1e4);
  return {
    application: share(spent.application),
    window: share(spent.window),
    network: share(spent.network),
    bytesInFlight: { max: limits.mostInFlight, mean: Math.round(limits.meanInFlight) },
    ...(limits.smallestWindow < 0 ? {} : { peerWindow: [limits.smallestWindow, limits.largestWindow] }),
  };
}

/** All times that one segment was sent again. */
function backOffObject(group: readonly ResentSegment[], base: number): Record<string, unknown> {
  const [first] = group;
  return {
    frame: first?.of ?? 0,
    relativeSequence: ((first?.sequence ?? 0) - base) >>> 0,
    again: group.map(({ frame, cause, intervalNs, proof, proofFrame }) => ({
      frame,
      cause,
      after: seconds(intervalNs),
      ...(proof === "" ? {} : { spurious: proof, proofFrame }),
    })),
  };
}
