import { CaptureError } from "./capture/error.ts";
import { openCapture } from "./capture/open.ts";
import type { CaptureSource } from "./capture/source.ts";
import { Evidence } from "./diagnosis/evidence.ts";
import { Connections, type ConnectionsOptions } from "./flow/connections.ts";
import { FilterError } from "./filter/error.ts";
import type { Filter } from "./filter/filter.ts";
import { isNotable } from "./diagnosis/notice.ts";
import type { Segment } from "./flow/segment.ts";
import { Frame } from "./wire/frame.ts";
import { Packet } from "./wire/packet.ts";
import { type ReassembledDatagram, Reassembler } from "./wire/reassembly.ts";

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
  /** Called when all frames at hand were visited and more bytes have to be read or waited for. */
  readonly onIdle?: (source: CaptureSource) => void;
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
  const { filter, signal } = options;
  let isOpen = false;
  try {
    for (const input of inputs) {
      const source = await openInput(input, frame.number + 1, signal);
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

function openInput(input: Input, firstNumber: number, signal: AbortSignal | undefined): Promise<CaptureSource> {
  if (typeof input !== "string") return input(firstNumber);
  return openCapture(input, { firstNumber, ...(signal && { signal }) });
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
  { filter, onOpen, onIdle, signal }: ReadingOptions,
): Promise<boolean> {
  // A read that waits for a pipe ends when the source is closed.
  const stop = (): void => source.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    onOpen?.(source);
    for await (const block of source.blocks()) {
      if (signal?.aborted === true) return false;
      while (block.next(frame)) {
        const { linkType, view, start, end, wireLength } = frame;
        if (filter !== undefined && !filter.matches(linkType, view, start, end - start, wireLength)) continue;
        if (visit(frame, source) === false) return false;
      }
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
  /** What carries the transport header: `packet`, or, where that was the last fragment that was missing, the datagram put together. */
  transport: Packet = this.packet;
  /** That datagram; undefined where the packet completes none. */
  datagram: ReassembledDatagram | undefined = undefined;
  readonly #whole = new Packet();
  readonly #reassembler = new Reassembler();
  readonly connections: Connections;
  readonly evidence: Evidence = new Evidence();
  readonly #keepsEvidence: boolean;

  constructor(options: ConnectionsOptions = {}) {
    this.#keepsEvidence = (options.scope ?? "ends") === "ends";
    this.connections = new Connections(options);
  }

  /** The segment of the frame's connection, if it has one; it holds until the next call. */
  observe(frame: Frame): Segment | undefined {
    this.packet.decode(frame);
    this.datagram = undefined;
    this.transport = this.packet.isFragment ? this.#reassembled(this.packet) : this.packet;
    const segment = this.connections.observe(this.transport);
    if (!this.#keepsEvidence) return segment;
    if (segment === undefined) this.evidence.observe(this.transport, this.connections);
    else if (isNotable(segment)) this.evidence.observeSegment(segment, this.transport, this.connections);
    return segment;
  }

  /** The whole datagram when the fragment completes it. */
  #reassembled(fragment: Packet): Packet {
    const datagram = this.#reassembler.add(fragment);
    this.datagram = datagram;
    if (datagram === undefined) return fragment;
    this.#whole.decode(datagram.frame);
    return this.#whole;
  }

  /** The same for who wants to know nothing of single segments, and faster. */
  follow(frame: Frame): void {
    if (!this.connections.observePredicted(frame)) this.observe(frame);
  }

  /** To be called when the input has ended. */
  finish(): void {
    this.connections.finish();
  }
}
