import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { openCapture } from "../../../src/capture/open.ts";
import type { CaptureSource } from "../../../src/capture/source.ts";
import { diagnoseAll } from "../../../src/diagnosis/diagnose.ts";
import type { Verdict } from "../../../src/diagnosis/verdict.ts";
import type { Connection } from "../../../src/flow/connection.ts";
import { Analysis } from "../../../src/pipeline.ts";
import { printed } from "../../../src/print/sink.ts";
import { DEFAULT_OPTIONS, type TcpdumpOptions } from "../../../src/print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../../../src/print/tcpdump/printer.ts";
import { Frame } from "../../../src/wire/frame.ts";

/** A frame that is kept. */
export interface KeptFrame {
  readonly bytes: Uint8Array;
  readonly wireLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What was read of a text. */
export interface ReadTrace {
  readonly frames: readonly KeptFrame[];
  readonly notices: readonly string[];
  readonly names: CaptureSource["names"];
}

/** Reads a text as a capture; `bufferSize` is that of the reader. */
export async function readTrace(text: string | Uint8Array, bufferSize?: number): Promise<ReadTrace> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-text-"));
  const file = path.join(folder, "trace.txt");
  fs.writeFileSync(file, text);
  try {
    const source = await openCapture(file, bufferSize === undefined ? {} : { bufferSize });
    const frames: KeptFrame[] = [];
    const frame = new Frame();
    for await (const block of source.blocks()) {
      while (block.next(frame)) {
        const { seconds, nanoseconds, wireLength } = frame;
        frames.push({ bytes: frame.bytes.slice(frame.start, frame.end), wireLength, seconds, nanoseconds });
      }
    }
    const notices = (source.notices ?? []).map((notice) => notice.replaceAll(folder, ""));
    return { frames, notices, names: source.names };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Calls `take` for each kept frame, moved through one buffer as a reader does. */
function eachKept(frames: readonly KeptFrame[], take: (frame: Frame) => void): void {
  const frame = new Frame();
  for (const kept of frames) {
    frame.number++;
    frame.bytes = Uint8Array.from(kept.bytes);
    frame.view = new DataView(frame.bytes.buffer);
    frame.start = 0;
    frame.end = kept.bytes.length;
    frame.wireLength = kept.wireLength;
    frame.seconds = kept.seconds;
    frame.nanoseconds = kept.nanoseconds;
    frame.linkType = 1;
    take(frame);
  }
}

/** What tcpdump would print of the frames. */
export function printTrace({ frames }: ReadTrace, options: Partial<TcpdumpOptions> = {}): string {
  return printed((sink) => {
    const printer = new TcpdumpPrinter(sink, { ...DEFAULT_OPTIONS, ...options });
    eachKept(frames, (frame) => printer.print(frame));
  });
}

/** The connections of a trace and what is said of them. */
export function analyseTrace({ frames }: ReadTrace): {
  readonly connections: readonly Connection[];
  readonly verdicts: readonly Verdict[];
} {
  const connections: Connection[] = [];
  const analysis = new Analysis({ onFinished: (connection) => connections.push(connection) });
  eachKept(frames, (frame) => void analysis.observe(frame));
  analysis.finish();
  connections.sort((a, b) => a.firstStream - b.firstStream);
  return {
    connections,
    verdicts: diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs),
  };
}
