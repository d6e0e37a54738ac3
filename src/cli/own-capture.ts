import type { LiveSource } from "../capture/live/open.ts";
import type { LiveOptions } from "../capture/live/options.ts";
import type { LiveEngine } from "../capture/source.ts";
import type { Connections } from "../flow/connections.ts";
import { type Account, accountInstead, become } from "./privileges.ts";

/** How a command captures that makes the traffic itself, as commander gives it. */
export interface OwnCaptureOptions {
  /** -i */
  readonly interface?: string;
  readonly engine?: LiveEngine;
  /** -Z */
  readonly relinquishPrivileges?: string;
}

/** A capture that has begun. */
export interface OwnCapture {
  readonly source: LiveSource;
  /** Whom programs that are started are yet to become: root had to be kept for the capture's sake. */
  readonly stillRootFor: Account | undefined;
}

/** Begins to capture, then gives root up. Rejects as `openLive` does, and root is given up then, too. */
export async function openOwnCapture(options: OwnCaptureOptions, asked: LiveOptions): Promise<OwnCapture> {
  const account = accountInstead(options.relinquishPrivileges);
  const { openLive } = await import("../capture/live/open.ts");
  try {
    const source = await openLive({
      ...asked,
      engine: options.engine,
      interface: options.interface ?? asked.interface,
      ...(account && { user: account.name }),
    });
    // Without root, dumpcap could not be told to end.
    if (account !== undefined && source.live.by === "dumpcap") return { source, stillRootFor: account };
    if (account !== undefined) become(account);
    return { source, stillRootFor: undefined };
  } catch (error) {
    if (account !== undefined) become(account);
    throw error;
  }
}

const MILLION = 1e6;

/** This moment in nanoseconds since the capture's first frame: silence since the last one counts for verdicts, too. */
export function nowNs({ start, lastTimeNs }: Connections): number {
  if (start.seconds <= 0) return lastTimeNs;
  return Math.max(lastTimeNs, sinceStartNs(start, performance.timeOrigin + performance.now()));
}

/** A moment, in milliseconds since 1970, as nanoseconds since the capture's first frame. */
export function sinceStartNs(start: Connections["start"], milliseconds: number): number {
  return (milliseconds - start.seconds * 1000) * MILLION - start.nanoseconds;
}
