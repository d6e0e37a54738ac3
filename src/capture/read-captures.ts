import { FilterError } from "../filter/error.ts";
import type { Filter } from "../filter/filter.ts";
import { Frame } from "../wire/frame.ts";
import type { ModuleMemory } from "../wire/module-memory.ts";
import { CaptureError } from "./error.ts";
import { openCapture } from "./open.ts";
import type { Block, CaptureSource, IndexTaker } from "./source.ts";

/** Called for each frame; the frame holds only during the call. `false` ends the reading. */
export type FrameVisitor = (frame: Frame, source: CaptureSource) => boolean | void;

/** Opens an input that is no file, such as a live capture; its frames are numbered from `firstNumber`. */
export type InputOpener = (firstNumber: number) => Promise<CaptureSource>;

/** A capture to read: a path ("-": standard input), or how it is opened. */
export type Input = string | InputOpener;

/** What else a reader of captures can be told. */
export interface ReadingOptions {
  /** Frames that do not match are passed over; the others keep their numbers. */
  readonly filter?: Filter | undefined;
  /** Called when an input is open, before its first frame. */
  readonly onOpen?: (source: CaptureSource) => void;
  /** Called when all frames at hand were visited and more bytes have to be read or waited for; what it gives is waited for before that. */
  readonly onIdle?: (source: CaptureSource) => Promise<void> | undefined | void;
  /** Takes what it can of the frames of ordinary files, where there is no filter: these are not visited. */
  readonly taker?: IndexTaker | undefined;
  /** When aborted, the reading ends as if the input ended there. */
  readonly signal?: AbortSignal;
}

/**
 * Reads captures one after the other as one input. When
 * one cannot be opened or read to its end, or has frames of a link type for
 * which the filter cannot be compiled, what could be read was visited, and the
 * error is returned. Rejects with a `FilterError` when not even the first input can be filtered.
 */
export async function readCaptures(
  inputs: readonly Input[],
  visit: FrameVisitor,
  options: ReadingOptions = {},
): Promise<CaptureError | FilterError | undefined> {
  const frame = new Frame();
  const { filter, signal, taker } = options;
  let isOpen = false;
  try {
    for (const input of inputs) {
      const source = await openInput(input, frame.number + 1, signal, taker?.memory);
      prepareFilter(filter, source, inputs.length === 1);
      isOpen = true;
      if (!(await readSource(source, frame, visit, options))) break;
    }
    filter?.refuseImpossible();
  } catch (error) {
    if (error instanceof FilterError && isOpen) return error;
    if (!(error instanceof CaptureError)) throw error;
    // An input that was closed before its end is no longer of interest.
    return signal?.aborted === true ? undefined : error;
  }
  return undefined;
}

function openInput(
  input: Input,
  firstNumber: number,
  signal: AbortSignal | undefined,
  indexMemory: ModuleMemory | undefined,
): Promise<CaptureSource> {
  if (typeof input !== "string") return input(firstNumber);
  return openCapture(input, { firstNumber, indexMemory, ...(signal && { signal }) });
}

/** An expression that is wrong is refused before anything is read or written. */
function prepareFilter(filter: Filter | undefined, source: CaptureSource, isOnly: boolean): void {
  if (filter === undefined) return;
  try {
    filter.prepare(source.linkType, source.littleEndian);
    // All frames of such an input are of one link type.
    if (isOnly && source.format !== "pcapng") filter.refuseImpossible();
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Whether the next input is wanted. */
async function readSource(
  source: CaptureSource,
  frame: Frame,
  visit: FrameVisitor,
  { filter, taker, onOpen, onIdle, signal }: ReadingOptions,
): Promise<boolean> {
  // A read that waits for a pipe ends when the source is closed.
  const stop = (): void => source.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    onOpen?.(source);
    for await (const block of source.blocks()) {
      if (signal?.aborted === true) return false;
      const next = filteredNext(block, source.linkType, filter, taker);
      while (next(frame)) if (visit(frame, source) === false) return false;
      const ready = onIdle?.(source);
      if (ready !== undefined) await ready;
    }
    return true;
  } finally {
    signal?.removeEventListener("abort", stop);
    source.close();
  }
}

/** What moves a frame to the next record that is wanted. */
function filteredNext(
  block: Block,
  linkType: number,
  filter: Filter | undefined,
  taker: IndexTaker | undefined,
): (frame: Frame) => boolean {
  if (filter === undefined) {
    if (taker !== undefined && block.nextUntaken !== undefined) return (frame) => block.nextUntaken!(frame, taker);
    return (frame) => block.next(frame);
  }
  if (block.nextMatching !== undefined) {
    const match = filter.matchOf(linkType);
    return (frame) => block.nextMatching!(frame, match);
  }
  return (frame) => {
    while (block.next(frame)) {
      const { linkType: type, view, start, end, wireLength } = frame;
      if (filter.matches(type, view, start, end - start, wireLength)) return true;
    }
    return false;
  };
}
