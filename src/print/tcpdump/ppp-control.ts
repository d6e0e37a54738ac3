import type { Output } from "./output.ts";
import { isLinkOption, LCP, vendorText } from "./ppp-link-options.ts";
import { PPP_NAMES } from "./ppp-names.ts";
import { BACP, CCP, IPCP, IPV6CP, type Value } from "./ppp-options.ts";

const CODE_NAMES: readonly string[] = [
  "Vendor-Extension",
  "Conf-Request",
  "Conf-Ack",
  "Conf-Nack",
  "Conf-Reject",
  "Term-Request",
  "Term-Ack",
  "Code-Reject",
  "Prot-Reject",
  "Echo-Request",
  "Echo-Reply",
  "Disc-Req",
  "Ident",
  "Time-Rem",
  "Reset-Req",
  "Reset-Ack",
];

const LCP_PROTOCOL = 0xc021;

/** Names and values of options, and the mark of options that are cut. */
interface Options {
  readonly mark: string;
  readonly names: (option: number) => string | undefined;
  readonly value: Value;
}

const OPTIONS: ReadonlyMap<number, Options> = new Map<number, Options>([
  [LCP_PROTOCOL, { mark: "[|lcp]", ...LCP }],
  [0x8021, { mark: "[|ipcp]", ...IPCP }],
  [0x8057, { mark: "[|ip6cp]", ...IPV6CP }],
  [0x80fd, { mark: "[|ccp]", ...CCP }],
  [0xc02b, { mark: "[|bacp]", ...BACP }],
]);

const HEADER = 4;

/** Prints a packet of a PPP control protocol (RFC 1661 section 5). */
export function printControl(out: Output, protocol: number, at: number, length: number): void {
  const sink = out.sink;
  const name = PPP_NAMES.get(protocol) ?? "unknown";
  if (length < HEADER) {
    sink.text(`${name}, [|${name}]`);
    return;
  }
  const code = out.u8(at);
  sink.text(`${name}, ${CODE_NAMES[code] ?? "Unknown Opcode"} (0x`);
  sink.hex(code, 2);
  sink.text(`), id ${out.u8(at + 1)}, length ${length + 2}`);
  if (out.options.verbosity === 0) return;
  const stated = out.u16(at + 2);
  sink.text(`\n\tencoded length ${stated} `);
  if (stated > length) {
    sink.text(`(> packet length ${length}))`);
    return;
  }
  if (stated < HEADER) {
    sink.text(`(< ${HEADER}))`);
    return;
  }
  sink.text(`(=Option(s) length ${stated - HEADER})`);
  if (stated === HEADER) return;
  if (out.options.verbosity > 1) out.hexLines(at - 2, HEADER + 2, "\n\t");
  printBody(out, protocol, code, at, stated);
}

function printBody(out: Output, protocol: number, code: number, start: number, stated: number): void {
  const at = start + HEADER;
  const length = stated - HEADER;
  switch (code) {
    case 0:
      if (length >= 7) {
        printMagic(out, at);
        out.sink.text(` ${vendorText(out.u24(at + 4))}`);
      }
      break;
    case 1:
    case 2:
    case 3:
    case 4:
      printOptions(out, protocol, at, length);
      break;
    case 5:
    case 6:
    case 7:
      break;
    case 8:
      printRejected(out, at, length);
      break;
    default:
      printOther(out, protocol, code, start, stated);
  }
}

function printMagic(out: Output, at: number): void {
  if (out.need(at, 4)) out.sink.text(`\n\t  Magic-Num 0x${out.u32(at).toString(16).padStart(8, "0")}`);
}

function printRejected(out: Output, at: number, length: number): void {
  const { sink } = out;
  if (length < 2) return;
  const rejected = out.u16(at);
  sink.text(`\n\t  Rejected ${PPP_NAMES.get(rejected) ?? "unknown"} Protocol (0x`);
  sink.hex(rejected, 4);
  sink.text(")");
  if (length > 2) {
    sink.text("\n\t  Rejected Packet");
    out.hexLines(at + 2, length - 2, "\n\t    ");
  }
}

function printOther(out: Output, protocol: number, code: number, start: number, stated: number): void {
  const { sink } = out;
  const at = start + HEADER;
  const length = stated - HEADER;
  switch (code) {
    case 9:
    case 10:
    case 11:
      if (length < 4) break;
      printMagic(out, at);
      if (length > 4) {
        sink.text("\n\t  -----trailing data-----");
        if (out.has(at + 4, length - 4)) out.hexLines(at + 4, length - 4, "\n\t  ");
        else sink.text(`[|${PPP_NAMES.get(protocol) ?? "unknown"}]`);
      }
      break;
    case 12:
      if (length < 4) break;
      printMagic(out, at);
      if (length > 4) {
        sink.text("\n\t  Message\n\t    ");
        out.safeText(at + 4, length - 4);
        sink.text(`[|${PPP_NAMES.get(protocol) ?? "unknown"}]`);
      }
      break;
    case 13:
      if (length < 8) break;
      printMagic(out, at);
      sink.text(`, Seconds-Remaining ${out.u32(at + 4)}s`);
      break;
    default:
      if (out.options.verbosity < 2) out.hexLines(start - 2, stated + 2, "\n\t  ");
  }
}

function printOptions(out: Output, protocol: number, from: number, length: number): void {
  const { sink } = out;
  const options = OPTIONS.get(protocol);
  if (options === undefined) return;
  let left = length;
  for (let at = from; left > 0 && !out.cut;) {
    if (left < 2 || !out.has(at, 2)) {
      sink.text(options.mark);
      return;
    }
    const option = out.u8(at);
    const size = out.u8(at + 1);
    if (size > left) {
      if (at > from) sink.text(options.mark);
      return;
    }
    const name = options.names(option);
    if (name === undefined) {
      sink.text(`\n\tunknown LCP option 0x${option.toString(16).padStart(2, "0")}`);
    } else {
      sink.text(`\n\t  ${name} Option (0x`);
      sink.hex(option, 2);
      sink.text(`), length ${size}`);
    }
    if (size < 2 && name === undefined) return;
    if (size < 2) {
      sink.text(" (length bogus, should be >= 2)");
      return;
    }
    if (name !== undefined && !options.value(out, at, size)) return;
    if (protocol === LCP_PROTOCOL && isLinkOption(option) && out.options.verbosity > 1)
      out.hexLines(at + 2, size - 2, "\n\t    ");
    at += size;
    left -= size;
  }
}
