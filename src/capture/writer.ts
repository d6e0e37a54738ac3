import type { Frame } from "../wire/frame.ts";
import type { CaptureSource } from "./source.ts";

/** A capture file that is being written. All methods throw a `CaptureError` when the bytes cannot be written. */
export interface CaptureWriter {
  /** Bytes of the file so far, those that are still in memory included. */
  readonly size: number;
  /** Whether bytes could not be written: that was thrown once, the file stays as it is. */
  readonly failed: boolean;
  /** Adds what belongs to an input besides its frames: its interfaces. */
  open(source: CaptureSource): void;
  /**
   * Adds a frame of the source. Its bytes may be taken later, but not after the next `settle`,
   * which has to come before the source reads on.
   */
  add(frame: Frame, source: CaptureSource): void;
  /** Takes the bytes that `add` left where they are. */
  settle(): void;
  /** Hands everything to the system. */
  flush(): void;
  /** Flushes, and gives the file back; may be called twice. */
  close(): void;
}

/** Makes a file; "-" is standard output. */
export type CreateWriter = (path: string, source: CaptureSource) => CaptureWriter;
