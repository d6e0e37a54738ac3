import type { End } from "../flow/end.ts";
import { hopsFrom, type InitialTtl } from "../flow/initial-ttl.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import type { Attempt } from "./attempt.ts";
import type { StackGuess } from "./verdict.ts";

/** A stack as its SYN shows it: option kinds in order (RFC 9293 section 3.1), initial TTL, window. */
interface Signature {
  readonly family: StackGuess["family"];
  readonly name: string;
  readonly kinds: string;
  /** 0: any. */
  readonly ttl: number;
  /** Whether the window of the SYN is one that this stack chooses; left out: it says nothing. */
  readonly window?: (end: End) => boolean;
}

/** Linux opens with a multiple of the segment size (tcp_select_initial_window). */
const ofSegments = ({ synWindow, mss }: End): boolean =>
  mss > 0 && (synWindow % mss === 0 || synWindow % (mss - 12) === 0 || synWindow === 65535 || synWindow === 65495);
const oneOf =
  (...windows: readonly number[]) =>
  ({ synWindow }: End): boolean =>
    windows.includes(synWindow);

/** MSS 2, window scale 3, SACK permitted 4, timestamps 8, Fast Open 34, NOP 1, end 0; the more special come first. */
const SIGNATURES: readonly Signature[] = [
  { family: "scanner", name: "a scanner's raw SYN (nmap)", kinds: "2", ttl: 0, window: oneOf(1024) },
  { family: "scanner", name: "a scanner's raw SYN (zmap)", kinds: "", ttl: 255, window: oneOf(65535) },
  { family: "linux", name: "Linux", kinds: "2,4,8,1,3", ttl: 64, window: ofSegments },
  { family: "linux", name: "Linux with Fast Open", kinds: "2,4,8,1,3,34", ttl: 64, window: ofSegments },
  { family: "linux", name: "Linux without timestamps", kinds: "2,1,1,4,1,3", ttl: 64, window: ofSegments },
  { family: "linux", name: "Linux without window scaling", kinds: "2,4,8", ttl: 64, window: ofSegments },
  { family: "linux", name: "Linux with Multipath TCP", kinds: "2,4,8,1,3,30", ttl: 64, window: ofSegments },
  { family: "bsd", name: "macOS or iOS", kinds: "2,1,3,1,1,8,4,0", ttl: 64, window: oneOf(65535) },
  { family: "bsd", name: "FreeBSD", kinds: "2,1,3,4,8", ttl: 64, window: oneOf(65535, 65228) },
  { family: "bsd", name: "NetBSD or OpenBSD", kinds: "2,1,1,4,1,3,1,1,8", ttl: 64, window: oneOf(16384, 32768) },
  { family: "windows", name: "Windows", kinds: "2,1,3,1,1,4", ttl: 128, window: oneOf(64240, 65535, 8192, 62720) },
  { family: "windows", name: "Windows with timestamps", kinds: "2,1,3,4,8", ttl: 128 },
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

/** Guesses by what they rest on: a capture has few kinds of SYN; bounded all the same. */
const GUESSES = new Map<string, StackGuess>();
const MAX_GUESSES = 1024;

/** Whose stack sent the SYN of `end`; null when none was seen. */
export function guessStack(end: End): StackGuess | null {
  if (!end.synSeen || end.firstTtl < 0) return null;
  const { initial } = hopsFrom(end.firstTtl);
  const key = `${end.synOptionKinds} ${end.synWindow} ${end.mss} ${initial} ${end.hasSentData || end.finSeen}`;
  const known = GUESSES.get(key);
  if (known !== undefined) return known;
  const guess = guessOf(end, initial);
  if (GUESSES.size < MAX_GUESSES) GUESSES.set(key, guess);
  return guess;
}

function guessOf(end: End, initial: InitialTtl): StackGuess {
  let best: Signature | undefined;
  let most = 0;
  for (const signature of SIGNATURES) {
    const score = fit(signature, end, initial);
    if (score > most) {
      best = signature;
      most = score;
    }
  }
  if (best === undefined) return byTtl(initial);
  const { family, name } = best;
  const confidence = most >= 4 ? "certain" : most === 3 ? "likely" : "possible";
  return { family, name, confidence, reason: reasonOf(end, initial) };
}

/** Points for a signature whose options agree: the TTL counts 1, the window 1, options that are rich enough to tell 2, others 1. */
function fit(signature: Signature, end: End, initial: number): number {
  if (signature.kinds !== end.synOptionKinds) return 0;
  const isScanner = signature.family === "scanner";
  const window = signature.window?.(end) ?? false;
  // Who goes on to talk does not scan.
  if (isScanner && (!window || end.hasSentData || end.finSeen)) return 0;
  if (signature.ttl !== 0 && signature.ttl !== initial) return isScanner || signature.kinds.length < 3 ? 0 : 1;
  // No system opens with these few options and such a window.
  const options = signature.kinds.length > 2 || isScanner ? 2 : 1;
  return options + (signature.ttl === 0 ? 0 : 1) + (window ? 1 : 0);
}

const BY_TTL: Readonly<Record<InitialTtl, string>> = {
  32: "a small or old stack",
  64: "Linux, BSD or macOS",
  128: "Windows",
  255: "a network device or Solaris",
};

function byTtl(initial: InitialTtl): StackGuess {
  const reason = `only the TTL tells: it starts at ${initial}`;
  return { family: initial === 128 ? "windows" : "unknown", name: BY_TTL[initial], confidence: "possible", reason };
}

function reasonOf(end: End, initial: number): string {
  const kinds = end.synOptionKinds === "" ? "no options" : `option kinds ${end.synOptionKinds}`;
  return `${kinds}, window ${end.synWindow}, TTL from ${initial}`;
}

/** Stacks of client and server. */
export function stacksOf({ connection }: Attempt): readonly [StackGuess | null, StackGuess | null] {
  return [guessStack(connection.ends[CLIENT]), guessStack(connection.ends[SERVER])];
}
