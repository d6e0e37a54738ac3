import type { Connection } from "./connection.ts";
import { forgottenNs } from "./half-open.ts";
import { less } from "./sequence.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";
import { matchSchedules } from "./syn-schedule.ts";
import { timeWaitNs } from "./stack.ts";
import { NEVER } from "./time.ts";
import { enter, takeBack } from "./transition.ts";

/** A timer that is late by more than this did not run. */
const OVERDUE = 1.15;

/** What timers did until the capture ended, and what was taken as received without any sign of it. */
export function settle(connection: Connection, lastTimeNs: number): void {
  for (const end of [CLIENT, SERVER] as const) {
    takeBackUnproven(connection, end);
    giveUpSyn(connection, end, lastTimeNs);
    giveUpSynAck(connection, end, lastTimeNs);
    leaveTimeWait(connection, end, lastTimeNs);
    admitIgnorance(connection, end);
  }
}

/** A FIN that was sent again and never acknowledged has not arrived. */
function takeBackUnproven(connection: Connection, end: EndIndex): void {
  const self = connection.ends[end];
  const other = connection.ends[end === CLIENT ? SERVER : CLIENT];
  if (other.finSends > 1 && self.state === "CLOSE_WAIT" && less(self.lastAck, other.finEnd)) takeBack(connection, end);
}

/** All SYNs of a schedule went out and the time for the last one is over: connect() has failed with ETIMEDOUT. */
function giveUpSyn(connection: Connection, end: EndIndex, lastTimeNs: number): void {
  const self = connection.ends[end];
  const syns = self.synSends;
  if (self.state !== "SYN_SENT" || syns === undefined || syns.length < 2) return;
  const first = syns.times[0] ?? 0;
  const whole = matchSchedules(syns.times.map((time) => (time - first) / 1e9)).find((fit) => fit.complete);
  if (whole === undefined) return;
  const givesUp = first + whole.givesUp * 1e9;
  if (lastTimeNs >= givesUp) enter(connection, end, "CLOSED", givesUp, self.lastFrame, "inferred");
}

/** The SYN-ACK was repeated, and the next repetition stays away: the half-open connection was forgotten (tcp_synack_retries). */
function giveUpSynAck(connection: Connection, end: EndIndex, lastTimeNs: number): void {
  const self = connection.ends[end];
  if (self.state !== "SYN_RCVD") return;
  const forgotten = forgottenNs(connection, end);
  if (forgotten === NEVER) return;
  const last = self.synAckSends?.lastTimeNs ?? forgotten;
  if (lastTimeNs >= last + (forgotten - last) * OVERDUE)
    enter(connection, end, "CLOSED", forgotten, self.lastFrame, "inferred");
}

function leaveTimeWait(connection: Connection, end: EndIndex, lastTimeNs: number): void {
  if (connection.ends[end].state !== "TIME_WAIT") return;
  const closes = timeWaitEndNs(connection, end, connection.transitions.lastTimeNs(end));
  if (lastTimeNs >= closes) enter(connection, end, "CLOSED", closes, connection.lastFrame, "inferred");
}

/** When the TIME_WAIT that `end` entered then is over: a repeated FIN starts it again (RFC 9293 section 3.10.7.4). */
export function timeWaitEndNs(connection: Connection, end: EndIndex, enteredNs: number): number {
  const self = connection.ends[end];
  const other = connection.ends[end === CLIENT ? SERVER : CLIENT];
  return timeWaitNs(self) + (other.finSends > 1 ? Math.max(enteredNs, self.lastTimeNs) : enteredNs);
}

/** Without a packet of the other end, nothing is known of what followed the FIN. */
function admitIgnorance(connection: Connection, end: EndIndex): void {
  const self = connection.ends[end];
  const other = connection.ends[end === CLIENT ? SERVER : CLIENT];
  if (other.hasSent || !self.hasSent || self.state !== "FIN_WAIT_1") return;
  enter(connection, end, "UNKNOWN", self.lastTimeNs, self.lastFrame, "inferred");
}
