import { END_MARK } from "./trace-script.ts";

/** A thread calls connect(), looks a route up for TCP, and returns from connect(); the trace ends, or has lost events. */
export type TraceEvent = TracedCall | TracedLookup | TracedReturn | { readonly kind: "end" } | TracedLoss;

interface OfThread {
  readonly thread: number;
  /** Seconds of the monotonic clock. */
  readonly at: number;
}

interface TracedCall extends OfThread {
  readonly kind: "call";
}

/** A look-up in one table of routes. */
export interface TracedLookup extends OfThread {
  readonly kind: "lookup";
  readonly address: string;
  readonly port: number;
  /** 0 until one is chosen. */
  readonly sourcePort: number;
  /** 0: there is a way; else the number of an error, negative, and -EAGAIN where another table is to be asked. */
  readonly error: number;
}

interface TracedReturn extends OfThread {
  readonly kind: "return";
  /** 0, or the number of an error, negative. */
  readonly value: number;
}

interface TracedLoss {
  readonly kind: "loss";
  readonly events: number;
}

/** "TASK-PID [CPU] FLAGS TIME: EVENT"; of the flags, the third one is for interrupts. */
const LINE = /-(\d+)\s+(?:\([-\s\d]*\)\s+)?\[\d+\]\s+(\S+)\s+(\d+\.\d+): (.*)$/;
const LOOKUP = /^fib6?_table_lookup: .* proto 6 \S+\/(\d+) -> ([\da-f.:]+)\/(\d+) .* err (-?\d+)$/;
const RETURN = /^sys_connect -> 0x([\da-f]{1,16})$/;
const LOSS = /^CPU:\d+ \[LOST (\d+) EVENTS\]/;
const INTERRUPT = /^..[hHsZz]/;

/** What a line of a trace says; undefined for anything else, and for what interrupts do on a thread's time. */
export function parseTraceLine(line: string): TraceEvent | undefined {
  const [, events] = LOSS.exec(line) ?? [];
  if (events !== undefined) return { kind: "loss", events: Number(events) };
  const [, thread, flags = "", at, what = ""] = LINE.exec(line) ?? [];
  if (what === `tracing_mark_write: ${END_MARK}`) return { kind: "end" };
  if (thread === undefined || INTERRUPT.test(flags)) return undefined;
  return eventOf({ thread: Number(thread), at: Number(at) }, what);
}

function eventOf(of: OfThread, what: string): TraceEvent | undefined {
  if (what.startsWith("sys_connect(")) return { kind: "call", ...of };
  const [, value] = RETURN.exec(what) ?? [];
  // The lower half of a long is enough for errors.
  if (value !== undefined) return { kind: "return", ...of, value: Number.parseInt(value.slice(-8), 16) | 0 };
  const [, sourcePort, address, port, error] = LOOKUP.exec(what) ?? [];
  if (address === undefined) return undefined;
  return { kind: "lookup", ...of, address, port: Number(port), sourcePort: Number(sourcePort), error: Number(error) };
}
