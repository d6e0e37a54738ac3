import { CAUSE_TABLE } from "../../diagnosis/cause-table.ts";
import { CONNECT_CAUSES } from "./causes-connect.ts";
import { ESTABLISHED_CAUSES } from "./causes-established.ts";
import type { Topic } from "./topic.ts";

/** All causes in the order of the table. */
export const CAUSE_TOPICS: readonly Topic[] = CAUSE_TABLE.flatMap(({ cause, wire, program }) => {
  const text = CONNECT_CAUSES[cause.word] ?? ESTABLISHED_CAUSES[cause.word];
  if (text === undefined) return [];
  const { what, trace, next } = text;
  const code = cause.code === "" ? "" : ` ${cause.code}`;
  return [
    {
      kind: "cause" as const,
      name: cause.word,
      aliases: cause.code === "" ? [] : [cause.code],
      title: `cause${code} of a verdict`,
      what,
      wire: sentence(wire),
      trace,
      program: sentence(program),
      next,
    },
  ];
});

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.…]$/.test(text) ? "" : "."}`;
}
