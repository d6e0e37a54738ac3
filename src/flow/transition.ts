import type { Connection } from "./connection.ts";
import type { EndIndex, TcpState, TransitionBasis } from "./states.ts";

/** Puts `end` into `state` and adds that to the connection's list. */
export function enter(
  connection: Connection,
  end: EndIndex,
  state: TcpState,
  timeNs: number,
  frame: number,
  basis: TransitionBasis,
): void {
  connection.ends[end].state = state;
  connection.transitions.add(end, state, timeNs, frame, basis);
}

/** The last transition of `end` did not take place after all: back to the state before it. */
export function takeBack(connection: Connection, end: EndIndex): void {
  connection.ends[end].state = connection.transitions.takeBack(end, "UNKNOWN");
}
