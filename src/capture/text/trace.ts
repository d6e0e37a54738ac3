import { clean } from "./clean.ts";
import type { PacketText, TimeText } from "./description.ts";
import { HexLines } from "./hex-lines.ts";
import type { Notices } from "./notices.ts";
import { Quotations } from "./quotation.ts";
import { continuesOldForm, findBare, findStevens } from "./stevens.ts";
import { findPacket, readPacket, type LineReading, type LineStart } from "./tcpdump-lines.ts";
import { isTableHeader, readRow } from "./wireshark-table.ts";

/** Lines that one packet may be wrapped into. */
const MAX_WRAPS = 6;

/** Takes the packets of an input's traces, in order. */
interface TraceVisitor {
  /** Another trace begins. */
  startTrace(): void;
  /** A packet; `bytes`: those that are printed below its line. */
  packet(packet: PacketText, bytes: Uint8Array | undefined): void;
}

type Form = "tcpdump" | "stevens" | "table";

/** A packet whose text may go on. */
interface Pending {
  readonly form: Form;
  readonly line: number;
  readonly start: LineStart & { readonly number?: number };
  text: string;
  reading: LineReading;
  wraps: number;
  readonly hex: HexLines;
}

const TCPDUMP_STARTS = /^\s*(?:tcpdump: (?:verbose|listening|data link)|listening on |reading from file )/;

/**
 * Finds packets in the lines of a text: tcpdump's, Stevens' and rows of
 * Wireshark's list. Other lines are passed over. A text may hold several
 * traces: where the form changes, numbers start again, or times go back after
 * other text, another one begins.
 */
export class TraceParser {
  readonly #visitor: TraceVisitor;
  readonly #notices: Notices;
  readonly #quotations = new Quotations();
  #pending: Pending | undefined = undefined;
  #number = 0;
  #form: Form | undefined = undefined;
  #lastNumber = -1;
  #lastTime: TimeText | undefined = undefined;
  /** Other text has stood since the trace's last packet. */
  #gap = false;
  #gapEver = false;
  #startsAnew = false;
  #named = false;

  constructor(visitor: TraceVisitor, notices: Notices) {
    this.#visitor = visitor;
    this.#notices = notices;
  }

  /** The next line, without its line feed. */
  line(raw: string): void {
    this.#number++;
    const text = clean(raw);
    const pending = this.#pending;
    if (text === "") {
      // An empty line within what -v prints of a message is indented.
      if (pending === undefined || !isDetail(pending, raw)) this.#flush();
      return;
    }
    if (pending !== undefined && pending.hex.take(text)) return;
    if (this.#begin(text) || this.#row(text)) return;
    if (pending !== undefined && this.#goesOn(pending, text)) return;
    this.#other(text);
  }

  /** The text has ended. */
  end(): void {
    this.#flush();
  }

  /** A line that begins a packet. */
  #begin(text: string): boolean {
    const found = findPacket(text);
    if (found !== undefined && this.#isNested(text, found)) return true;
    const stevens = found === undefined ? (findStevens(text) ?? findBare(text)) : undefined;
    const start = found ?? stevens;
    if (start === undefined) return false;
    this.#flush();
    this.#pending = {
      form: found === undefined ? "stevens" : "tcpdump",
      line: this.#number,
      start,
      text: start.text,
      reading: readPacket(start.text),
      wraps: 0,
      hex: new HexLines(),
    };
    return true;
  }

  /** With -v, an ICMP error is followed by the packet that it quotes, indented. */
  #isNested(text: string, start: LineStart): boolean {
    const content = this.#pending?.reading.content;
    return (
      start.time.kind === "none" && /^\s/.test(text) && content?.kind === "ip" && content.transport.kind === "icmp"
    );
  }

  #row(text: string): boolean {
    if (isTableHeader(text)) {
      // An export with details has it before each row: only numbers or times that go back begin another table.
      this.#flush();
      this.#named = true;
      this.#gap = true;
      return true;
    }
    const row = readRow(text, this.#number, this.#named);
    if (row === undefined) return false;
    this.#flush();
    this.#give("table", row, undefined, []);
    return true;
  }

