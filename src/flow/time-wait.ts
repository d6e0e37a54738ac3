import type { End } from "./end.ts";

/** TIME_WAIT by stack, in seconds. */
const SECONDS = {
  /** include/net/tcp.h TCP_TIMEWAIT_LEN. */
  linux: 60,
  /** Twice net.inet.tcp.msl (30 s). */
  bsd: 60,
  /** Twice net.inet.tcp.msl (15 s). */
  darwin: 30,
  /** TcpTimedWaitDelay, where it is not set. */
  windows: 120,
  unknown: 60,
} as const;

/** The longest of them, in nanoseconds. */
export const LONGEST_TIME_WAIT_NS: number = Math.max(...Object.values(SECONDS)) * 1e9;

export type Stack = keyof typeof SECONDS;

/** Option kinds of the SYN, in order, by which stacks are told apart. */
const STACKS: Readonly<Record<string, Stack>> = {
  "2,4,8,1,3": "linux",
  "2,1,3,4,8": "bsd",
  "2,1,3,1,1,8,4,0,0": "darwin",
  "2,1,3,1,1,8,4,0": "darwin",
  "2,1,3,1,1,4": "windows",
  "2,1,3,1,1,8,1,1,4": "windows",
};

/** The stack that an end's SYN or SYN-ACK looks like. */
export function stackOf({ synOptionKinds }: End): Stack {
  return STACKS[synOptionKinds] ?? "unknown";
}

/** How long an end keeps TIME_WAIT (2 MSL), in nanoseconds, by its stack's default. */
export function timeWaitNs(end: End): number {
  return SECONDS[stackOf(end)] * 1e9;
}
