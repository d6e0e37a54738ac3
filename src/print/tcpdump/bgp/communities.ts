import { type NamesByNumber, systemText } from "./names.ts";
import type { Output } from "../output.ts";

/** RFC 1997. */
const WELL_KNOWN: NamesByNumber = {
  0xffffff01: " NO_EXPORT",
  0xffffff02: " NO_ADVERTISE",
  0xffffff03: " NO_EXPORT_SUBCONFED",
};

function isInvalid(out: Output, isRight: boolean): boolean {
  if (!isRight) out.sink.text("invalid len");
  return !isRight;
}

/** Prints communities (RFC 1997); their length. */
export function printCommunities(out: Output, from: number, length: number): number {
  if (isInvalid(out, length % 4 === 0)) return length;
  for (let at = from; at < from + length; at += 4) {
    const community = out.u32(at);
    const name = WELL_KNOWN[community];
    if (name === undefined) {
      const comma = at + 4 < from + length ? ", " : "";
      out.sink.text(`${community >>> 16}:${community & 0xffff}${comma}`);
    } else out.sink.text(name);
  }
  return length;
}

/** Prints communities of three numbers (RFC 8092); bytes that `-vv` shows: only invalid ones. */
export function printLargeCommunities(out: Output, from: number, length: number): number {
  if (isInvalid(out, length > 0 && length % 12 === 0)) return length;
  for (let at = from; at < from + length; at += 12) {
    out.sink.text(`${at === from ? "\n\t    " : ", "}${out.u32(at)}:${out.u32(at + 4)}:${out.u32(at + 8)}`);
  }
  return 0;
}

/** Prints the six bytes of an extended community's value. */
type PrintValue = (out: Output, at: number) => void;

/** Types of extended communities (IANA "BGP Extended Communities"). */
const EXTENDED: Readonly<Record<number, readonly [string, PrintValue]>> = {
  0x0002: ["target", printShortSystem],
  0x0003: ["origin", printShortSystem],
  0x0005: ["ospf-domain", printAddress],
  0x0009: ["source-AS", (out, at) => out.sink.text(`AS ${out.u16(at)}`)],
  0x000a: ["l2vpn-id", printShortSystem],
  0x0102: ["target", printAddressAndNumber],
  0x0103: ["origin", printAddressAndNumber],
  0x0105: ["ospf-domain", printAddress],
  0x0107: ["ospf-router-id", printAddress],
  0x010b: ["vrf-route-import", printAddressAndNumber],
  0x0202: ["target", printLongSystem],
  0x0203: ["origin", printLongSystem],
  0x0205: ["ospf-domain", printAddress],
  0x0306: ["ospf-route-type", printOspfRoute],
  0x030c: ["encapsulation", printEncapsulation],
  0x4004: ["link-BW", printBandwidth],
  0x8000: ["ospf-route-type", printOspfRoute],
  0x8001: ["ospf-router-id", printAddress],
  0x8005: ["ospf-domain", printAddress],
  0x800a: ["layer2-info", printLayer2],
  0x8800: ["eigrp-general-route (flag, tag)", printBytes],
  0x8801: ["eigrp-route-metric (AS, delay)", printBytes],
  0x8802: ["eigrp-route-metric (reliability, nexthop, bandwidth)", printBytes],
  0x8803: ["eigrp-route-metric (load, MTU)", printBytes],
  0x8804: ["eigrp-external-route (remote-AS, remote-ID)", printBytes],
  0x8805: ["eigrp-external-route (remote-proto, remote-metric)", printBytes],
  0xf10a: ["l2vpn-id", printAddressAndNumber],
};

const FLAGS: readonly string[] = ["none", "non-transitive", "vendor-specific", "vendor-specific, non-transitive"];

/** Prints extended communities (RFC 4360); their length. */
export function printExtendedCommunities(out: Output, from: number, length: number): number {
  if (isInvalid(out, length % 8 === 0)) return length;
  for (let at = from; at < from + length; at += 8) {
    const type = out.u16(at);
    const [name, print] = EXTENDED[type] ?? ["unknown extd community typecode", printBytes];
    const number = type.toString(16).padStart(4, "0");
    out.sink.text(`\n\t    ${name} (0x${number}), Flags [${FLAGS[type >>> 14]!}]: `);
    print(out, at + 2);
  }
  return length;
}

function printBytes(out: Output, at: number): void {
  out.hexBytes(at, 6);
}

function printAddress(out: Output, at: number): void {
  out.ipv4(at);
}

