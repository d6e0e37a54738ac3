import { errnoAt, errnoByOs } from "../diagnosis/errno.ts";
import type { LaterCall, Verdict } from "../diagnosis/verdict.ts";
import { POINT_TEXTS } from "./capture-point.ts";
import { ERRNO_NUMBERS } from "./explain/errno-numbers.ts";
import { END_NAMES } from "./flow-keys.ts";

/** A named line of a verdict. */
interface VerdictField {
  readonly name: string;
  readonly text: string;
}

/** Whether a verdict tells of a failure, at either end. An address that this host cannot use fails nobody when another one of the same name was reached. */
export function isFailure(verdict: Verdict): boolean {
  if (UNUSABLE.has(verdict.cause.word) && verdict.group?.kind === "happy-eyeballs") return false;
  if (verdict.errno !== null || verdict.failures.length > 0) return true;
  return (
    verdict.cause.word === "application-gave-up" || (verdict.phase === "connect" && IN_VAIN.has(verdict.cause.word))
  );
}

/** Causes for which nothing is sent to an address. */
const UNUSABLE: ReadonlySet<string> = new Set(["no-route", "local-address-or-port"]);

/** Causes for which a connect() fails, also when its program gives it up before the kernel does. */
const IN_VAIN: ReadonlySet<string> = new Set(["local-firewall-drop", "neighbour-unreachable", "accept-queue-full"]);

/** What a verdict says between its sentence and the likely causes: cause, errno, schedule, who sent the RST… */
export function verdictFields(verdict: Verdict): VerdictField[] {
  const { cause, confidence, doubt } = verdict;
  const code = cause.code === "" ? "" : ` (${cause.code})`;
  const fields = [{ name: "cause", text: `${cause.word}${code}, ${confidence}${doubt === "" ? "" : `: ${doubt}`}` }];
  if (verdict.errno !== null) fields.push({ name: "errno", text: errnoText(verdict.errno, verdict) });
  for (const each of verdict.failures) {
    if (each.end === 1) fields.push({ name: "server", text: `${each.call}() fails: ${each.errno}` });
  }
  // After a connect() that failed there is nothing to send, and nobody does.
  if (verdict.later.length > 0 && verdict.call !== "connect")
    fields.push({ name: "then", text: verdict.later.map(laterText).join(", ") });
  if (verdict.schedule !== null) fields.push({ name: "schedule", text: scheduleText(verdict.schedule) });
  fields.push(...provenanceFields(verdict), ...groupFields(verdict), ...stackFields(verdict));
  return [...fields, ...verdict.remarks.map((text) => ({ name: "note", text }))];
}

function laterText({ end, call, returns }: LaterCall): string {
  if (returns === "EAGAIN") return `${END_NAMES[end]} ${call}() blocks, or returns EAGAIN on a non-blocking socket`;
  return `${END_NAMES[end]} ${call}() returns ${returns}`;
}

/** Names and numbers: a program may print either. */
function errnoText(errno: string, verdict: Verdict): string {
  const names = errnoByOs(errno, verdict.cause);
  const { linux, bsd, windows } = names;
  const here = errnoAt(verdict.stacks[0], names);
  const own = here === linux ? "" : `${here} on this client; `;
  const linuxNumber = ERRNO_NUMBERS[linux]?.linux;
  const bsdNumber = ERRNO_NUMBERS[bsd]?.bsd ?? undefined;
  const windowsNumber = Object.values(ERRNO_NUMBERS).find((each) => each.windows?.[0] === windows)?.windows?.[1];
  const onWindows = `${windows}${windowsNumber === undefined ? "" : ` ${windowsNumber}`} on Windows`;
  const onLinux = `${linuxNumber === undefined ? "" : `${linuxNumber} `}on Linux`;
  const onBsd = `${bsdNumber === undefined ? "" : `${bsdNumber} `}on BSD and macOS`;
  if (linux === bsd) return `${own}${linux} (${onLinux}, ${onBsd}), ${onWindows}`;
  return `${own}${linux} ${onLinux}, ${bsd} ${onBsd}, ${onWindows}`;
}

function scheduleText(schedule: NonNullable<Verdict["schedule"]>): string {
  const what =
    schedule.kind === "syn" ? "SYN" : schedule.kind === "syn-ack" ? "SYN-ACK" : schedule.kind.replace("-", " ");
  // A SYN is the first packet of its attempt; of anything else, the first one is.
  const at = (seconds: number): string =>
    schedule.kind === "syn" ? `at ${seconds.toFixed(1)} s` : `${seconds.toFixed(1)} s after the first`;
  const next = schedule.nextSyn === null ? `no ${what} is to come` : `next ${what} due ${at(schedule.nextSyn)}`;
  return `${schedule.stack}: ${next}, gives up ${at(schedule.givesUp)}`;
}

const ORIGINS: Readonly<Record<NonNullable<Verdict["provenance"]>["origin"], string>> = {
  kernel: "the host's own kernel",
  firewall: "a firewall in the host's place",
  middlebox: "a device on the way",
  forged: "someone else in the host's name",
};

function provenanceFields({ provenance }: Verdict): VerdictField[] {
  if (provenance === null) return [];
  const reasons = provenance.reasons.length === 0 ? "" : `: ${provenance.reasons.join("; ")}`;
  return [{ name: "RST by", text: `${ORIGINS[provenance.origin]}, ${provenance.confidence}${reasons}` }];
}

const GROUPS: Readonly<Record<NonNullable<Verdict["group"]>["kind"], string>> = {
  "happy-eyeballs": "addresses of one name tried side by side",
  retries: "tries in a row",
  "port-scan": "ports tried in vain",
  "syn-flood": "SYNs that nobody follows up",
};

function groupFields({ group }: Verdict): VerdictField[] {
  return group === null ? [] : [{ name: "one of", text: `${group.count} ${GROUPS[group.kind]}` }];
}

/** Whose stacks they are, and where the capture was made. */
function stackFields({ stacks, vantage, otherEnd }: Verdict): VerdictField[] {
  const known = stacks.flatMap((stack, end) =>
    stack === null ? [] : [`${END_NAMES[end === 0 ? 0 : 1]} ${stack.name} (${stack.confidence})`],
  );
  const fields = known.length === 0 ? [] : [{ name: "stacks", text: known.join(", ") }];
  if (vantage.at === "unknown" && otherEnd === "") return fields;
  const where = vantage.at === "unknown" ? vantage.reason : `${POINT_TEXTS[vantage.at]}: ${vantage.reason}`;
  const more = otherEnd === "" ? "" : `; one at the other end would show ${otherEnd}`;
  return [...fields, { name: "captured", text: `${where}${more}` }];
}
