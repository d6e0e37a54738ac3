import { CaptureError } from "./capture/error.ts";
import { openCapture } from "./capture/open.ts";
import type { CaptureSource } from "./capture/source.ts";
import { Evidence } from "./diagnosis/evidence.ts";
import { Connections, type ConnectionsOptions } from "./flow/connections.ts";
import type { Segment } from "./flow/segment.ts";
import { Frame } from "./wire/frame.ts";
import { Packet } from "./wire/packet.ts";

/** Called for each frame; the frame holds only during the call. `false` ends the reading. */
export type FrameVisitor = (frame: Frame, source: CaptureSource) => boolean | void;

/** What else a reader of captures can be told. */
export interface ReadingOptions {
  /** Called when an input is open, before its first frame. */
  readonly onOpen?: (source: CaptureSource) => void;
  /** Called when all frames at hand were visited and more bytes have to be read or waited for. */
  readonly onIdle?: (source: CaptureSource) => void;
  /** When aborted, the reading ends as if the input ended there. */
  readonly signal?: AbortSignal;
}

/**
 * Reads captures one after the other as one input ("-": standard input). When
 * one cannot be opened or read to its end, what could be read was visited, and
 * the error is returned.
 */
export async function readCaptures(
  paths: readonly string[],
  visit: FrameVisitor,
  options: ReadingOptions = {},
): Promise<CaptureError | undefined> {
  const frame = new Frame();
  const { signal } = options;
  try {
    for (const path of paths) {
      const source = await openCapture(path, { firstNumber: frame.number + 1, ...(signal && { signal }) });
      if (!(await readSource(source, frame, visit, options))) break;
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    // An input that was closed before its end is no longer of interest.
    return signal?.aborted === true ? undefined : error;
  }
  return undefined;
}

/** Whether the next input is wanted. */
async function readSource(
  source: CaptureSource,
  frame: Frame,
  visit: FrameVisitor,
  { onOpen, onIdle, signal }: ReadingOptions,
): Promise<boolean> {
  // A read that waits for a pipe ends when the source is closed.
  const stop = (): void => source.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    onOpen?.(source);
    for await (const block of source.blocks()) {
      if (signal?.aborted === true) return false;
      while (block.next(frame)) if (visit(frame, source) === false) return false;
      onIdle?.(source);
    }
    return true;
  } finally {
    signal?.removeEventListener("abort", stop);
    source.close();
  }
}

/** The rooms in a row: a frame is decoded, its connection followed, and what it tells of others kept as evidence. */
export class Analysis {
  readonly packet: Packet = new Packet();
  readonly connections: Connections;
  readonly evidence: Evidence = new Evidence();

  constructor(options: ConnectionsOptions = {}) {
    this.connections = new Connections(options);
  }

  /** The segment of the frame's connection, if it has one; it holds until the next call. */
  observe(frame: Frame): Segment | undefined {
    this.packet.decode(frame);
    const segment = this.connections.observe(this.packet);
    if (segment === undefined) this.evidence.observe(this.packet, this.connections);
    else if (segment.frame === segment.connection.firstFrame) this.evidence.observeStart(segment, this.connections);
    return segment;
  }

  /** To be called when the input has ended. */
  finish(): void {
    this.connections.finish();
  }
}
