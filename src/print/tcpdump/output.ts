import { ipv6Text } from "../../wire/address.ts";
import { Frame } from "../../wire/frame.ts";
import type { Names } from "../names.ts";
import { Phrase, printed, type TextSink } from "../sink.ts";
import { printHex, printHexAscii } from "./dump.ts";
import { IpContext } from "./ip-context.ts";
import { NfsCalls } from "./nfs/call-memory.ts";
import type { TcpdumpOptions } from "./options.ts";
import { organisationName } from "./organisations.ts";
import { SequenceBases } from "./sequence-bases.ts";

const TOWARDS = new Phrase(" > ");
const DOT = 0x2e;
const COLON = 0x3a;
const CARET = 0x5e;

/** IPv6 texts kept at once. */
const MAX_ADDRESSES = 4096;

/** How many packets may be nested in each other; tcpdump itself has no such limit. */
const MAX_NESTING = 100;

/**
 * What every protocol's printer works with: the frame, where its captured
 * bytes end, the options, and the sink.
 *
 * Fields are read with `u8` to `u32`. The first read beyond `limit` marks the
 * line as cut (" [|tcp]", with the protocol of the innermost printer) and mutes
 * the sink until the frame is over: later reads give 0, and nothing more is
 * printed. So a printer may read on without asking, but a loop must end.
 */
export class Output {
  readonly sink: TextSink;
  readonly options: TcpdumpOptions;
  readonly bases: SequenceBases = new SequenceBases();
  readonly nfsCalls: NfsCalls = new NfsCalls();
  /** The IP packet whose payload is printed. */
  readonly ip: IpContext = new IpContext();
  frame: Frame = new Frame();
  view: DataView = this.frame.view;
  bytes: Uint8Array = this.frame.bytes;
  /** One past the last byte that may be printed: the end of the capture, or of the IP packet around. */
  limit = 0;
  /** The name that a cut line shows: set by each printer as it starts. */
  protocol = "";
  /** Whether the line was cut: nothing more of this frame is printed. */
  cut = false;
  /** Where the payload of the link layer starts, for dumps without link-layer header. */
  payloadAt = 0;
  #nesting = 0;
  readonly #addresses: Map<string, string> = new Map();
  readonly #names: Names | undefined;

  constructor(sink: TextSink, options: TcpdumpOptions) {
    this.sink = sink;
    this.options = options;
    this.#names = options.names;
  }

  /** Whether protocols, hosts and ports have names. */
  get hasNames(): boolean {
    return this.#names?.organisations === true;
  }

  start(frame: Frame): void {
    this.frame = frame;
    this.view = frame.view;
    this.bytes = frame.bytes;
    this.limit = frame.end;
    this.protocol = "";
    this.cut = false;
    this.payloadAt = frame.start;
    this.#nesting = 0;
  }

  /** Ends the line's text; dumps may follow. */
  finish(): void {
    this.limit = this.frame.end;
    if (this.cut) this.sink.unmute();
  }

