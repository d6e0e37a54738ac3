import type { Stream } from "../../flow/streams.ts";
import type { Segment } from "../../flow/segment.ts";
import type { FrameTimes } from "../../flow/frame-times.ts";
import type { Layers } from "../../wire/layers.ts";
import type { TreeWriter } from "./tree.ts";

/** Of the request that an echo reply answers. */
export interface EchoRequest {
  readonly frame: number;
  /** Since the request, in nanoseconds. */
  readonly elapsedNs: number;
}

/** What a conversation's tree needs to know of its packet. */
export interface StreamPacket {
  readonly stream: Stream;
  /** Which direction it goes. */
  readonly from: 0 | 1;
  /** What was complete before this packet. */
  readonly completeness: number;
}

/** What the printers of one frame share. */
export interface TreeContext {
  readonly tree: TreeWriter;
  readonly layers: Layers;
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** One past the last captured byte. */
  readonly limit: number;
  readonly times: FrameTimes;
  /** When the frame was captured. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** The analysis of the frame's segment, for the TCP header at `segmentAt`. */
  readonly segment: Segment | undefined;
  readonly segmentAt: number;
}
