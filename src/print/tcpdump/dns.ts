import * as dns from "../../wire/dns.ts";
import { RecordPrinter } from "./dns-records.ts";
import type { Output } from "./output.ts";

const OPERATIONS: readonly string[] = [
  "",
  " inv_q",
  " stat",
  " op3",
  " notify",
  " update",
  " op6",
  " op7",
  " op8",
  " updateA",
  " updateD",
  " updateDA",
  " updateM",
  " updateMA",
  " zoneInit",
  " zoneRef",
];
const RESPONSES: readonly string[] = [
  "",
  " FormErr",
  " ServFail",
  " NXDomain",
  " NotImp",
  " Refused",
  " YXDomain",
  " YXRRSet",
  " NXRRSet",
  " NotAuth",
  " NotZone",
  " Resp11",
  " Resp12",
  " Resp13",
  " Resp14",
  " NoChange",
];
/** The extended ones (IANA "DNS RCODEs") that are named; some do not have a space before them, as in tcpdump. */
const EXTENDED_RESPONSES: ReadonlyMap<number, string> = new Map([
  [16, " BadVers"],
  [17, "Resp17"],
  [21, "Resp21"],
  [23, " BadCookie"],
]);

function responseText(code: number): string {
  return RESPONSES[code] ?? EXTENDED_RESPONSES.get(code) ?? ` Resp${code}`;
}

/** Where the extended response code is in an OPT record with the root's name. */
const EXTENDED_CODE = 5;
const INVERSE_QUERY = 1;
/** Bits that a query should not have: AA, TC, RA, Z, AD and the response code. */
const ODD_BITS = 0x06cf;

/** Prints DNS messages (RFC 1035), also of multicast DNS (RFC 6762). */
export class DnsPrinter {
  readonly #out: Output;
  readonly #header: dns.DnsHeader = new dns.DnsHeader();
  readonly #records: RecordPrinter;

  constructor(out: Output) {
    this.#out = out;
    this.#records = new RecordPrinter(out);
  }

  /** A message in a TCP segment, behind its length (RFC 1035 section 4.2.2). */
  printOverTcp(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "domain";
    if (length < 2) {
      sink.text(` [DNS over TCP: length ${length} < 2]`);
      out.invalid();
      return;
    }
    const stated = out.u16(at);
    if (out.cut) return;
    const left = length - 2;
    if (stated !== left) {
      sink.text(` [prefix length(${stated}) != length(${left})]`);
      out.invalid();
      return;
    }
    if (left < dns.DNS_HEADER) {
      sink.text(` domain [length ${left} < ${dns.DNS_HEADER}]`);
      out.invalid();
      return;
    }
    sink.text(" ");
    this.print(at + 2, left, false);
  }

  print(at: number, length: number, isMulticast: boolean): void {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "domain";
    if (length < dns.DNS_HEADER) {
      sink.text(`domain [length ${length} < ${dns.DNS_HEADER}]`);
      out.invalid();
      return;
    }
    if (!this.#header.read(out.view, at, out.limit)) {
      out.cutHere();
      return;
    }
    this.#records.start(at, isMulticast);
    const whole = (this.#header.flags & dns.DNS_RESPONSE) === 0 ? this.#query(at) : this.#response(at);
    if (!whole) {
      out.truncated("domain");
      return;
    }
    sink.text(` (${length})`);
  }

  #response(at: number): boolean {
    const { sink, options } = this.#out;
    const header = this.#header;
    const flags = header.flags;
    sink.decimal(header.identifier);
    sink.text(OPERATIONS[header.operation]!);
    sink.text(responseText(header.responseCode | (this.#extendedCode(at) << 4)));
    if ((flags & dns.DNS_AUTHORITATIVE) !== 0) sink.text("*");
    if ((flags & dns.DNS_RECURSION_AVAILABLE) === 0) sink.text("-");
    if ((flags & dns.DNS_TRUNCATED) !== 0) sink.text("|");
    if ((flags & dns.DNS_AUTHENTIC) !== 0) sink.text("$");
    const { questions, answers, authorities, additionals } = header;
    if (questions !== 1) sink.text(` [${questions}q]`);
    let next = at + dns.DNS_HEADER;
    for (let i = 0; i < questions; i++) {
      if (i !== 0) sink.text(",");
      if (options.verbosity > 1) {
        sink.text(" q:");
        next = this.#records.printQuestion(next);
      } else {
        next = this.#records.skipQuestion(next);
      }
      if (next < 0) return false;
    }
    sink.text(` ${answers}/${authorities}/${additionals}`);
    next = this.#section("", next, answers);
    if (next < 0) return false;
    return options.verbosity <= 1 || this.#rest(next, authorities, additionals);
  }

  /** The high 8 bits of the response code, where there is an OPT record (RFC 6891 section 6.1.3); else 0. */
  #extendedCode(at: number): number {
    const { questions, answers, authorities, additionals } = this.#header;
    if (additionals === 0) return 0;
    let next = at + dns.DNS_HEADER;
    for (let i = 0; i < questions; i++) {
      next = this.#records.skipQuestion(next);
      if (next < 0) return 0;
    }
    for (let i = answers + authorities + additionals; i > 0; i--) {
      const isOption = i <= additionals && this.#records.isOption(next);
      if (isOption) return this.#out.has(next + EXTENDED_CODE, 1) ? this.#out.u8(next + EXTENDED_CODE) : 0;
      next = this.#records.skipRecord(next);
      if (next < 0) return 0;
    }
    return 0;
  }

  #rest(at: number, authorities: number, additionals: number): boolean {
    const next = this.#section(" ns:", at, authorities);
    return next >= 0 && this.#section(" ar:", next, additionals) >= 0;
  }

  /** Prints records; where they end, or -1 when they are cut. */
  #section(label: string, from: number, count: number): number {
    const out = this.#out;
    if (count === 0) return from;
    let at = from;
    for (let i = 0; i < count; i++) {
      if (at >= out.limit) return -1;
      out.sink.text(i === 0 ? label : ",");
      at = this.#records.printRecord(at);
      if (at < 0) return -1;
    }
    return at;
  }

  #query(at: number): boolean {
    const { sink, options } = this.#out;
    const header = this.#header;
    const flags = header.flags;
    sink.decimal(header.identifier);
    sink.text(OPERATIONS[header.operation]!);
    if ((flags & dns.DNS_RECURSION_DESIRED) !== 0) sink.text("+");
    if ((flags & dns.DNS_CHECKING_DISABLED) !== 0) sink.text("%");
    if ((flags & ODD_BITS) !== 0) {
      sink.text(" [b2&3=0x");
      sink.hex(flags);
      sink.text("]");
    }
    const { questions, answers, authorities, additionals } = header;
    if (header.operation === INVERSE_QUERY) {
      if (questions > 0) sink.text(` [${questions}q]`);
      if (answers !== 1) sink.text(` [${answers}a]`);
    } else {
      if (answers > 0) sink.text(` [${answers}a]`);
      if (questions !== 1) sink.text(` [${questions}q]`);
    }
    if (authorities > 0) sink.text(` [${authorities}n]`);
    if (additionals > 0) sink.text(` [${additionals}au]`);
    let next = at + dns.DNS_HEADER;
    for (let i = 0; i < questions; i++) {
      if (i > 0 && next >= this.#out.limit) return false;
      next = this.#records.printQuestion(next);
      if (next < 0) return false;
    }
    if (options.verbosity <= 1) return true;
    next = this.#section(" an:", next, answers);
    return next >= 0 && this.#rest(next, authorities, additionals);
  }
}
