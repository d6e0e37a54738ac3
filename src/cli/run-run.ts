import fs from "node:fs";
import { reasonOf } from "../capture/input.ts";
import { readCaptures } from "../pipeline.ts";
import { isFailure } from "../report/verdict-fields.ts";
import { type OwnCapture, openOwnCapture } from "./own-capture.ts";
import type { RunOptions } from "./run.ts";
import { type AttributedVerdict, ProgramConnections } from "./run/attribution.ts";
import { ConnectTrace } from "./run/connect-trace.ts";
import { countedVerdicts } from "./run/counted-verdict.ts";
import { type NoRoutes, noRoutes } from "./run/no-route.ts";
import type { RefusedConnects } from "./run/refused-connects.ts";
import { refusedVerdicts } from "./run/refused-verdict.ts";
import { printVerdicts, STDERR } from "./run/print-verdicts.ts";
import { startProgram } from "./run/program.ts";
import { ProgramSockets } from "./run/sockets.ts";
import { type Besides, tell } from "./run/tell.ts";
import { STATUS_FAILED, UsageError } from "./status.ts";

/** How long packets are waited for after the program's end, in milliseconds. */
const DRAIN = 300;
/** How often its sockets are looked at, in milliseconds; less often where that takes long. */
const LOOK = 10;
const SHARE = 2;
/** Bytes kept of a packet: all headers, and what ICMP errors quote. */
const SNAP_LENGTH = 256;
const EVERYWHERE = "any";

export async function runRun(words: readonly string[], options: RunOptions): Promise<void> {
  if (process.platform !== "linux")
    throw new UsageError("run: follows a program's sockets in /proc, which only Linux has");
  const { capture, output, trace } = await openAll(options);
  const followed = await follow(words, capture, trace);
  const { status, connections, error } = followed;
  const captured = connections.verdicts(
    capture.source.name === EVERYWHERE,
    (await capture.source.live.counts()).dropped,
  );
  const verdicts = withRefused(captured, followed, trace?.refused);
  printVerdicts(verdicts, options, output);
  tell(verdicts, besidesOf(followed, trace?.refused));
  if (error !== undefined) process.stderr.write(`tcpscope: ${error.message}\n`);
  const hasFailed = verdicts.some(({ verdict }) => isFailure(verdict));
  process.exitCode = options.verdictStatus === true && hasFailed ? STATUS_FAILED : status;
}

interface Opened {
  readonly capture: OwnCapture;
  /** The descriptor that verdicts are written to. */
  readonly output: number;
  /** Undefined where the kernel cannot be traced. */
  readonly trace: ConnectTrace | undefined;
}

async function openAll(options: RunOptions): Promise<Opened> {
  // What it needs root for comes before root is given up.
  const trace = ConnectTrace.start();
  try {
    const capture = await openOwnCapture(options, {
      interface: EVERYWHERE,
      expression: "tcp or icmp or icmp6 or arp",
      snapLength: SNAP_LENGTH,
      promiscuous: false,
    });
    const output = openOutput(options.output, capture);
    return { capture, output, trace: (await trace?.begun()) === true ? trace : undefined };
  } catch (error) {
    trace?.giveUp();
    throw error;
  }
}

/** The descriptor that verdicts are written to. */
function openOutput(path: string | undefined, { source }: OwnCapture): number {
  if (path === undefined) return STDERR;
  try {
    return fs.openSync(path, "w");
  } catch (error) {
    source.close();
    throw new UsageError(`option --output: ${path} cannot be written: ${reasonOf(error)}`);
  }
}

interface FollowedProgram {
  readonly status: number;
  readonly connections: ProgramConnections;
  /** Why the capture ended before the program. */
  readonly error: Error | undefined;
  /** How many of its sockets are where this capture sees nothing. */
  readonly elsewhere: number;
  /** How often this host had no route meanwhile. */
  readonly routeless: NoRoutes;
  /** It ran, and its exit status is not 0. */
  readonly hasFailed: boolean;
  /** In milliseconds since 1970. */
  readonly begun: number;
}

/** Runs the program to its end, and follows its connections. */
async function follow(
  words: readonly string[],
  { source, stillRootFor }: OwnCapture,
  trace: ConnectTrace | undefined,
): Promise<FollowedProgram> {
  source.live.onNotice = (text) => void process.stderr.write(`tcpscope: ${text}\n`);
  const begun = Date.now();
  const before = noRoutes();
  const program = startProgram(words, stillRootFor);
  const sockets = new ProgramSockets(program.pid ?? -1);
  const connections = new ProgramConnections(sockets, begun);
  const reading = readCaptures([() => Promise.resolve(source)], (frame) => connections.frame(frame));
  const stopLooking = program.pid === undefined ? () => undefined : lookOften(sockets);
  const status = await program.ended;
  stopLooking();
  const after = noRoutes();
  const traceRead = trace?.end();
  const routeless = { ipv4: after.ipv4 - before.ipv4, ipv6: after.ipv6 - before.ipv6 };
  connections.programEnded(performance.timeOrigin + performance.now());
  if (program.pid !== undefined) await new Promise((resolve) => setTimeout(resolve, DRAIN));
  source.live.stop();
  const hasFailed = program.pid !== undefined && status !== 0;
  const error = await reading;
  await traceRead;
  return { status, connections, error, elsewhere: sockets.elsewhere, routeless, hasFailed, begun };
}

/** With the verdicts on what the kernel refused by itself: by the trace, or by its count where the trace shows no call. */
function withRefused(
  captured: readonly AttributedVerdict[],
  { connections, elsewhere, hasFailed, routeless, begun }: FollowedProgram,
  refused: RefusedConnects | undefined,
): readonly AttributedVerdict[] {
  const isSeen = captured.length > 0 || connections.notCaptured > 0 || elsewhere > 0;
  const more =
    refused === undefined || !refused.hasCalls
      ? countedVerdicts(routeless, {
          isSeen,
          hasFailed,
          isTraced: refused !== undefined,
          timeNs: connections.sinceStartNs(begun),
        })
      : refusedVerdicts(refused.destinations(), {
          seen: captured,
          sinceStartNs: (seconds) => connections.sinceStartNs(sinceEpoch(seconds)),
        });
  return [...captured, ...more].sort((a, b) => a.verdict.timeNs - b.verdict.timeNs);
}

/** A time of the monotonic clock as milliseconds since 1970. */
function sinceEpoch(seconds: number): number {
  const bootedAt = performance.timeOrigin + performance.now() - Number(process.hrtime.bigint()) / 1e6;
  return bootedAt + seconds * 1000;
}

function besidesOf(
  { connections, elsewhere, routeless, hasFailed }: FollowedProgram,
  refused: RefusedConnects | undefined,
): Besides {
  const { others, notCaptured } = connections;
  const traced = refused === undefined ? undefined : { others: refused.others, lost: refused.lost };
  return { others, notCaptured, elsewhere, routeless, hasFailed, traced };
}

/** Looks at the sockets until the function that it gives is called. */
function lookOften(sockets: ProgramSockets): () => void {
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const begin = performance.now();
    sockets.look();
    timer = setTimeout(look, Math.max(LOOK, SHARE * (performance.now() - begin)));
  };
  look();
  return () => clearTimeout(timer);
}
