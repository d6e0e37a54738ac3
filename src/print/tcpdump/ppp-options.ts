import type { Output } from "./output.ts";

/** What comes behind the name of an option; false where the options after it cannot be found. */
export type Value = (out: Output, at: number, length: number) => boolean;

/** "length bogus" where an option has another length; the line goes on. */
export function hasLength(out: Output, length: number, right: number): boolean {
  if (length === right) return true;
  out.sink.text(` (length bogus, should be = ${right})`);
  return false;
}

export function hasAtLeast(out: Output, length: number, least: number): boolean {
  if (length >= least) return true;
  out.sink.text(` (length bogus, should be >= ${least})`);
  return false;
}

/** The value in hexadecimal on lines of its own. */
export function unknownValue(out: Output, at: number, length: number): boolean {
  out.hexLines(at + 2, length - 2, "\n\t    ");
  return true;
}

const IPCP_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "IP-Addrs"],
  [2, "IP-Comp"],
  [3, "IP-Addr"],
  [4, "Home-Addr"],
  [129, "Pri-DNS"],
  [130, "Pri-NBNS"],
  [131, "Sec-DNS"],
  [132, "Sec-NBNS"],
]);
const VJ_COMPRESSION = 0x2d;
const HEADER_COMPRESSION = 0x61;
const COMPRESSIONS: ReadonlyMap<number, string> = new Map([
  [VJ_COMPRESSION, "VJ-Comp"],
  [HEADER_COMPRESSION, "IP Header Compression"],
]);

/** IP addresses (RFC 1332, RFC 1877). */
export const IPCP = {
  names: (option: number): string => IPCP_NAMES.get(option) ?? "unknown",
  value(out: Output, at: number, length: number): boolean {
    const { sink } = out;
    const option = out.u8(at);
    if (option === 1) {
      if (!hasLength(out, length, 10) || !out.need(at + 2, 8)) return true;
      sink.text(": src ");
      out.ipv4(at + 2);
      sink.text(", dst ");
      out.ipv4(at + 6);
      return true;
    }
    if (option === 2) return compression(out, at, length);
    if (!IPCP_NAMES.has(option)) return unknownValue(out, at, length);
    if (!hasLength(out, length, 6)) return true;
    if (!out.need(at + 2, 4)) return true;
    sink.text(": ");
    out.ipv4(at + 2);
    return true;
  },
} as const;

/** Header compression (RFC 1332 section 3.2, RFC 3544). */
function compression(out: Output, at: number, length: number): boolean {
  const { sink } = out;
  if (!hasAtLeast(out, length, 4)) return true;
  const protocol = out.u16(at + 2);
  sink.text(`: ${COMPRESSIONS.get(protocol) ?? "Unknown"} (0x${protocol.toString(16).padStart(2, "0")}):`);
  if (protocol !== HEADER_COMPRESSION) return true;
  if (!hasAtLeast(out, length, 14)) return true;
  if (!out.need(at + 4, 10)) return true;
  sink.text(
    `\n\t    TCP Space ${out.u16(at + 4)}, non-TCP Space ${out.u16(at + 6)}, maxPeriod ${out.u16(at + 8)}, ` +
      `maxTime ${out.u16(at + 10)}, maxHdr ${out.u16(at + 12)}`,
  );
  if (length > 14) out.sink.text(`\n\t      Suboptions, length ${length - 14}`);
  return true;
}

/** Interface identifiers (RFC 5072). */
export const IPV6CP = {
  names: (option: number): string => (option === 1 ? "Interface-ID" : "unknown"),
  value(out: Output, at: number, length: number): boolean {
    if (out.u8(at) !== 1) return unknownValue(out, at, length);
    if (!hasLength(out, length, 10)) return true;
    if (!out.has(at + 2, 8)) {
      out.sink.text("[|ip6cp]");
      return false;
    }
    out.sink.text(": ");
    for (let i = 0; i < 8; i += 2) {
      if (i > 0) out.sink.text(":");
      out.sink.hex(out.u16(at + 2 + i), 4);
    }
    return true;
  },
} as const;

/** The favoured peer (RFC 2125). */
export const BACP = {
  names: (option: number): string => (option === 1 ? "Favored-Peer" : "Unknown"),
  value(out: Output, at: number, length: number): boolean {
    if (out.u8(at) !== 1) return unknownValue(out, at, length);
    if (!hasLength(out, length, 6)) return true;
    if (!out.need(at + 2, 4)) return true;
    out.sink.text(
      `: Magic-Num 0x${out
        .u32(at + 2)
        .toString(16)
        .padStart(8, "0")}`,
    );
    return true;
  },
} as const;

const CCP_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "OUI"],
  [1, "Pred-1"],
  [2, "Pred-2"],
  [3, "Puddle"],
  [16, "HP-PPC"],
  [17, "Stac-LZS"],
  [18, "MPPC"],
  [19, "Gand-FZA"],
  [20, "V.42bis"],
  [21, "BSD-Comp"],
  [23, "LZS-DCP"],
  [24, "MVRCA"],
  [25, "DEC"],
  [26, "Deflate"],
]);
const DEFLATE_METHOD = 8;

/** Compression (RFC 1962, RFC 1977, RFC 1975, RFC 1979). */
export const CCP = {
  names: (option: number): string => CCP_NAMES.get(option) ?? "Unknown",
  value(out: Output, at: number, length: number): boolean {
    const { sink } = out;
    switch (out.u8(at)) {
      case 21:
        if (!hasAtLeast(out, length, 3)) return true;
        if (!out.need(at + 2, 1)) return true;
        sink.text(`: Version: ${out.u8(at + 2) >> 5}, Dictionary Bits: ${out.u8(at + 2) & 0x1f}`);
        return true;
      case 24:
        if (!hasAtLeast(out, length, 4)) return true;
        if (!out.need(at + 2, 2)) return true;
        sink.text(
          `: Features: ${out.u8(at + 2) >> 6}, PxP: ${(out.u8(at + 2) & 0x20) === 0 ? "Disabled" : "Enabled"}, ` +
            `History: ${out.u8(at + 2) & 0x1f}, #CTX-ID: ${out.u8(at + 3)}`,
        );
        return true;
      case 26: {
        if (!hasAtLeast(out, length, 4)) return true;
        if (!out.need(at + 2, 2)) return true;
        const method = out.u8(at + 2) & 0xf;
        const check = out.u8(at + 3);
        sink.text(
          `: Window: ${(out.u8(at + 2) & 0xf0) >> 4}K, Method: ${method === DEFLATE_METHOD ? "zlib" : "unknown"} ` +
            `(0x${method.toString(16)}), MBZ: ${check >> 2}, CHK: ${check & 3}`,
        );
        return true;
      }
      default:
        return unknownValue(out, at, length);
    }
  },
} as const;
