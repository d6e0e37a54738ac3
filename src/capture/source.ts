import type { Match } from "../filter/match.ts";
import type { Frame } from "../wire/frame.ts";
import type { ModuleMemory } from "../wire/module-memory.ts";

/** Where frames were captured: the one of a pcap file, or an Interface Description Block of pcapng. */
export interface CaptureInterface {
  /** As the capturing host called it; "" when not recorded. */
  readonly name: string;
  /** Of pcapng: the section that describes it, from 1, and its number there, from 0. */
  readonly section?: number;
  readonly idInSection?: number;
  readonly description: string;
  /** The capture filter, as written; "" when not recorded. */
  readonly filter: string;
  /** LINKTYPE_ value (pcap-linktype(7)). */
  readonly linkType: number;
  /** Bytes kept of a frame at most; 0 when there was no limit. */
  readonly snapLength: number;
  /** Bytes of frame check sequence at the end of each frame; -1 when not recorded. */
  readonly fcsLength: number;
  /** What one unit of the recorded times is, in seconds: 1e-6, 1e-9, 2 ** -20… */
  readonly resolution: number;
  /** Frames that the interface received, of the latest Interface Statistics Block; -1 when not recorded. */
  readonly received: number;
  /** Frames that the interface dropped for lack of resources; -1 when not recorded. */
  readonly dropped: number;
  /** Frames that the operating system dropped; -1 when not recorded. */
  readonly systemDropped: number;
}

/** An address and its name, of a Name Resolution Block. */
export interface RecordedName {
  /** Dotted quad, or colon-separated hexadecimal without `::`-shortening left out. */
  readonly address: string;
  readonly name: string;
}

/** Takes frames by their index (see `frame-index.ts`), before they are visited. */
export interface IndexTaker {
  /** Where the index has to be. */
  readonly memory: ModuleMemory;
  /** The next frames are those of the index at byte `at`, of `count` records; the first has this number. `view` is of their bytes. */
  begin(at: number, count: number, number: number, view: DataView): void;
  /** Takes frames from the one at this place on, up to the first that it does not take: its place, or `count`. */
  follow(place: number): number;
}

/** Some whole records, in the order of the input. */
export interface Block {
  /**
   * Moves `frame` to the next record; false when this block has no more. What
   * the frame points at holds until the next record is asked for.
   */
  next(frame: Frame): boolean;
  /**
   * Like `next`, but passes over the records that `match` rejects. Only where all records are of one link
   * type; left out where that would not be faster than to ask for each.
   */
  nextMatching?(frame: Frame, match: Match): boolean;
  /** Like `next`, but passes over the records that `taker` takes; only where they have an index. */
  nextUntaken?(frame: Frame, taker: IndexTaker): boolean;
}

/** How packets get from the system into the program. */
export type LiveEngine = "libpcap" | "child" | "cap";

/** Numbers of packets since a capture was begun; -1 where the engine does not know them. */
export interface LiveCounts {
  /** Taken by whoever reads the source. */
  readonly captured: number;
  /** That matched; on Linux with those that were dropped, and on its loopback interface twice each. */
  readonly received: number;
  /** For lack of room, because they were not taken fast enough. */
  readonly dropped: number;
  /** By the interface or its driver. */
  readonly interfaceDropped: number;
}

/** What only a capture that is going on has. */
export interface LiveCapture {
  readonly engine: LiveEngine;
  /** The program or library that captures: "libpcap", "tcpdump", "dumpcap" or "cap". */
  readonly by: string;
  /** Of the link type: "EN10MB", and "Ethernet"; "" when it has none. */
  readonly linkName: string;
  readonly linkDescription: string;
  /** What people should know of this capture, a sentence each. */
  readonly warnings: readonly string[];
  /** Called with what happens meanwhile and does not end the capture, a sentence each: that the interface went down. */
  onNotice: ((text: string) => void) | undefined;
  /** Ends the capture: packets that the system has at this moment are still given, then the source ends. */
  stop(): void;
  /** The counts so far, or of the whole capture when it has ended. */
  counts(): Promise<LiveCounts>;
  /** The name of one of this host's interfaces, by the number that is in SLL2 headers. */
  interfaceName(index: number): string | undefined;
}

/** An open capture. Read once, from front to back. */
export interface CaptureSource {
  /** What the user calls it: the path, or "standard input". */
  readonly name: string;
  readonly format: "pcap" | "pcapng" | "text";
  readonly compression: "" | "gzip" | "zstd";
  /** `nano` when the (first) interface records finer than microseconds. */
  readonly precision: "micro" | "nano";
  /** How fine the times of records are that lie in front of their frames exactly as `PcapWriter` writes them; "" when they do not. */
  readonly recordPrecision?: "micro" | "nano" | "";
  /** Byte order of the host that wrote the (latest section of the) capture: some link types' headers are in it. */
  readonly littleEndian: boolean;
  /** LINKTYPE_ value of the first interface; -1 while there is none. */
  readonly linkType: number;
  /** Of the first interface, in bytes; 0 when there is no limit. */
  readonly snapLength: number;
  /** All interfaces met so far, of all sections; `Frame.interfaceIndex` counts in this list. */
  readonly interfaces: readonly CaptureInterface[];
  /** Names met so far, the first 65,536 of them. */
  readonly names: readonly RecordedName[];
  /** Sentences on how a text trace was read so far: names that got addresses, lines that could not be read. */
  readonly notices?: readonly string[];
  /** Bytes taken from the input so far, before decompression. */
  readonly bytesRead: number;
  /** Bytes of the input, before decompression; -1 when unknown (a pipe). */
  readonly size: number;
  /** Of a capture that is going on; left out for files and pipes. */
  readonly live?: LiveCapture;
  /**
   * Blocks of whole records. Yields everything that could be read, then throws
   * a `CaptureError` when the input is cut or bad. Leaving the loop closes the
   * source.
   */
  blocks(): AsyncGenerator<Block, void, undefined>;
  /** Gives the input back; may be called twice. */
  close(): void;
}
