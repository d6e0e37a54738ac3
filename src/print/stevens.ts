import type { Segment } from "../flow/segment.ts";
import { addressText } from "../wire/address.ts";
import type { Frame } from "../wire/frame.ts";
import type { Packet } from "../wire/packet.ts";
import { ACK, CWR, ECE, FIN, PSH, RST, SYN, TCP_MIN_HEADER, URG } from "../wire/tcp.ts";
import type { Names } from "./names.ts";
import { printed, type TextSink } from "./sink.ts";
import type { LineEnd } from "./states-column.ts";
import { StevensOptions } from "./stevens-options.ts";
import { TcpdumpPrinter } from "./tcpdump/printer.ts";
import type { TcpdumpOptions } from "./tcpdump/options.ts";

/** How traces in Stevens' form are printed. */
export interface StevensPrinterOptions {
  /** Options of tcpdump that mean the same here: `quiet` leaves windows out, `absoluteSequence`, `names`. */
  readonly tcpdump: TcpdumpOptions;
  /** Longer lines are folded, with an indent, where a field begins; 0: never. */
  readonly fold: number;
}

const INDENT = "    ";

/**
 * Prints packets as the traces of TCP/IP Illustrated 1 are printed: number, time
 * since the first packet, (time since the packet before), and the segment as
 * tcpdump printed it in 1993. Other packets are printed as tcpdump prints them today.
 */
export class StevensPrinter {
  readonly #sink: TextSink;
  readonly #options: TcpdumpOptions;
  readonly #fold: number;
  readonly #tcpOptions = new StevensOptions();
  readonly #other: TcpdumpPrinter;
  #first: { readonly seconds: number; readonly nanoseconds: number } | undefined = undefined;
  #lastMicroseconds = 0;

  constructor(sink: TextSink, { tcpdump, fold }: StevensPrinterOptions) {
    this.#sink = sink;
    this.#options = tcpdump;
    this.#fold = fold;
    // What is no segment has neither number nor time of its own.
    this.#other = new TcpdumpPrinter(sink, { ...tcpdump, numbers: false, time: 1, hex: 0, hexAscii: 0, ascii: 0 });
  }

  /** Prints a frame, taken apart, with its segment if it is one of a connection; `end` adds to the line. */
  print(packet: Packet, segment: Segment | undefined, end?: LineEnd): void {
    const sink = this.#sink;
    const head = `${packet.frame.number} ${this.#time(packet.frame)} `;
    if (segment === undefined || !packet.hasTcp) {
      sink.text(head);
      this.#other.print(packet.frame, end);
      return;
    }
    const [ends, fields] = this.#segment(packet, segment);
    sink.text(this.#folded(head + ends, fields));
    end?.printEnd(sink);
    sink.char(0x0a);
  }

  /** "0.0" for the first packet; "0.004975 (0.0050)" for the others. */
  #time({ seconds, nanoseconds }: Frame): string {
    if (this.#first === undefined) {
      this.#first = { seconds, nanoseconds };
      return "0.0";
    }
    const elapsed =
      (seconds - this.#first.seconds) * 1_000_000 + Math.floor((nanoseconds - this.#first.nanoseconds) / 1000);
    const delta = elapsed - this.#lastMicroseconds;
    this.#lastMicroseconds = elapsed;
    return `${decimal(elapsed, 6)} (${decimal(Math.round(delta / 100), 4)})`;
  }

  /** The ends with flags and numbers, and what may stand on a line of its own. */
  #segment(packet: Packet, segment: Segment): readonly [string, readonly string[]] {
    const { tcp } = packet;
    const { flags, payloadLength } = segment;
    const hasAck = (flags & ACK) !== 0;
    const isAbsolute = this.#options.absoluteSequence || !hasAck || (flags & SYN) !== 0;
    const ends = `${this.#end(packet, packet.sourceAt, tcp.sourcePort)} > ${this.#end(packet, packet.destinationAt, tcp.destinationPort)}`;
    let head = `${ends}: ${flagText(flags)}`;
    if (payloadLength > 0 || (flags & (SYN | FIN | RST)) !== 0) {
      const first = isAbsolute ? tcp.sequence : segment.relativeSequence;
      head += ` ${first}:${(first + payloadLength) % 0x100000000}(${payloadLength})`;
    }
    const fields: string[] = [];
    if (hasAck) fields.push(`ack ${isAbsolute ? tcp.acknowledgment : segment.relativeAcknowledgment}`);
    if (!this.#options.quiet) fields.push(`win ${segment.window}`);
    if ((flags & URG) !== 0) fields.push(`urg ${tcp.urgentPointer}`);
    const options = this.#optionsText(packet, segment, isAbsolute);
    if (options !== "") fields.push(options);
    return [head, fields];
  }

  #optionsText({ tcp, frame }: Packet, segment: Segment, isAbsolute: boolean): string {
    const base = isAbsolute ? 0 : segment.connection.ends[segment.from === 0 ? 1 : 0].base;
    return this.#tcpOptions.text(frame.view, tcp.at + TCP_MIN_HEADER, tcp.payloadAt, frame.end, base);
  }

  /** "svr4.discard" or "140.252.13.34.9". */
  #end({ frame, addressLength }: Packet, at: number, port: number): string {
    const { names } = this.#options;
    if (names === undefined) return `${addressText(frame.bytes, at, addressLength)}.${port}`;
    return namedEnd(names, frame, at, addressLength, port);
  }

  #folded(head: string, fields: readonly string[]): string {
    let text = head;
    let width = head.length;
    for (const field of fields) {
      const isTooLong = this.#fold > 0 && width + 1 + field.length > this.#fold;
      text += isTooLong ? `\n${INDENT}${field}` : ` ${field}`;
      width = isTooLong ? INDENT.length + field.length : width + 1 + field.length;
    }
    return text;
  }
}

function namedEnd(names: Names, frame: Frame, at: number, length: number, port: number): string {
  return printed((sink) => {
    names.addressAndDot(sink, frame.bytes, frame.view, at, length);
    names.port(sink, "tcp", port);
  });
}

/** A whole number of units as a decimal with so many digits behind the point. */
function decimal(units: number, digits: number): string {
  const sign = units < 0 ? "-" : "";
  const text = String(Math.abs(units)).padStart(digits + 1, "0");
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** S, F, R, P, and W and E of RFC 3168; a point when none of the first four is set. */
function flagText(flags: number): string {
  let text = "";
  if ((flags & SYN) !== 0) text += "S";
  if ((flags & FIN) !== 0) text += "F";
  if ((flags & RST) !== 0) text += "R";
  if ((flags & PSH) !== 0) text += "P";
  if (text === "") text = ".";
  if ((flags & CWR) !== 0) text += "W";
  if ((flags & ECE) !== 0) text += "E";
  return text;
}
