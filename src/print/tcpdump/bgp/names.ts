import type { Output } from "../output.ts";

/** Names by number; a number without one is "Unknown". */
export type NamesByNumber = Readonly<Record<number, string>>;

/** Address families (IANA "Address Family Numbers"). */
const FAMILIES: NamesByNumber = {
  0: "Reserved",
  1: "IPv4",
  2: "IPv6",
  3: "NSAP",
  4: "HDLC",
  5: "BBN 1822",
  6: "802",
  7: "E.163",
  8: "E.164",
  9: "F.69",
  10: "X.121",
  11: "Novell IPX",
  12: "Appletalk",
  13: "Decnet IV",
  14: "Banyan Vines",
  15: "E.164 with NSAP subaddress",
  25: "VPLS",
  196: "Layer-2 VPN",
};

/** Subsequent address families (IANA "SAFI Namespace"). */
const SUBSEQUENT_FAMILIES: NamesByNumber = {
  0: "Reserved",
  1: "Unicast",
  2: "Multicast",
  3: "Unicast+Multicast",
  4: "labeled Unicast",
  5: "Multicast VPN",
  64: "Tunnel",
  65: "VPLS",
  66: "MDT",
  70: "EVPN",
  128: "labeled VPN Unicast",
  129: "labeled VPN Multicast",
  130: "labeled VPN Unicast+Multicast",
  132: "Route Target Routing Information",
};

export function nameAndNumber(names: NamesByNumber, value: number, unknown = "Unknown"): string {
  return `${names[value] ?? unknown} (${value})`;
}

/** "AFI IPv4 (1), SAFI Unicast (1)". */
export function familiesText(family: number, subsequent: number): string {
  return `AFI ${nameAndNumber(FAMILIES, family)}, SAFI ${nameAndNumber(SUBSEQUENT_FAMILIES, subsequent)}`;
}

/** Prints the families before a list of routes. */
export function printRouteFamilies(out: Output, family: number, subsequent: number): void {
  const vendor = subsequent > 128 ? "vendor specific " : "";
  const first = nameAndNumber(FAMILIES, family, "Unknown AFI");
  const second = nameAndNumber(SUBSEQUENT_FAMILIES, subsequent, "Unknown SAFI");
  out.sink.text(`\n\t    AFI: ${first}, ${vendor}SAFI: ${second}`);
}

/** The number of an autonomous system: whole, or with option `-b` as two of 16 bits where it needs more (RFC 5396). */
export function systemText(out: Output, number: number): string {
  if (out.options.asDot !== true || number <= 0xffff) return String(number);
  return `${number >>> 16}.${number & 0xffff}`;
}

/** Prints bytes that are not decoded, unless `-vv` shows them anyhow. */
export function printUndecoded(out: Output, at: number, length: number, indent: string): void {
  if (out.options.verbosity <= 1) out.hexLines(at, length, indent);
}
