import { ANALYSIS_TOPICS } from "./analysis.ts";
import { CAUSE_TOPICS } from "./causes.ts";
import { ERRNO_TOPICS } from "./errno.ts";
import { FLAG_TOPICS } from "./flags.ts";
import { ICMP_TOPICS } from "./icmp.ts";
import { OPTION_TOPICS } from "./options.ts";
import { STATE_TOPICS } from "./states.ts";
import { TERM_TOPICS } from "./terms.ts";
import type { Topic, TopicKind } from "./topic.ts";

/** All topics, by kind in the order in which they are listed. */
export const TOPICS: readonly Topic[] = [
  ...ERRNO_TOPICS,
  ...CAUSE_TOPICS,
  ...STATE_TOPICS,
  ...FLAG_TOPICS,
  ...OPTION_TOPICS,
  ...ANALYSIS_TOPICS,
  ...ICMP_TOPICS,
  ...TERM_TOPICS,
];

/** Headings of the list of topics. */
export const KIND_NAMES: Readonly<Record<TopicKind, string>> = {
  errno: "errors of calls, by name, number or text (Linux, BSD and macOS, Windows)",
  cause: "causes of a verdict",
  state: "states of a connection's end",
  flag: "flags",
  option: "TCP options, by name or kind",
  analysis: "findings of the sequence analysis, in Wireshark's names",
  icmp: "ICMP and ICMPv6, by type and code",
  term: "terms",
};

/** Letters and digits only: how people write a name does not matter. */
function normal(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_-]+/g, "");
}

const BY_WORD = new Map<string, Topic[]>();
for (const topic of TOPICS) {
  for (const word of new Set([topic.name, ...topic.aliases].map(normal))) {
    const known = BY_WORD.get(word);
    if (known === undefined) BY_WORD.set(word, [topic]);
    else known.push(topic);
  }
}

/** What a word means: those of which it is the name, else those of which it is another name; [] when nothing has it. */
export function findTopics(word: string): readonly Topic[] {
  const found = BY_WORD.get(normal(word)) ?? [];
  const named = found.filter(({ name }) => normal(name) === normal(word));
  return named.length > 0 ? named : found;
}

/** All words under which topics are found, for suggestions. */
export function topicWords(): string[] {
  return TOPICS.flatMap(({ name, aliases }) => [name, ...aliases]);
}