  /** Enters a packet within a packet; false when they are too many, and the line is cut. */
  enter(): boolean {
    if (++this.#nesting <= MAX_NESTING) return true;
    this.cutHere();
    return false;
  }

  leave(): void {
    this.#nesting--;
  }

  /** The mark of a protocol whose bytes were cut. */
  truncated(protocol: string): void {
    this.sink.text(" [|");
    this.sink.text(protocol);
    this.sink.char(0x5d);
  }

  /** Marks the line as cut and mutes the rest of it. */
  cutHere(): void {
    if (this.cut) return;
    this.truncated(this.protocol);
    this.cut = true;
    this.sink.mute();
  }

  invalid(): void {
    this.sink.text(" (invalid)");
  }

  /** Bytes captured from `at` on. */
  captured(at: number): number {
    return this.limit > at ? this.limit - at : 0;
  }

  /** Whether `length` bytes are captured at `at`. */
  has(at: number, length: number): boolean {
    return at + length <= this.limit;
  }

  /** Cuts the line unless `length` bytes are captured at `at`. */
  need(at: number, length: number): boolean {
    if (at + length <= this.limit) return true;
    this.cutHere();
    return false;
  }

  u8(at: number): number {
    return this.need(at, 1) ? this.view.getUint8(at) : 0;
  }

  u16(at: number): number {
    return this.need(at, 2) ? this.view.getUint16(at) : 0;
  }

  u24(at: number): number {
    return this.need(at, 3) ? (this.view.getUint16(at) << 8) | this.view.getUint8(at + 2) : 0;
  }

  u32(at: number): number {
    return this.need(at, 4) ? this.view.getUint32(at) : 0;
  }

  /** Prints 64 bits as a decimal number. */
  decimal64(at: number): void {
    if (this.need(at, 8)) this.sink.text(this.view.getBigUint64(at).toString());
  }

  /** Prints 64 bits in hexadecimal digits, at least `width`. */
  hex64(at: number, width = 1): void {
    if (this.need(at, 8)) this.sink.text(this.view.getBigUint64(at).toString(16).padStart(width, "0"));
  }

  ipv4(at: number): void {
    if (this.need(at, 4)) this.#ipv4(this.view, this.bytes, at);
  }

  #ipv4(view: DataView, bytes: Uint8Array, at: number): void {
    const name = this.#names?.ipv4(view, at);
    if (name !== undefined) {
      this.sink.phrase(name);
      return;
    }
    this.sink.dottedQuad(bytes, at);
    this.sink.back();
  }

  /** The address of a prefix: its first `bits` bits stand at `at`, the others of the `size` bytes (4 or 16) are zero. */
  prefix(at: number, bits: number, size: number): void {
    const bytes = new Uint8Array(size);
    const used = (bits + 7) >> 3;
    if (!this.need(at, used)) return;
    bytes.set(this.bytes.subarray(at, at + used));
    if ((bits & 7) !== 0) bytes[used - 1]! &= 0xff00 >> (bits & 7);
    if (size === 4) {
      this.#ipv4(new DataView(bytes.buffer), bytes, 0);
      return;
    }
    const text = ipv6Text(bytes, 0);
    const name = this.#names?.ipv6(text);
    if (name === undefined) this.sink.text(text);
    else this.sink.phrase(name);
  }

