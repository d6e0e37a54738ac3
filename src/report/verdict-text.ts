import type { ChalkInstance } from "chalk";
import { errnoAt, errnoByOs } from "../diagnosis/errno.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import { END_NAMES } from "./flow-json.ts";

/** Evidence frames printed of one verdict; the middle of a longer list is left out. */
const MAX_EVIDENCE = 12;

/** Whether a verdict tells of a failure, at either end. */
export function isFailure(verdict: Verdict): boolean {
  return verdict.errno !== null || verdict.failures.length > 0 || verdict.cause.word === "application-gave-up";
}

/** A verdict as text for people: the sentence, the evidence, causes and what to run next. */
export function verdictText(verdict: Verdict, colour: ChalkInstance): string {
  const failed = isFailure(verdict);
  const lines = [failed ? colour.red(verdict.summary) : verdict.summary];
  if (!failed && verdict.cause.word === "ok") return lines.join("\n");
  lines.push(
    ...detail(
      "cause",
      `${verdict.cause.word}${verdict.cause.code === "" ? "" : ` (${verdict.cause.code})`}, ${verdict.confidence}${verdict.doubt === "" ? "" : `: ${verdict.doubt}`}`,
    ),
  );
  if (verdict.errno !== null) lines.push(...detail("errno", errnoText(verdict.errno, verdict)));
  lines.push(
    ...verdict.failures
      .filter((each) => each.end === 1)
      .map((each) => `  ${"server".padEnd(9)}${each.call}() fails: ${each.errno}`),
  );
  if (verdict.later.length > 0) {
    lines.push(
      ...detail(
        "then",
        verdict.later.map((each) => `${END_NAMES[each.end]} ${each.call}() returns ${each.returns}`).join(", "),
      ),
    );
  }
  if (verdict.schedule !== null) lines.push(...detail("schedule", scheduleText(verdict.schedule)));
  lines.push(...provenanceLines(verdict), ...groupLines(verdict), ...stackLines(verdict));
  lines.push(...evidenceLines(verdict));
  lines.push(...verdict.remarks.flatMap((each) => detail("note", each)));
  lines.push(
    ...verdict.likelyCauses.map((each, index) => `  ${(index === 0 ? "because" : "").padEnd(9)}${index + 1}. ${each}`),
  );
  lines.push(...verdict.next.map((each, index) => `  ${(index === 0 ? "next" : "").padEnd(9)}${colour.bold(each)}`));
  return lines.join("\n");
}

function detail(name: string, text: string): string[] {
  return [`  ${name.padEnd(9)}${text}`];
}

function errnoText(errno: string, verdict: Verdict): string {
  const names = errnoByOs(errno, verdict.cause);
  const here = errnoAt(verdict.stacks[0], names);
  const own = here === names.linux ? "" : `${here} on this client; `;
  return `${own}${names.linux} on Linux, ${names.bsd} on BSD and macOS, ${names.windows} on Windows`;
}

function scheduleText(schedule: NonNullable<Verdict["schedule"]>): string {
  const what =
    schedule.kind === "syn" ? "SYN" : schedule.kind === "syn-ack" ? "SYN-ACK" : schedule.kind.replace("-", " ");
  const next =
    schedule.nextSyn === null ? `no ${what} is to come` : `next ${what} due at ${schedule.nextSyn.toFixed(1)} s`;
  return `${schedule.stack}: ${next}, gives up at ${schedule.givesUp.toFixed(1)} s`;
}

const ORIGINS: Readonly<Record<NonNullable<Verdict["provenance"]>["origin"], string>> = {
  kernel: "the host's own kernel",
  firewall: "a firewall in the host's place",
  middlebox: "a device on the way",
  forged: "someone else in the host's name",
};

function provenanceLines({ provenance }: Verdict): string[] {
  if (provenance === null) return [];
  const reasons = provenance.reasons.length === 0 ? "" : `: ${provenance.reasons.join("; ")}`;
  return detail("RST by", `${ORIGINS[provenance.origin]}, ${provenance.confidence}${reasons}`);
}

const GROUPS: Readonly<Record<NonNullable<Verdict["group"]>["kind"], string>> = {
  "happy-eyeballs": "addresses of one name tried side by side",
  retries: "tries in a row",
  "port-scan": "ports tried in vain",
  "syn-flood": "SYNs that nobody follows up",
};

function groupLines({ group }: Verdict): string[] {
  return group === null ? [] : detail("one of", `${group.count} ${GROUPS[group.kind]}`);
}

/** Whose stacks they are, and where the capture was made. */
function stackLines({ stacks, vantage, otherEnd }: Verdict): string[] {
  const known = stacks.flatMap((stack, end) =>
    stack === null ? [] : [`${END_NAMES[end === 0 ? 0 : 1]} ${stack.name} (${stack.confidence})`],
  );
  const lines = known.length === 0 ? [] : detail("stacks", known.join(", "));
  if (vantage.at !== "unknown") {
    const more = otherEnd === "" ? "" : `; one at the other end would show ${otherEnd}`;
    lines.push(...detail("captured", `${PLACES[vantage.at]}: ${vantage.reason}${more}`));
  }
  return lines;
}

const PLACES = { client: "at the client", server: "at the server", middle: "between the ends" } as const;

function evidenceLines(verdict: Verdict): string[] {
  const { evidence } = verdict;
  const width = String(evidence[evidence.length - 1]?.frame ?? 0).length;
  const half = MAX_EVIDENCE / 2;
  const shown = evidence.length <= MAX_EVIDENCE ? evidence : [...evidence.slice(0, half), ...evidence.slice(-half)];
  return shown.flatMap((each, index) => {
    const line = `  ${(index === 0 ? "evidence" : "").padEnd(9)}frame ${String(each.frame).padStart(width)}  ${each.note}`;
    const gap = evidence.length > MAX_EVIDENCE && index === half;
    return gap ? [`  ${"".padEnd(9)}… ${evidence.length - MAX_EVIDENCE} more frames`, line] : [line];
  });
}

/** How many connections there are of each cause, most frequent first; "" when there is only one. */
export function summaryText(verdicts: readonly Verdict[], colour: ChalkInstance): string {
  if (verdicts.length < 2) return "";
  const counts = new Map<string, number>();
  for (const verdict of verdicts) {
    const key = `${verdict.cause.word}${verdict.errno === null ? "" : ` ${verdict.errno}`}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const failed = verdicts.filter(isFailure).length;
  const rows = [...counts].sort((a, b) => b[1] - a[1]).map(([key, count]) => `${String(count).padStart(7)}  ${key}`);
  return [colour.bold(`${verdicts.length} connections and attempts, ${failed} failed`), ...rows].join("\n");
}
