import fs from "node:fs";
import { linuxSynTimeout } from "../../flow/syn-schedule.ts";

/** How long this host's connect() goes on unanswered. */
export interface SynSettings {
  readonly retries: number;
  /** 0 where the kernel has no such setting (before Linux 6.5). */
  readonly linear: number;
  /** Seconds to ETIMEDOUT. */
  readonly givesUp: number;
}

/** Of a kernel that tells neither: its default before 6.5. */
const USUAL_RETRIES = 6;

/** The settings of the network namespace that this process is in. */
export function synSettings(): SynSettings {
  const retries = setting("tcp_syn_retries") ?? USUAL_RETRIES;
  const linear = setting("tcp_syn_linear_timeouts") ?? 0;
  return { retries, linear, givesUp: linuxSynTimeout(retries, linear) };
}

function setting(name: string): number | undefined {
  try {
    return Number.parseInt(fs.readFileSync(`/proc/sys/net/ipv4/${name}`, "utf8"), 10);
  } catch {
    return undefined;
  }
}
