import { addWords, foldSum, pseudoHeaderSum, rightChecksum } from "../../wire/checksum.ts";
import { PROTOCOL_TCP } from "../../wire/protocol.ts";
import { ACK, FIN, RST, SYN, TCP_MIN_HEADER, TcpSegment, URG } from "../../wire/tcp.ts";
import { Phrase } from "../sink.ts";
import type { Output } from "./output.ts";
import { TcpApplications } from "./tcp-applications.ts";
import { TcpOptionsPrinter } from "./tcp-options.ts";

const TOWARDS = new Phrase(" > ");
const LENGTH = new Phrase(", length ");
const SEQUENCE = new Phrase(", seq ");
const ACKNOWLEDGMENT = new Phrase(", ack ");
const WINDOW = new Phrase(", win ");
const URGENT = new Phrase(", urg ");
const CORRECT = new Phrase(" (correct)");
const CORRECT_SEQUENCE = new Phrase(" (correct), seq ");

const SPACE = 0x20;
const PLUS = 0x2b;
const COLON = 0x3a;

/** Texts of all values of the flags byte: S before F, as in the order F S R P . U E W. */
const FLAG_TEXTS: readonly Phrase[] = Array.from({ length: 256 }, (_, flags) => new Phrase(flagsText(flags)));
const FLAG_AND_CHECKSUM_TEXTS: readonly Phrase[] = Array.from(
  { length: 256 },
  (_, flags) => new Phrase(`${flagsText(flags)}, cksum 0x`),
);

function flagsText(flags: number): string {
  const letters = "FSRP.UEW";
  let text = "";
  for (let bit = 0; bit < 8; bit++) if ((flags & (1 << bit)) !== 0) text += letters.charAt(bit);
  return ` Flags [${text === "" ? "none" : text}]`;
}

/** How much of a RST's text is shown. */
const MAX_RESET_TEXT = 30;

/** Prints the TCP part of a line. */
export class TcpPrinter {
  readonly #out: Output;
  readonly #segment: TcpSegment = new TcpSegment();
  readonly #options: TcpOptionsPrinter;
  readonly #applications: TcpApplications;
  #sequence = 0;
  #acknowledgment = 0;

  constructor(out: Output) {
    this.#out = out;
    this.#options = new TcpOptionsPrinter(out);
    this.#applications = new TcpApplications(out);
  }

  /** Prints the segment of `length` bytes at `at`, in the IP packet `out.ip`. */
  print(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "tcp";
    const segment = this.#segment;
    segment.read(out.view, at, at + length, out.limit);
    const captured = out.captured(at);
    if (captured < 4) {
      out.addresses();
      sink.char(COLON);
      out.truncated("tcp");
      return;
    }
    this.#printPorts();
    if (captured < TCP_MIN_HEADER) {
      sink.char(SPACE);
      out.truncated("tcp");
      return;
    }
    const headerLength = segment.headerLength;
    if (headerLength < TCP_MIN_HEADER) {
      sink.text(
        `  tcp ${(length - headerLength) >>> 0} [bad hdr length ${headerLength} - too short, < ${TCP_MIN_HEADER}]`,
      );
      return;
    }
    if (out.options.quiet) {
      this.#printQuiet(length, headerLength);
      return;
    }
    const isChecked = headerLength <= length && this.#canCheck(at, length);
    sink.phrase((isChecked ? FLAG_AND_CHECKSUM_TEXTS : FLAG_TEXTS)[segment.flags]!);
    const { sourceAt, destinationAt, addressLength } = out.ip;
    this.#relate(sourceAt, destinationAt, addressLength);
    if (headerLength > length) {
      sink.text(` [bad hdr length ${headerLength} - too long, > ${length}]`);
      return;
    }
    const isCorrect = isChecked && this.#printChecksum(at, length);
    this.#printNumbers(length - headerLength, isCorrect);
    if (headerLength > TCP_MIN_HEADER) {
      const whole = this.#options.print(at + TCP_MIN_HEADER, at + headerLength, segment.flags);
      if (!whole) return;
    }
    const payloadLength = length - headerLength;
    sink.phrase(LENGTH);
    sink.decimal(payloadLength);
    if (payloadLength <= 0) return;
    if (headerLength > captured) {
      sink.text(` [remaining caplen(${captured}) < header length(${headerLength})]`);
      out.cutHere();
      return;
    }
    if ((segment.flags & RST) !== 0 && out.options.verbosity > 0) {
      this.#printResetData(at + headerLength, payloadLength);
      return;
    }
    this.#applications.print(segment.sourcePort, segment.destinationPort, at + headerLength, payloadLength);
  }

