import { TextDecoder } from "node:util";
import type { Frame } from "../../wire/frame.ts";
import { LINKTYPE_ETHERNET } from "../../wire/protocol.ts";
import { CaptureError } from "../error.ts";
import { type Opened, OpenedReader } from "../opened.ts";
import type { Block, CaptureInterface, CaptureSource, RecordedName } from "../source.ts";
import { MAX_LINE } from "./clean.ts";
import { TraceClock } from "./clock.ts";
import { DeltaTimes } from "./delta-times.ts";
import type { PacketText } from "./description.ts";
import { FrameQueue } from "./frame-queue.ts";
import { Notices } from "./notices.ts";
import { CannotRebuild, Rebuilder } from "./rebuild.ts";
import { TraceParser } from "./trace.ts";

/** Bytes of the input that are looked at in one go. */
const CHUNK = 1 << 16;

/**
 * A trace that was printed by tcpdump, by Wireshark or in a book, read as a
 * capture: each packet is built anew from what its line says. What it does not
 * say is the least that can be: payload is not captured, TTL 64, identification 0.
 */
export class TextReader extends OpenedReader implements CaptureSource, Block {
  readonly format = "text";
  readonly littleEndian = true;
  readonly linkType: number = LINKTYPE_ETHERNET;
  readonly snapLength = 0;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #have: number;
  #decoder: TextDecoder | undefined = undefined;
  /** The beginning of a line whose end was not read yet. */
  #line = "";
  #ended = false;
  readonly #queue: FrameQueue;
  readonly #notices = new Notices();
  readonly #rebuilder = new Rebuilder();
  readonly #clock = new TraceClock();
  readonly #bytes = new WeakMap<PacketText, Uint8Array>();
  readonly #times: DeltaTimes = new DeltaTimes((packet) => this.#rebuild(packet));
  readonly #parser: TraceParser;

  constructor(opened: Opened) {
    super(opened);
    this.#buffer = opened.bytes;
    this.#have = opened.have;
    this.#queue = new FrameQueue(opened.firstNumber);
    this.#parser = new TraceParser(
      {
        startTrace: () => {
          this.#times.finish();
          this.#clock.startTrace();
          this.#rebuilder.startTrace();
        },
        packet: (packet, bytes) => {
          if (bytes !== undefined) this.#bytes.set(packet, bytes);
          this.#times.add(packet);
        },
      },
      this.#notices,
    );
  }

  /** Reads up to the first packet. Throws a `CaptureError` when there is none. */
  async readFirstPacket(): Promise<void> {
    while (this.#queue.length === 0) {
      if ((await this.#readMore()) || this.#queue.length > 0) continue;
      throw new CaptureError(
        "not-a-capture",
        `${this.name}: not a capture and no trace that can be read: ${this.#notices.reason()}`,
      );
    }
  }

  get precision(): "micro" | "nano" {
    return this.#queue.isFine ? "nano" : "micro";
  }

  get interfaces(): readonly CaptureInterface[] {
    return INTERFACES;
  }

  get names(): readonly RecordedName[] {
    return this.#rebuilder.hosts.names;
  }

  get notices(): readonly string[] {
    return this.#notices.sentences(this.names);
  }

  next(frame: Frame): boolean {
    return this.#queue.next(frame);
  }

  async *blocks(): AsyncGenerator<Block, void, undefined> {
    try {
      do {
        yield this;
        this.#queue.clear();
      } while (await this.#readMore());
      if (this.#queue.length > 0) yield this;
    } finally {
      this.close();
    }
  }

  /** Takes the next part of the text in; false at its end. */
  async #readMore(): Promise<boolean> {
    if (this.#ended) return false;
    if (this.#have === 0) {
      this.#have = await this.readInput(this.#buffer.subarray(0, CHUNK), 0);
    }
    const part = this.#buffer.subarray(0, this.#have);
    this.#ended = this.#have === 0;
    this.#decoder ??= new TextDecoder(encodingOf(part));
    this.#take(this.#decoder.decode(part, { stream: !this.#ended }));
    this.#have = 0;
    if (this.#ended) this.#finish();
    return !this.#ended;
  }

  #take(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      this.#parser.line(this.#line + text.slice(start, end));
      this.#line = "";
      start = end + 1;
    }
    // Of a line without end, no more is kept than is looked at.
    if (this.#line.length < MAX_LINE) this.#line += text.slice(start, start + MAX_LINE);
  }

  #finish(): void {
    if (this.#line !== "") this.#parser.line(this.#line);
    this.#line = "";
    this.#parser.end();
    this.#times.finish();
  }

  #rebuild(packet: PacketText): void {
    const bytes = this.#bytes.get(packet);
    try {
      const frame = bytes === undefined ? this.#rebuilder.rebuild(packet) : this.#rebuilder.fromBytes(bytes, packet);
      if (frame.remark !== "") this.#notices.remark(packet.line, frame.remark);
      this.#queue.add(frame, this.#clock.place(packet.time));
    } catch (error) {
      // A value that fits no field of a packet is the text's fault, not ours.
      if (!(error instanceof CannotRebuild || error instanceof RangeError)) throw error;
      const isRow = packet.content.kind === "ip" && packet.content.transport.kind === "application";
      if (isRow) this.#notices.withoutPorts(packet.line, error.message);
      else this.#notices.unreadable(packet.line, error.message);
    }
  }
}

const INTERFACES: readonly CaptureInterface[] = [
  {
    name: "",
    description: "",
    filter: "",
    linkType: LINKTYPE_ETHERNET,
    snapLength: 0,
    fcsLength: -1,
    resolution: 1e-6,
    received: -1,
    dropped: -1,
    systemDropped: -1,
  },
];

/** What a byte order mark says; UTF-8 without one. */
function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
}

/** Bytes of the start of an input that tell text from other things. */
const LOOK = 512;

/** Whether an input begins as text does: no control characters, unless a byte order mark says that characters have two bytes. */
export function looksLikeText(bytes: Uint8Array, have: number): boolean {
  if (encodingOf(bytes) !== "utf-8") return true;
  for (let at = 0; at < Math.min(have, LOOK); at++) {
    const code = bytes[at] ?? 0;
    const isControl = code < 0x20 && !(code >= 0x08 && code <= 0x0d) && code !== 0x1b;
    if (isControl || code === 0x7f) return false;
  }
  return have > 0;
}