  /** An address of 4 or 16 bytes and a dot, as before a port. */
  addressAndDot(at: number, length: number): void {
    if (this.#names === undefined && length === 4 && this.need(at, 4)) this.sink.dottedQuad(this.bytes, at);
    else {
      this.address(at, length);
      this.sink.char(DOT);
    }
  }

  ipv6(at: number): void {
    if (!this.need(at, 16)) return;
    const view = this.view;
    const key = String.fromCharCode(
      view.getUint16(at),
      view.getUint16(at + 2),
      view.getUint16(at + 4),
      view.getUint16(at + 6),
      view.getUint16(at + 8),
      view.getUint16(at + 10),
      view.getUint16(at + 12),
      view.getUint16(at + 14),
    );
    let text = this.#addresses.get(key);
    if (text === undefined) {
      text = ipv6Text(this.bytes, at);
      if (this.#addresses.size >= MAX_ADDRESSES) this.#addresses.clear();
      this.#addresses.set(key, text);
    }
    const name = this.#names?.ipv6(text);
    if (name === undefined) this.sink.text(text);
    else this.sink.phrase(name);
  }

  address(at: number, length: number): void {
    if (length === 4) this.ipv4(at);
    else this.ipv6(at);
  }

  /** An address of the IP packet as a text that only serves to compare it with others. */
  addressKey(at: number): string {
    return String.fromCharCode(...this.bytes.subarray(at, at + this.ip.addressLength));
  }

  /** The text of an address of 4 or 16 bytes, which the caller knows to be there. */
  addressText(at: number, length: number): string {
    return printed((sink) => {
      const text = length === 4 ? this.bytes.subarray(at, at + 4).join(".") : ipv6Text(this.bytes, at);
      const name = length === 4 ? this.#names?.ipv4(this.view, at) : this.#names?.ipv6(text);
      if (name === undefined) sink.text(text);
      else sink.phrase(name);
    });
  }

  /** "source > destination" of the IP packet. */
  addresses(): void {
    const ip = this.ip;
    this.address(ip.sourceAt, ip.addressLength);
    this.sink.phrase(TOWARDS);
    this.address(ip.destinationAt, ip.addressLength);
  }

  /** The one place where a TCP port becomes text. */
  tcpPort(port: number): void {
    if (this.#names === undefined) this.sink.decimal(port);
    else this.#names.port(this.sink, "tcp", port);
  }

  /** The one place where a UDP port becomes text. */
  udpPort(port: number): void {
    if (this.#names === undefined) this.sink.decimal(port);
    else this.#names.port(this.sink, "udp", port);
  }

  /** A link-layer address of 6 bytes. */
  mac(at: number): void {
    if (this.#names?.organisations !== true || !this.has(at, 6)) {
      this.linkAddress(at, 6);
      return;
    }
    const high = this.view.getUint16(at);
    if (high === 0xffff && this.view.getUint32(at + 2) === 0xffffffff) {
      this.sink.text("Broadcast");
      return;
    }
    this.linkAddress(at, 6);
    this.sink.text(` (oui ${organisationName((high << 8) | this.view.getUint8(at + 2))})`);
  }

  /** A link-layer address of any length. */
  linkAddress(at: number, length: number): void {
    if (!this.need(at, length)) return;
    const sink = this.sink;
    for (let i = 0; i < length; i++) {
      if (i > 0) sink.char(COLON);
      sink.hex(this.bytes[at + i]!, 2);
    }
  }

  /** Bytes as pairs of hexadecimal digits without separator. */
  hexBytes(at: number, length: number): void {
    for (let i = 0; i < length && !this.cut; i++) this.sink.hex(this.u8(at + i), 2);
  }

  /** One byte of text from the wire: control characters as ^X, the upper half as M-x. */
  safeChar(code: number): void {
    const sink = this.sink;
    let rest = code;
    if (rest > 0x7f) {
      sink.text("M-");
      rest &= 0x7f;
    }
    if (rest < 0x20 || rest === 0x7f) {
      sink.char(CARET);
      rest ^= 0x40;
    }
    sink.char(rest);
    sink.room();
  }

  /** Text of `length` bytes from the wire; stops where it was cut. */
  safeText(at: number, length: number): void {
    const end = Math.min(at + length, this.limit);
    for (let i = at; i < end; i++) this.safeChar(this.bytes[i]!);
  }

  /** Text of at most `length` bytes that a zero byte may end; whether there was one, or `length` bytes. */
  safeTextToZero(at: number, length: number): boolean {
    const end = Math.min(at + length, this.limit);
    for (let i = at; i < end; i++) {
      const code = this.bytes[i]!;
      if (code === 0) return true;
      this.safeChar(code);
    }
    return end === at + length;
  }

  /** Bytes in hexadecimal on lines of their own. */
  hexLines(at: number, length: number, indent: string): void {
    printHex(this, at, Math.min(length, this.captured(at)), indent);
  }

  /** The dump that tcpdump adds for a payload that it does not know. */
  dump(at: number, length: number): void {
    printHexAscii(this, at, Math.min(length, this.captured(at)), "\n\t");
  }

  /** The same, unless the frame's bytes were asked for in hexadecimal anyhow, or few words. */
  dumpUnknown(at: number, length: number): void {
    const { quiet, hex, hexAscii } = this.options;
    if (!quiet && hex + hexAscii === 0) this.dump(at, length);
  }
}
