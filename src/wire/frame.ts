const EMPTY = new Uint8Array(0);

/**
 * One captured frame: where its bytes are in the buffer of the reader, when it
 * was captured and how long it was. A reader owns one instance and moves it
 * from record to record; whoever keeps a frame keeps the numbers.
 */
export class Frame {
  /** Position in the input, from 1. Several files read one after the other are one input. */
  number = 0;
  /** Capture time: whole seconds since 1970-01-01 UTC, and nanoseconds in 0..999,999,999. */
  seconds = 0;
  nanoseconds = 0;
  /** False when the capture does not say when (a Simple Packet Block of pcapng): then both are 0. */
  hasTime = true;
  /** First byte and one past the last captured byte, both indices into `bytes` and `view`. */
  start = 0;
  end = 0;
  /** Length of the frame on the wire, in bytes; `end - start` is less when the snap length cut it. */
  wireLength = 0;
  /** LINKTYPE_ value of the frame's interface (pcap-linktype(7)). */
  linkType = 0;
  /** Index into the source's `interfaces`. */
  interfaceIndex = 0;
  /**
   * `1`: sent by the capturing host, `0`: received, `-1`: not recorded
   * (pcapng epb_flags, section 4.3.1).
   */
  direction: -1 | 0 | 1 = -1;
  /** Where the options of a pcapng packet block are; both 0 when there are none. */
  optionsStart = 0;
  optionsEnd = 0;
  /** What another thread found out about the frame (see `frame-index.ts`), and where it is there; undefined: nothing. */
  index: Int32Array | undefined = undefined;
  indexAt = 0;
  /** The reader's buffer; the same object for all frames of a block. */
  bytes: Uint8Array = EMPTY;
  view: DataView = new DataView(EMPTY.buffer);

  /** Captured bytes. */
  get capturedLength(): number {
    return this.end - this.start;
  }
}
