import type { End } from "./end.ts";
import { hopsFrom } from "./initial-ttl.ts";

export type StackFamily = "linux" | "windows" | "bsd" | "embedded" | "scanner" | "unknown";

/** TIME_WAIT (2 MSL) by family, in seconds. */
const TIME_WAIT: Readonly<Record<StackFamily, number>> = {
  /** include/net/tcp.h TCP_TIMEWAIT_LEN. */
  linux: 60,
  /** TcpTimedWaitDelay, where it is not set. */
  windows: 120,
  /** Twice net.inet.tcp.msl (30 s). */
  bsd: 60,
  embedded: 60,
  scanner: 60,
  unknown: 60,
};

/** The longest of them, in nanoseconds. */
export const LONGEST_TIME_WAIT_NS: number = Math.max(...Object.values(TIME_WAIT)) * 1e9;

/** A stack as its SYN shows it: option kinds in order (RFC 9293 section 3.1), initial TTL, window. */
interface StackSignature {
  readonly family: StackFamily;
  readonly name: string;
  readonly kinds: string;
  /** 0: any. */
  readonly ttl: number;
  /** Whether the window of the SYN is one that this stack chooses; left out: it says nothing. */
  readonly window?: (end: End) => boolean;
  /** TIME_WAIT in seconds; left out: that of its family. */
  readonly timeWait?: number;
}

/** A stack that a SYN looks like. */
export interface StackMatch {
  readonly signature: StackSignature;
  /** How much agrees, 1 to 4. */
  readonly points: number;
}

/** Linux opens with a multiple of the segment size (tcp_select_initial_window). */
const ofSegments = ({ synWindow, mss }: End): boolean =>
  mss > 0 && (synWindow % mss === 0 || synWindow % (mss - 12) === 0 || synWindow === 65535 || synWindow === 65495);
const oneOf =
  (...windows: readonly number[]) =>
  ({ synWindow }: End): boolean =>
    windows.includes(synWindow);

/** MSS 2, window scale 3, SACK permitted 4, timestamps 8, Fast Open 34, NOP 1, end 0; the more special come first. */
const SIGNATURES: readonly StackSignature[] = [
  { family: "scanner", name: "a scanner's raw SYN (nmap)", kinds: "2", ttl: 0, window: oneOf(1024) },
  { family: "scanner", name: "a scanner's raw SYN (zmap)", kinds: "", ttl: 255, window: oneOf(65535) },
  { family: "linux", name: "Linux", kinds: "2,4,8,1,3", ttl: 64, window: ofSegments },
  { family: "linux", name: "Linux with Fast Open", kinds: "2,4,8,1,3,34", ttl: 64, window: ofSegments },
  { family: "linux", name: "Linux without timestamps", kinds: "2,1,1,4,1,3", ttl: 64, window: ofSegments },
  { family: "linux", name: "Linux without window scaling", kinds: "2,4,8", ttl: 64, window: ofSegments },
  { family: "linux", name: "Linux with Multipath TCP", kinds: "2,4,8,1,3,30", ttl: 64, window: ofSegments },
  {
    family: "bsd",
    name: "macOS or iOS",
    kinds: "2,1,3,1,1,8,4,0",
    ttl: 64,
    window: oneOf(65535),
    timeWait: 30,
  },
  { family: "bsd", name: "FreeBSD", kinds: "2,1,3,4,8", ttl: 64, window: oneOf(65535, 65228) },
  { family: "bsd", name: "NetBSD or OpenBSD", kinds: "2,1,1,4,1,3,1,1,8", ttl: 64, window: oneOf(16384, 32768) },
  { family: "windows", name: "Windows", kinds: "2,1,3,1,1,4", ttl: 128, window: oneOf(64240, 65535, 8192, 62720) },
  { family: "windows", name: "Windows with timestamps", kinds: "2,1,3,4,8", ttl: 128 },
  { family: "windows", name: "Windows with timestamps", kinds: "2,1,3,1,1,8,1,1,4", ttl: 128 },
  {
    family: "windows",
    name: "Windows without window scaling (XP, 2003)",
    kinds: "2,1,1,4",
    ttl: 128,
    window: oneOf(65535, 64240, 16384),
  },
  { family: "bsd", name: "an old BSD or System V", kinds: "2", ttl: 64, window: oneOf(4096, 8192) },
  { family: "embedded", name: "Cisco IOS", kinds: "", ttl: 255, window: oneOf(4128) },
  { family: "embedded", name: "Cisco IOS", kinds: "2", ttl: 255, window: oneOf(4128) },
  { family: "embedded", name: "lwIP or uIP", kinds: "2", ttl: 255 },
  { family: "embedded", name: "a small or old stack (Cisco IOS opens with window 4128)", kinds: "", ttl: 0 },
  { family: "embedded", name: "a small or old stack", kinds: "2", ttl: 0 },
];

const BY_KINDS: ReadonlyMap<string, readonly StackSignature[]> = new Map(
  SIGNATURES.map(({ kinds }) => [kinds, SIGNATURES.filter((each) => each.kinds === kinds)]),
);
const NO_SIGNATURES: readonly StackSignature[] = [];

/** The stack that the SYN or SYN-ACK of `end` looks like most; undefined when none was seen, or it is like no known one. */
export function matchStack(end: End): StackMatch | undefined {
  if (!end.synSeen || end.firstTtl < 0) return undefined;
  const { initial } = hopsFrom(end.firstTtl);
  let best: StackMatch | undefined;
  for (const signature of BY_KINDS.get(end.synOptionKinds) ?? NO_SIGNATURES) {
    const points = fit(signature, end, initial);
    if (points > (best?.points ?? 0)) best = { signature, points };
  }
  return best;
}

/** Points for a signature whose options agree: the TTL counts 1, the window 1, options that are rich enough to tell 2, others 1. */
function fit(signature: StackSignature, end: End, initial: number): number {
  const isScanner = signature.family === "scanner";
  const window = signature.window?.(end) ?? false;
  // Who goes on to talk does not scan.
  if (isScanner && (!window || end.hasSentData || end.finSeen)) return 0;
  if (signature.ttl !== 0 && signature.ttl !== initial) return isScanner || signature.kinds.length < 3 ? 0 : 1;
  // No system opens with these few options and such a window.
  const options = signature.kinds.length > 2 || isScanner ? 2 : 1;
  return options + (signature.ttl === 0 ? 0 : 1) + (window ? 1 : 0);
}

/** How long an end keeps TIME_WAIT (2 MSL), in nanoseconds, by its stack's default. */
export function timeWaitNs(end: End): number {
  const signature = matchStack(end)?.signature;
  return (signature?.timeWait ?? TIME_WAIT[signature?.family ?? "unknown"]) * 1e9;
}
