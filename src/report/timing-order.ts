import type { Connection } from "../flow/connection.ts";
import { nothingSpent, PHASES, type Phase } from "../flow/timing-budget.ts";
import type { ConnectionTiming } from "../flow/timing.ts";

/** A connection and where its time went. */
export interface TimedConnection {
  readonly connection: Connection;
  readonly timing: ConnectionTiming;
}

/** By what connections are sorted; the largest first, but for `stream`. */
export const ORDERS = ["lost", "duration", "handshake", "rtt", "think", "retransmissions", "bytes", "stream"] as const;
export type Order = (typeof ORDERS)[number];

/** Nanoseconds that a connection would not have needed: losses, closed windows, held acknowledgments, and the handshake where it failed or was repeated. */
export function lostNs({ connection, timing }: TimedConnection): number {
  const { spent } = timing.budget;
  const repeated = (connection.client.synSends?.length ?? 0) > 1 || (connection.server.synAckSends?.length ?? 0) > 1;
  const failed = !connection.established && connection.client.synSeen;
  const { totals } = timing.stalls;
  const handshake = repeated || failed ? spent.handshake : 0;
  return spent.loss + spent.window + handshake + totals["delayed-ack"] + totals.nagle;
}

/** Segments that were sent again, both ways. */
function resentSegments({ connection }: TimedConnection): number {
  return connection.client.repetitions.retransmissions + connection.server.repetitions.retransmissions;
}

function payloadBytes({ connection }: TimedConnection): number {
  return connection.client.payloadBytes + connection.server.payloadBytes;
}

function keyOf(each: TimedConnection, order: Order): number {
  const { connection, timing } = each;
  switch (order) {
    case "lost":
      return lostNs(each);
    case "duration":
      return timing.budget.total;
    case "handshake":
      return timing.budget.spent.handshake;
    case "rtt":
      return Math.max(connection.client.rtt.quantile(0.5), connection.server.rtt.quantile(0.5));
    case "think":
      return timing.budget.spent.think;
    case "retransmissions":
      return resentSegments(each);
    case "bytes":
      return payloadBytes(each);
    case "stream":
      return -connection.firstStream;
    default:
      return order satisfies never;
  }
}

/** The slowest or worst first; the longer one where they are equal, then in the order of their start. */
function sorted(all: readonly TimedConnection[], order: Order): TimedConnection[] {
  const keyed = all.map((each) => ({ each, key: keyOf(each, order), total: each.timing.budget.total }));
  keyed.sort(
    (a, b) => b.key - a.key || b.total - a.total || a.each.connection.firstStream - b.each.connection.firstStream,
  );
  return keyed.map(({ each }) => each);
}

/** The first `top` of them in that order; 0: all. */
export function first(
  all: readonly TimedConnection[],
  { order, top }: { readonly order: Order; readonly top: number },
): TimedConnection[] {
  const inOrder = sorted(all, order);
  return top === 0 ? inOrder : inOrder.slice(0, top);
}

/** Of all connections together. */
interface Totals {
  readonly connections: number;
  readonly packets: number;
  readonly payloadBytes: number;
  readonly resent: number;
  /** How often each cause, most frequent first. */
  readonly causes: ReadonlyMap<string, number>;
  /** Nanoseconds of each phase. */
  readonly spent: Readonly<Record<Phase, number>>;
  /** From the first segment to the last, in nanoseconds. */
  readonly captureNs: number;
}

export function totalsOf(all: readonly TimedConnection[]): Totals {
  const spent = nothingSpent();
  const causes = new Map<string, number>();
  let packets = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { connection, timing } of all) {
    for (const phase of PHASES) spent[phase] += timing.budget.spent[phase];
    for (const end of connection.ends) {
      packets += end.packets;
      for (const [cause, count] of end.repetitions.causes ?? []) causes.set(cause, (causes.get(cause) ?? 0) + count);
    }
    first = Math.min(first, connection.firstTimeNs);
    last = Math.max(last, connection.lastTimeNs);
  }
  return {
    connections: all.length,
    packets,
    payloadBytes: all.reduce((sum, each) => sum + payloadBytes(each), 0),
    resent: all.reduce((sum, each) => sum + resentSegments(each), 0),
    causes: new Map([...causes].sort((a, b) => b[1] - a[1])),
    spent,
    captureNs: all.length === 0 ? 0 : Math.max(0, last - first),
  };
}