  #printPorts(): void {
    const out = this.#out;
    const sink = out.sink;
    const segment = this.#segment;
    const { sourceAt, destinationAt, addressLength, protocol } = out.ip;
    // Addresses do not stand here when an extension header came between.
    const named = protocol === PROTOCOL_TCP;
    if (named) {
      out.addressAndDot(sourceAt, addressLength);
    }
    out.tcpPort(segment.sourcePort);
    sink.phrase(TOWARDS);
    if (named) {
      out.addressAndDot(destinationAt, addressLength);
    }
    out.tcpPort(segment.destinationPort);
    sink.char(COLON);
  }

  #printQuiet(length: number, headerLength: number): void {
    const payloadLength = length - headerLength;
    // As tcpdump: an unsigned difference.
    this.#out.sink.text(` tcp ${payloadLength >>> 0}`);
    if (headerLength > length) this.#out.sink.text(` [bad hdr length ${headerLength} - too long, > ${length}]`);
  }

  /** Sets sequence and acknowledgment number as they are to be printed, and the bases of SACK blocks. */
  #relate(sourceAt: number, destinationAt: number, addressLength: number): void {
    const out = this.#out;
    const segment = this.#segment;
    const sequence = segment.sequence;
    const acknowledgment = segment.acknowledgment;
    this.#sequence = sequence;
    this.#acknowledgment = acknowledgment;
    this.#options.sackBase = 0;
    if (out.options.absoluteSequence || (segment.flags & ACK) === 0) return;
    const bases = out.bases;
    const startsAnew = (segment.flags & SYN) !== 0;
    bases.lookUp(out.view, sourceAt, destinationAt, addressLength, segment.ports, sequence, acknowledgment, startsAnew);
    const own = bases.reversed ? bases.higherBase : bases.lowerBase;
    const other = bases.reversed ? bases.lowerBase : bases.higherBase;
    this.#options.sackBase = other;
    if (bases.isNew) return;
    this.#sequence = (sequence - own) >>> 0;
    this.#acknowledgment = (acknowledgment - other) >>> 0;
  }

  #canCheck(at: number, length: number): boolean {
    const { options, ip } = this.#out;
    if (options.verbosity === 0 || options.skipChecksums || ip.fragmented || ip.zeroLength) return false;
    return this.#out.has(at, length);
  }

  /** Prints the checksum; whether it is right is left to be said, if it is. */
  #printChecksum(at: number, length: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    const { sourceAt, finalDestinationAt, addressLength } = out.ip;
    let sum = pseudoHeaderSum(out.view, sourceAt, finalDestinationAt, addressLength, PROTOCOL_TCP, length);
    sum = foldSum(addWords(out.view, at, at + length, sum));
    sink.hex(this.#segment.checksum, 4);
    if (sum === 0xffff) return true;
    sink.text(" (incorrect -> 0x");
    sink.hex(rightChecksum(this.#segment.checksum, sum), 4);
    sink.char(0x29);
    return false;
  }

  #printNumbers(payloadLength: number, isCorrect: boolean): void {
    const { sink, options } = this.#out;
    const flags = this.#segment.flags;
    const showsSequence = payloadLength > 0 || options.verbosity > 1 || (flags & (SYN | FIN | RST)) !== 0;
    if (showsSequence) {
      sink.phrase(isCorrect ? CORRECT_SEQUENCE : SEQUENCE);
      sink.decimal(this.#sequence);
      if (payloadLength > 0) {
        sink.char(COLON);
        sink.decimal((this.#sequence + payloadLength) % 0x100000000);
      }
    } else if (isCorrect) sink.phrase(CORRECT);
    if ((flags & ACK) !== 0) {
      sink.phrase(ACKNOWLEDGMENT);
      sink.decimal(this.#acknowledgment);
    }
    sink.phrase(WINDOW);
    sink.decimal(this.#segment.window);
    if ((flags & URG) !== 0) {
      sink.phrase(URGENT);
      sink.decimal(this.#segment.urgentPointer);
    }
  }

  /** The text that a RST may carry (RFC 9293 section 3.5.2, RFC 1122 section 4.2.2.12). */
  #printResetData(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    sink.text(out.has(at, length) ? " [RST" : " [!RST");
    if (length > MAX_RESET_TEXT) sink.char(PLUS);
    sink.char(SPACE);
    out.safeText(at, Math.min(length, MAX_RESET_TEXT));
    sink.char(0x5d);
  }
}
