/**
 * Schedules by which stacks repeat an unanswered SYN, and when connect() gives
 * up (measured: Linux 6.18; sources: tcp_timer.c, FreeBSD and XNU tcp_timer.c,
 * Windows KB 175523 and its InitialRto settings).
 */

/** Timers run late, never early: measured -0 % to +3.2 % (timer wheel); a little more is allowed for the way to the capture. */
const EARLY = 0.99;
const LATE = 1.06;
/** Slack of a gap in seconds, whatever its length: the wheel's tick and the path. */
const SLACK = 0.06;

/** How late a kernel's long timers are, measured: 33.03 s for 32, 65.5 s for 64. */
const LATENESS = 1.025;

/** Linux never waits longer between two SYNs (TCP_RTO_MAX), in seconds. */
const LINUX_MAX_GAP = 120;

export interface SynSchedule {
  readonly stack: string;
  /** Seconds between one SYN and the next. */
  readonly gaps: readonly number[];
  /** Seconds from the last SYN to the error. */
  readonly finalWait: number;
  /** A default of some release, rather than a setting that someone chose. */
  readonly isDefault: boolean;
  /** What sets it, for Linux. */
  readonly setting: string;
}

/** How a list of SYNs fits a schedule. */
export interface ScheduleFit {
  readonly schedule: SynSchedule;
  /** All SYNs of the schedule were seen. */
  readonly complete: boolean;
  /** Seconds from the first SYN to the next one that is due; null when complete. */
  readonly nextSyn: number | null;
  /** Seconds from the first SYN to the error, as the schedule predicts it. */
  readonly givesUp: number;
}

function linux(retries: number, linear: number, stack: string, isDefault: boolean): SynSchedule {
  const waits = linuxWaits(retries, linear);
  return {
    stack,
    gaps: waits.slice(0, -1),
    finalWait: waits.at(-1) ?? 0,
    isDefault,
    setting: `net.ipv4.tcp_syn_retries=${retries}, net.ipv4.tcp_syn_linear_timeouts=${linear}`,
  };
}

/**
 * Seconds that Linux waits after each SYN with these settings (tcp_syn_retries, tcp_syn_linear_timeouts): it gives up
 * with the first timer that is due when retries without linear time-outs would be over (tcp_timer.c,
 * tcp_model_timeout; 6.18 with 4 linear ones, measured: 3.07, 7.14 and 19.4 s with 1, 2 and 3 retries, 134.2 s with 6).
 */
function linuxWaits(retries: number, linear: number): number[] {
  const doublings = Math.floor(Math.log2(LINUX_MAX_GAP));
  const limit = 2 ** (Math.min(retries, doublings) + 1) - 1 + Math.max(0, retries - doublings) * LINUX_MAX_GAP;
  const waits: number[] = [];
  for (let seconds = 0; seconds < limit;) {
    const wait = Math.min(LINUX_MAX_GAP, 2 ** Math.max(0, waits.length - linear));
    waits.push(wait);
    seconds += wait;
  }
  return waits;
}

/** Seconds from the first SYN to ETIMEDOUT where Linux has these settings. */
export function linuxSynTimeout(retries: number, linear: number): number {
  return linuxWaits(retries, linear).reduce((sum, wait) => sum + wait, 0) * LATENESS;
}

function fixed(stack: string, gaps: readonly number[], finalWait: number): SynSchedule {
  return { stack, gaps, finalWait, isDefault: true, setting: "" };
}

const RETRIES = [1, 2, 3, 4, 5, 6, 7, 8];

/** All known schedules; earlier ones are preferred where several fit. */
const SYN_SCHEDULES: readonly SynSchedule[] = [
  linux(6, 4, "Linux 6.5 or later", true),
  linux(6, 0, "Linux 3.7 to 6.4, or with linear timeouts off", true),
  linux(5, 0, "Linux before 3.7, or with tcp_syn_retries=5", true),
  fixed("Linux before 3.1", [3, 6, 12, 24, 48], 96),
  fixed("Windows", [3, 6], 12),
  fixed("Windows, recent", [1, 2, 4, 8], 6),
  fixed("BSD 4.4", [6, 18], 51),
  fixed("BSD 4.4, coarse timer", [5.8, 24], 45.2),
  ...RETRIES.filter((retries) => retries !== 6 && retries !== 5).map((retries) =>
    linux(retries, 0, `Linux with tcp_syn_retries=${retries} and no linear timeouts`, false),
  ),
  // With 1 it sends three SYNs: the same as under the default, for a program that gives up after 2 or 3 s, as many do.
  ...RETRIES.filter((retries) => retries !== 6 && retries > 1).map((retries) =>
    linux(retries, 4, `Linux 6.5 or later with tcp_syn_retries=${retries}`, false),
  ),
];

function gapFits(gap: number, nominal: number): boolean {
  return gap >= nominal * EARLY - SLACK && gap <= nominal * LATE + SLACK;
}

/** Whether `gaps` is how `schedule` begins, or all of it. */
function begins(schedule: SynSchedule, gaps: readonly number[]): boolean {
  if (gaps.length > schedule.gaps.length) return false;
  return gaps.every((gap, index) => gapFits(gap, schedule.gaps[index] ?? 0));
}

/**
 * The schedules that SYNs sent at `times` (seconds, the first may be any) fit,
 * best first: one of which all SYNs are there, then a default that goes on.
 */
export function matchSchedules(times: readonly number[]): ScheduleFit[] {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const last = (times[times.length - 1] ?? 0) - (times[0] ?? 0);
  const fits = SYN_SCHEDULES.filter((schedule) => begins(schedule, gaps)).map((schedule) =>
    fit(schedule, gaps.length, last),
  );
  const rank = (each: ScheduleFit): number => (each.complete ? 0 : 2) + (each.schedule.isDefault ? 0 : 1);
  return fits.sort((a, b) => rank(a) - rank(b));
}

function fit(schedule: SynSchedule, seen: number, last: number): ScheduleFit {
  const rest = schedule.gaps.slice(seen);
  const complete = rest.length === 0;
  const wait = (rest.reduce((sum, gap) => sum + gap, 0) + schedule.finalWait) * LATENESS;
  return { schedule, complete, nextSyn: complete ? null : last + (rest[0] ?? 0) * LATENESS, givesUp: last + wait };
}