function printShortSystem(out: Output, at: number): void {
  out.sink.text(`${out.u16(at)}:${out.u32(at + 2)} (= `);
  out.ipv4(at + 2);
  out.sink.text(")");
}

function printAddressAndNumber(out: Output, at: number): void {
  out.ipv4(at);
  out.sink.text(`:${out.u16(at + 4)}`);
}

function printLongSystem(out: Output, at: number): void {
  out.sink.text(`${systemText(out, out.u32(at))}:${out.u16(at + 4)}`);
}

const ROUTE_TYPES: NamesByNumber = {
  1: "Router",
  2: "Network",
  3: "Summary",
  5: "External",
  7: "NSSA External",
  129: "MPLS-VPN Sham",
};

/** RFC 4577 section 4.2.6: only external routes are of type 1 or 2. */
function printOspfRoute(out: Output, at: number): void {
  const type = out.u8(at + 4);
  const name = ROUTE_TYPES[type] ?? `unknown (0x${type.toString(16).padStart(2, "0")})`;
  const second = (out.u8(at + 5) & 1) === 0 ? "" : "E2";
  const first = type === 5 || type === 7 ? "E1" : "";
  out.sink.text("area:");
  out.ipv4(at);
  out.sink.text(`, router-type:${name}, metric-type:${second}${first}`);
}

/** IANA "BGP Tunnel Encapsulation Attribute Tunnel Types". */
const TUNNELS: readonly (string | undefined)[] = [
  undefined,
  "L2TPv3 over IP",
  "GRE",
  "Transmit Tunnel",
  "IPsec",
  "IP in IP with IPsec",
  "MPLS in IP with IPsec",
  "IP in IP",
  "VXLAN",
  "NVGRE",
  "MPLS",
  "MPLS in GRE",
  "VXLAN GPE",
  "MPLS in UDP",
  "IPv6",
  "SR TE",
  "Bare",
  "SR",
];

function printEncapsulation(out: Output, at: number): void {
  out.sink.text(`Tunnel type: ${TUNNELS[out.u16(at + 4)] ?? "unknown encaps"}`);
}

/** Bytes a second as a float (draft-ietf-idr-link-bandwidth). */
function printBandwidth(out: Output, at: number): void {
  if (!out.need(at, 6)) return;
  const rate = Math.fround(Math.fround(out.view.getFloat32(at + 2) * 8) / 1_000_000);
  out.sink.text(`bandwidth: ${decimalText(rate)} Mbps`);
}

/** With three digits behind the point, as C prints it. */
function decimalText(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (Number.isNaN(value)) return "nan";
  if (size === Infinity) return `${sign}inf`;
  if (size >= 1e21) return `${sign}${BigInt(size)}.000`;
  return sign + size.toFixed(3);
}

/** Encapsulation types of layer 2 (IANA "MPLS Pseudowire Types"). */
const LAYER_2_TYPES: NamesByNumber = {
  0: "Reserved",
  1: "Frame Relay",
  2: "ATM AAL5 SDU VCC transport",
  3: "ATM transparent cell transport",
  4: "Ethernet (VLAN) Tagged Mode",
  5: "Ethernet Raw Mode",
  6: "Cisco HDLC",
  7: "PPP",
  8: "SONET/SDH Circuit Emulation Service over MPLS",
  9: "ATM n-to-one VCC cell transport",
  10: "ATM n-to-one VPC cell transport",
  11: "IP layer 2 transport",
  15: "Frame Relay Port mode",
  17: "Structure-agnostic E1 over packet",
  18: "Structure-agnostic T1 (DS1) over packet",
  19: "VPLS",
  20: "Structure-agnostic T3 (DS3) over packet",
  21: "Nx64kbit/s Basic Service using Structure-aware",
  25: "Frame Relay DLCI",
  40: "Structure-agnostic E3 over packet",
  41: "Octet-aligned playload for Structure-agnostic DS1 circuits",
  42: "E1 Nx64kbit/s with CAS using Structure-aware",
  43: "DS1 (ESF) Nx64kbit/s with CAS using Structure-aware",
  44: "DS1 (SF) Nx64kbit/s with CAS using Structure-aware",
};

/** RFC 4761 section 3.2.4. */
function printLayer2(out: Output, at: number): void {
  const name = LAYER_2_TYPES[out.u8(at)] ?? "unknown encaps";
  const flags = out
    .u8(at + 1)
    .toString(16)
    .padStart(2, "0");
  out.sink.text(`${name} Control Flags [0x${flags}]:MTU ${out.u16(at + 2)}`);
}
