import { hostAndPort } from "../diagnosis/text.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import type { Ladder } from "./ladder-row.ts";
import { isFailure } from "./verdict-fields.ts";
import { FIXED_SPACE } from "./wrap.ts";

/** A verdict that is told in full, and those that are like it. */
export interface VerdictStory {
  readonly verdict: Verdict;
  /** undefined: nothing can be drawn, or nothing failed. */
  readonly ladder: Ladder | undefined;
  /** Which flow it is, where there are several; "": there is only one. */
  readonly flow: string;
  /** Others with the same cause at the same server, which are not told in full; "": none. */
  readonly alike: string;
}

/** Others of a group that are named one by one. */
const MAX_NAMED = 8;
/** A smaller group is told in full. */
const MIN_GROUP = 3;

/** Verdicts that are told in full: those that are not `ok`, one of each cause, errno and server; what failed comes first. */
export function chapters(
  verdicts: readonly Verdict[],
): { readonly verdict: Verdict; readonly others: readonly Verdict[] }[] {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const key = `${verdict.cause.word} ${verdict.errno} ${serverText(verdict)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [verdict]);
    else group.push(verdict);
  }
  const told = [...groups.values()].flatMap((group) => {
    const [first, ...others] = group;
    if (first === undefined) return [];
    return group.length < MIN_GROUP ? group.map((verdict) => ({ verdict, others: [] })) : [{ verdict: first, others }];
  });
  return told.sort(
    (a, b) => Number(isFailure(b.verdict)) - Number(isFailure(a.verdict)) || a.verdict.timeNs - b.verdict.timeNs,
  );
}

export function serverText({ server }: Verdict): string {
  return endText(server);
}

function clientText({ client }: Verdict): string {
  return endText(client);
}

function endText({ address, port }: Verdict["server"]): string {
  if (address === null) return "unknown";
  return port === null ? address : hostAndPort(address, port);
}

/** "4 more with this cause at this server: #3 from 10.0.0.1:4000, …". */
export function alikeText(others: readonly Verdict[]): string {
  if (others.length === 0) return "";
  const named = others
    .slice(0, MAX_NAMED)
    .map((each) => `${each.stream === null ? "" : `#${each.stream}${FIXED_SPACE}`}${clientText(each)}`);
  const more = others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} others` : "";
  return `${others.length} more of this cause at this server: ${named.join(", ")}${more}; --flow${FIXED_SPACE}N tells one in full`;
}

/** How the flow of a verdict is called elsewhere. */
export function flowText(verdict: Verdict): string {
  if (verdict.stream === null) return "";
  return `#${verdict.stream} from ${clientText(verdict)}; tcpscope ladder --flow ${verdict.stream} draws all of it`;
}