  /** Whether the line is the rest of the pending packet, which was wrapped. */
  #goesOn(pending: Pending, text: string): boolean {
    const isOpen = pending.reading.outcome === "open" && pending.wraps < MAX_WRAPS;
    const isTcp = pending.reading.content.kind === "ip" && pending.reading.content.transport.kind === "tcp";
    if (!isOpen || (pending.form === "stevens" && isTcp && !continuesOldForm(text))) return isDetail(pending, text);
    for (const glue of [" ", ""]) {
      const joined = pending.text + glue + text.trim();
      const reading = readPacket(joined);
      if (reading.outcome === "bad" || reading.content.kind === "unknown") continue;
      pending.text = joined;
      pending.reading = reading;
      pending.wraps++;
      return true;
    }
    return isDetail(pending, text);
  }

  #other(text: string): void {
    this.#flush();
    this.#gap = true;
    if (TCPDUMP_STARTS.test(text)) this.#startsAnew ||= this.#form !== undefined;
  }

  /** The pending packet is whole. */
  #flush(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    const { form, line, start, reading, hex } = pending;
    const { content, link, wireLength, outcome, isEnough } = reading;
    const bytes = hex.length > 0 ? hex.bytes() : undefined;
    const isRead = outcome === "complete" || (outcome === "open" && isEnough) || content.kind === "unknown";
    const packet: PacketText = {
      line,
      time: start.time,
      content: isRead ? content : { kind: "unknown", reason: "it is cut off or has other words than tcpdump's" },
      ...(link && { link }),
      ...(wireLength !== undefined && { wireLength }),
      ...(start.number !== undefined && { number: start.number }),
    };
    if (!isRead && this.#isQuotation({ ...packet, content })) return;
    this.#give(form, packet, bytes, reading.unknownOptions);
  }

  #give(form: Form, packet: PacketText, bytes: Uint8Array | undefined, unknownOptions: readonly string[]): void {
    if (this.#isQuotation(packet)) return;
    if (packet.content.kind !== "unknown" || bytes !== undefined) this.#startTrace(form, packet);
    if (unknownOptions.length > 0 && bytes === undefined) this.#notices.unknownOptions(packet.line, unknownOptions);
    if (packet.time.kind === "none") this.#notices.untimed();
    this.#quotations.add(packet);
    this.#visitor.packet(packet, bytes);
  }

  /** An article goes through its trace again: the line repeats one before, and other text stands between them. */
  #isQuotation(packet: PacketText): boolean {
    const isUntimed = packet.time.kind === "none";
    if (!this.#gap && !this.#gapEver) return false;
    // In a trace without times, equal lines are packets that were sent again.
    if (isUntimed && (this.#lastTime === undefined || this.#lastTime.kind === "none")) return false;
    if (!this.#quotations.has(packet)) return false;
    this.#notices.quoted();
    return true;
  }

  #startTrace(form: Form, packet: PacketText): void {
    if (this.#form !== undefined && (this.#startsAnew || this.#isNew(form, packet))) {
      this.#visitor.startTrace();
      this.#quotations.forget();
      this.#gapEver = false;
    } else if (this.#gap && this.#form !== undefined) {
      this.#gapEver = true;
    }
    this.#form = form;
    this.#lastNumber = packet.number ?? -1;
    this.#lastTime = packet.time;
    this.#gap = false;
    this.#startsAnew = false;
  }

  #isNew(form: Form, { number, time }: PacketText): boolean {
    const last = this.#lastTime;
    if (form !== this.#form) return true;
    if (number !== undefined && this.#lastNumber >= 0) return number <= this.#lastNumber;
    if (!this.#gap || last === undefined) return false;
    return time.kind !== last.kind || isBefore(time, last);
  }
}

/** Indented lines below a packet are more of it: what -v prints of an application's message. */
function isDetail(pending: Pending, text: string): boolean {
  return pending.form === "tcpdump" && pending.reading.outcome === "complete" && /^[ \t]/.test(text);
}

function isBefore(a: TimeText, b: TimeText): boolean {
  if (a.kind === "none" || b.kind === "none") return false;
  const [dayA, dayB] = [a.kind === "date" ? a.day : 0, b.kind === "date" ? b.day : 0];
  if (dayA !== dayB) return dayA < dayB;
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);
}
