import { PPP_NAMES } from "./ppp-names.ts";
import { hasAtLeast, hasLength, unknownValue } from "./ppp-options.ts";
import type { Output } from "./output.ts";

const NAMES: readonly string[] = [
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

const WORDED: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 7, 8, 13, 17, 19, 23]);

const CHAP = 0xc223;
const LQR = 0xc025;
const AUTHENTICATIONS: ReadonlySet<number> = new Set([0xc023, CHAP, 0xc227, 0xc027]);
const CHAP_ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [5, "MD5"],
  [128, "MS-CHAPv1"],
  [129, "MS-CHAPv2"],
]);
const CALLBACKS: readonly string[] = ["UserAuth", "DialString", "LocalID", "E.164", "X.500", "", "CBCP"];
const DISCRIMINATORS: readonly string[] = ["Null", "Local", "IPv4", "MAC", "Magic-Num-Block", "PSNDN"];
const DISCRIMINATOR_ADDRESS = 2;
const DISCRIMINATOR_MAC = 3;
const ORGANISATIONS: ReadonlyMap<number, string> = new Map([
  [0x000000, "Ethernet"],
  [0x00000c, "Cisco"],
  [0x0000f8, "Cisco bridged"],
  [0x0080c2, "Ethernet bridged"],
  [0x00603f, "ATM Forum"],
  [0x00400b, "Cable Broadband"],
  [0x080007, "Appletalk"],
  [0x009069, "Juniper"],
  [0x00080f, "Hewlett-Packard"],
  [0x00120f, "IEEE 802.3 Private"],
  [0x0012bb, "ANSI/TIA"],
  [0x001bc5, "Nortel Networks SONMP"],
]);

/** "Vendor: name (number)" of an organisation's identifier. */
export function vendorText(identifier: number): string {
  return `Vendor: ${ORGANISATIONS.get(identifier) ?? "Unknown"} (${identifier})`;
}

/** Whether the option's value is printed in words, so that `-vv` adds its bytes. */
export function isLinkOption(option: number): boolean {
  return WORDED.has(option);
}

/** Options of the link (RFC 1661 section 6, RFC 1570, RFC 1990). */
export const LCP = {
  names: (option: number): string | undefined => NAMES[option],
  value(out: Output, at: number, length: number): boolean {
    const { sink } = out;
    switch (out.u8(at)) {
      case 0:
        if (hasAtLeast(out, length, 6) && out.need(at + 2, 3)) sink.text(`: ${vendorText(out.u24(at + 2))}`);
        return true;
      case 1:
        if (hasLength(out, length, 4) && out.need(at + 2, 2)) sink.text(`: ${out.u16(at + 2)}`);
        return true;
      case 2:
        if (hasLength(out, length, 6)) printHex(out, at + 2);
        return true;
      case 3:
        return authentication(out, at, length);
      case 4:
        if (!hasAtLeast(out, length, 4)) return false;
        if (out.need(at + 2, 2)) sink.text(out.u16(at + 2) === LQR ? ": LQR" : ": unknown");
        return true;
      case 5:
        if (!hasLength(out, length, 6)) return false;
        printHex(out, at + 2);
        return true;
      case 7:
      case 8:
        return true;
      case 13:
        if (!hasAtLeast(out, length, 3)) return false;
        printCallback(out, at + 2);
        return true;
      case 17:
      case 23:
        if (!hasLength(out, length, 4)) return false;
        if (!out.need(at + 2, 2)) return true;
        sink.text(
          `: ${
            out.u8(at) === 17
              ? out.u16(at + 2)
              : `0x${out
                  .u16(at + 2)
                  .toString(16)
                  .padStart(4, "0")}`
          }`,
        );
        return true;
      case 19:
        return discriminator(out, at, length);
      default:
        return unknownValue(out, at, length);
    }
  },
} as const;

function printHex(out: Output, at: number): void {
  if (out.need(at, 4)) out.sink.text(`: 0x${out.u32(at).toString(16).padStart(8, "0")}`);
}

function authentication(out: Output, at: number, length: number): boolean {
  const { sink } = out;
  if (!hasAtLeast(out, length, 4)) return true;
  const protocol = out.u16(at + 2);
  if (!AUTHENTICATIONS.has(protocol)) {
    // The format's digits are printed, not the number: tcpdump's own slip.
    sink.text(": Unknown Auth Proto (0x04x)");
    out.hexLines(at, length, "\n\t");
    return true;
  }
  sink.text(`: ${PPP_NAMES.get(protocol)!}`);
  if (protocol === CHAP && out.need(at + 4, 1)) {
    const algorithm = out.u8(at + 4);
    sink.text(`, ${CHAP_ALGORITHMS.get(algorithm) ?? `Unknown Auth Alg ${algorithm}`}`);
  }
  return true;
}

function printCallback(out: Output, at: number): void {
  out.sink.text(": ");
  const operation = out.u8(at);
  out.sink.text(`: Callback Operation ${CALLBACKS[operation] || "Unknown"} (${operation})`);
}

/** The endpoint (RFC 1990 section 5.1.3). */
function discriminator(out: Output, at: number, length: number): boolean {
  const { sink } = out;
  if (!hasAtLeast(out, length, 3)) return false;
  const kind = out.u8(at + 2);
  const right = kind === DISCRIMINATOR_ADDRESS ? 7 : kind === DISCRIMINATOR_MAC ? 9 : 0;
  if (right > 0 && !hasLength(out, length, right)) return false;
  if (!out.need(at + 3, Math.max(0, right - 3))) return true;
  sink.text(`: ${DISCRIMINATORS[kind] ?? `Unknown class ${kind}`}`);
  if (kind === DISCRIMINATOR_ADDRESS) {
    sink.text(" ");
    out.ipv4(at + 3);
  } else if (kind === DISCRIMINATOR_MAC) {
    sink.text(" ");
    out.mac(at + 3);
  }
  return true;
}
