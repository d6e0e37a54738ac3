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

/**
 * Reads captures one after the other as one input ("-": standard input). When
 * one cannot be opened or read to its end, what could be read was visited, and
 * the error is returned.
 */
export async function readCaptures(paths: readonly string[], visit: FrameVisitor): Promise<CaptureError | undefined> {
  const frame = new Frame();
  try {
    for (const path of paths) {
      const source = await openCapture(path, { firstNumber: frame.number + 1 });
      const more = await readSource(source, frame, visit).finally(() => {
        source.close();
      });
      if (!more) break;
    }
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
  return undefined;
}

async function readSource(source: CaptureSource, frame: Frame, visit: FrameVisitor): Promise<boolean> {
  for await (const block of source.blocks()) {
    while (block.next(frame)) if (visit(frame, source) === false) return false;
  }
  return true;
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
