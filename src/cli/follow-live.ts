import type { CaptureSource } from "../capture/source.ts";
import type { Connection } from "../flow/connection.ts";
import { Analysis } from "../pipeline.ts";
import type { Frame } from "../wire/frame.ts";
import { CaptureClock } from "./capture-clock.ts";
import type { Followed } from "./follow.ts";
import { readInputs } from "./inputs.ts";
import { liveInput } from "./live.ts";
import type { ReportOptions } from "./reading.ts";
import { keepHeapCompact } from "./v8-settings.ts";
import { reportEvicted } from "./status.ts";

/** What a view of a capture that goes on is told. All times are of `performance.now()`, in milliseconds. */
export interface LiveView {
  /** Milliseconds between two calls of `look`. */
  readonly interval: number;
  /** Before the first frame. */
  open(source: CaptureSource, live: LiveAnalysis): void;
  /** Called now and then, with the connections that more than the predicted segments came of since the last call. */
  look(changed: ReadonlySet<Connection>, now: number): void;
  /** Nothing more comes of the connection; called once for each, of those that are left after the last `look`. */
  finished(connection: Connection): void;
  /** The reading has ended, however: called before `finished` is for those that are left. */
  close(): void;
}

/** Connections followed at once: about 4 KiB each. */
const MAX_CONNECTIONS = 262_144;
/** Beyond, those leave that are silent: where packets are dropped, the end of many a connection is never seen. */
const MOST_SILENT = 32_768;

/** An analysis whose time goes on without packets. */
export class LiveAnalysis extends Analysis {
  readonly clock: CaptureClock = new CaptureClock();
  #changed = new Set<Connection>();
  /** What the clock, and no frame, made of the newest time. */
  #advancedNs = -1;

  constructor(onFinished: (connection: Connection) => void, maxConnections: number = MAX_CONNECTIONS) {
    keepHeapCompact();
    super({
      analysis: false,
      expires: true,
      maxConnections,
      mostSilent: MOST_SILENT,
      onFinished,
    });
  }

  /** Nothing is done for predicted segments but what every command does. */
  override follow(frame: Frame): void {
    if (this.connections.observePredicted(frame)) return;
    const connection = this.observe(frame)?.connection ?? this.evidence.quoted?.connection;
    if (connection !== undefined) this.#changed.add(connection);
  }

  /** All frames at hand were followed. */
  idle(): void {
    const { start, lastTimeNs } = this.connections;
    if (start.seconds > 0 && lastTimeNs !== this.#advancedNs) this.clock.note(lastTimeNs);
  }

  /** The connections that changed since the last call; what is due by now is so for the verdicts, too. */
  takeChanged(): ReadonlySet<Connection> {
    const { connections, clock } = this;
    this.idle();
    if (connections.start.seconds > 0) {
      connections.lastTimeNs = Math.max(connections.lastTimeNs, clock.nowNs);
      this.#advancedNs = connections.lastTimeNs;
    }
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }
}

/** Captures, and lets the view look at what it makes of it, until ^C. `connections` are left to the view. */
export async function followLive(view: LiveView, options: ReportOptions, words: readonly string[]): Promise<Followed> {
  const live = liveInput(options, words)!;
  const analysis = new LiveAnalysis((connection) => view.finished(connection), options.maxConnections);
  let looked = performance.now();
  let failure: { readonly error: unknown } | undefined;
  let opened: CaptureSource | undefined;
  const look = (): void => {
    const now = performance.now();
    if (opened === undefined || failure !== undefined || now - looked < view.interval) return;
    looked = now;
    try {
      view.look(analysis.takeChanged(), now);
    } catch (error) {
      // From a timer nobody would hear of it.
      failure = { error };
      opened.live?.stop();
    }
  };
  // Packets may come so often that no timer runs in time, or not at all.
  const timer = setInterval(look, Math.max(50, view.interval / 5));
  let error;
  try {
    error = await readInputs([live.open], (frame) => analysis.follow(frame), {
      expression: live.expression,
      printsMeanwhile: true,
      onOpen(source) {
        opened = source;
        view.open(source, analysis);
      },
      onIdle() {
        analysis.idle();
        look();
      },
    });
    if (failure === undefined) view.look(analysis.takeChanged(), performance.now());
  } finally {
    clearInterval(timer);
    view.close();
  }
  if (failure !== undefined) throw failure.error;
  analysis.finish();
  const reportMissing = (): void => reportEvicted(analysis.connections.evicted);
  return { connections: [], healthyLeftOut: 0, analysis, error, live, reportMissing };
}
