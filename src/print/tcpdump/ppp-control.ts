import type { Output } from "./output.ts";
import { PPP_NAMES } from "./ppp.ts";

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

const OPTION_NAMES: readonly string[] = [
  "Vend-Ext",
  "MRU",
  "ACCM",
  "Auth-Prot",
  "Qual-Prot",
  "Magic-Num",
  "deprecated(6)",
  "PFC",
  "ACFC",
  "FCS-Alt",
  "SDP",
  "Num-Mode",
  "deprecated(12)",
  "Call-Back",
  "deprecated(14)",
  "deprecated(15)",
  "deprecated(16)",
  "MRRU",
  "12-Bit seq #",
  "End-Disc",
  "Proprietary",
  "DCE-Id",
  "MP+",
  "Link-Disc",
  "LCP-Auth-Opt",
  "COBS",
  "Prefix-elision",
  "Multilink-header-Form",
  "I18N",
  "SDL-over-SONET/SDH",
  "PPP-Muxing",
];

const IPCP = 0x8021;
const IPV6CP = 0x8057;
const LCP = 0xc021;

/** Prints a packet of a PPP control protocol (RFC 1661 section 5). */
export function printControl(out: Output, protocol: number, at: number, length: number): void {
  const sink = out.sink;
  const code = out.u8(at);
  const identifier = out.u8(at + 1);
  const stated = out.u16(at + 2);
  if (out.cut) return;
  sink.text(`${PPP_NAMES.get(protocol) ?? "unknown"}, ${CODE_NAMES[code] ?? "Unknown Opcode"} (0x`);
  sink.hex(code, 2);
  sink.text(`), id ${identifier}, length ${length + 2}`);
  if (out.options.verbosity === 0) return;
  if (stated <= 4) return;
  const body = length - 4;
  sink.text(`\n\tencoded length ${stated} (=Option(s) length ${stated - 4})`);
  if (body <= 0) return;
  printBody(out, protocol, code, at + 4, Math.min(stated, length) - 4);
}

function printBody(out: Output, protocol: number, code: number, at: number, length: number): void {
  const sink = out.sink;
  if (code >= 1 && code <= 4) {
    printOptions(out, protocol, at, length);
  } else if (code === 8) {
    const rejected = out.u16(at);
    sink.text(
      `\n\t  Rejected ${PPP_NAMES.get(rejected) ?? `unknown (0x${rejected.toString(16).padStart(4, "0")})`} Protocol (0x`,
    );
    sink.hex(rejected, 4);
    sink.text(")");
    if (length > 2) {
      sink.text("\n\t  Rejected Packet");
      out.hexLines(at + 2, length - 2, "\n\t    ");
    }
  } else if (code >= 9 && code <= 11) {
    sink.text("\n\t  Magic-Num 0x");
    sink.hex(out.u32(at), 8);
    if (length > 4) {
      sink.text("\n\t  -----trailing data-----");
      out.hexLines(at + 4, length - 4, "\n\t    ");
    }
  }
}

function printOptions(out: Output, protocol: number, from: number, length: number): void {
  const sink = out.sink;
  let left = length;
  for (let at = from; left > 1 && !out.cut;) {
    const option = out.u8(at);
    const size = out.u8(at + 1);
    const name = optionName(protocol, option);
    sink.text(`\n\t  ${name} Option (0x`);
    sink.hex(option, 2);
    sink.text(`), length ${size}`);
    if (size < 2) {
      sink.text(" (length bogus, should be >= 2)");
      return;
    }
    if (size > left) return;
    if (protocol === LCP) printLcpValue(out, option, at + 2, size - 2);
    else if (protocol === IPCP && size === 6 && option >= 3) {
      sink.text(": ");
      out.ipv4(at + 2);
    } else if (protocol === IPV6CP && option === 1 && size === 10) {
      sink.text(": ");
      for (let i = 0; i < 8; i += 2) {
        if (i > 0) sink.text(":");
        sink.hex(out.u16(at + 2 + i), 4);
      }
    }
    at += size;
    left -= size;
  }
}

function optionName(protocol: number, option: number): string {
  if (protocol === LCP) return OPTION_NAMES[option] ?? "Unknown";
  if (protocol === IPV6CP) return option === 1 ? "Interface-ID" : "Unknown";
  const names: Record<number, string> = {
    1: "IP-Addrs",
    2: "IP-Comp",
    3: "IP-Addr",
    4: "Home-Addr",
    129: "Pri-DNS",
    130: "Pri-NBNS",
    131: "Sec-DNS",
    132: "Sec-NBNS",
  };
  return names[option] ?? "Unknown";
}

function printLcpValue(out: Output, option: number, at: number, length: number): void {
  const sink = out.sink;
  switch (option) {
    case 1:
      if (length === 2) sink.text(`: ${out.u16(at)}`);
      break;
    case 2:
    case 5:
      if (length !== 4) break;
      sink.text(": 0x");
      sink.hex(out.u32(at), 8);
      break;
    case 3:
      printAuthentication(out, at, length);
      break;
    case 17:
      if (length === 2) sink.text(`: ${out.u16(at)}`);
      break;
    default:
  }
}

const CHAP_NAMES: ReadonlyMap<number, string> = new Map([
  [5, "MD5"],
  [128, "MS-CHAPv1"],
  [129, "MS-CHAPv2"],
]);

function printAuthentication(out: Output, at: number, length: number): void {
  if (length < 2) return;
  const protocol = out.u16(at);
  const name = PPP_NAMES.get(protocol);
  out.sink.text(`: ${name ?? "unknown"}`);
  if (protocol === 0xc223 && length > 2) {
    const algorithm = out.u8(at + 2);
    out.sink.text(`, ${CHAP_NAMES.get(algorithm) ?? `Unknown Auth Alg ${algorithm}`}`);
  }
}
