import type { End } from "../flow/end.ts";
import { hopsFrom, type InitialTtl } from "../flow/initial-ttl.ts";
import { matchStack } from "../flow/stack.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import type { Attempt } from "./attempt.ts";
import type { StackGuess } from "./verdict.ts";

/** Whose stack sent the SYN of `end`; null when none was seen. */
export function guessStack(end: End): StackGuess | null {
  if (!end.synSeen || end.firstTtl < 0) return null;
  const { initial } = hopsFrom(end.firstTtl);
  const match = matchStack(end);
  if (match === undefined) return byTtl(initial);
  const { family, name } = match.signature;
  const confidence = match.points >= 4 ? "certain" : match.points === 3 ? "likely" : "possible";
  return { family, name, confidence, reason: reasonOf(end, initial) };
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
