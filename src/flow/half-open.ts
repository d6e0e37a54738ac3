import type { Connection } from "./connection.ts";
import type { EndIndex } from "./states.ts";
import { NEVER } from "./time.ts";

/**
 * When `end` forgets its half-open connection, in nanoseconds since the first frame: as its next SYN-ACK would be due, twice
 * as long after the last one (tcp_synack_retries ends the series); `NEVER`: it repeated none, which tells nothing.
 */
export function forgottenNs(connection: Connection, end: EndIndex): number {
  const sends = connection.ends[end].synAckSends;
  if (sends === undefined || sends.length < 2) return NEVER;
  const { times } = sends;
  const gapNs = longestGap(times);
  return times[times.length - 1]! + 2 * gapNs - connection.delayNs(end);
}

/** A repeated SYN is answered too, between those that the timer sends: the last gap may be short. */
function longestGap(times: readonly number[]): number {
  let longest = 0;
  for (let i = 1; i < times.length; i++) longest = Math.max(longest, times[i]! - times[i - 1]!);
  return longest;
}
