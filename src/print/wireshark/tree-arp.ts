import { ETHERTYPE_IPV4 } from "../../wire/protocol.ts";
import { ipv4Text, macText } from "../../wire/address.ts";
import type { TreeContext } from "./tree-context.ts";
import { etherTypeName } from "./ethertype-names.ts";
import { HARDWARE_NAMES } from "./tree-hardware-names.ts";
import { hex, hexBytes } from "./tree.ts";

const OPERATIONS: readonly string[] = [
  "reserved",
  "request",
  "reply",
  "reverse request",
  "reverse reply",
  "drarp request",
  "drarp reply",
  "drarp error",
  "inverse request",
  "inverse reply",
  "arp nak",
  "mars request",
  "mars multi",
  "mars mserv",
  "mars join",
  "mars leave",
  "mars nak",
  "mars unserv",
  "mars sjoin",
  "mars sleave",
  "mars grouplist request",
  "mars grouplist reply",
  "mars redirect map",
  "mapos unarp",
  "experimental 1",
  "experimental 2",
];
const REQUEST = 1;
const REPLY = 2;
const ETHERNET = 1;
const IEEE_802 = 6;

/** The packet at `at`; false when it is cut. */
export function printArp(context: TreeContext, at: number, end: number): boolean {
  const { tree, view, limit } = context;
  const have = Math.min(limit, end) - at;
  const operation = have >= 8 ? view.getUint16(at + 6) : -1;
  const [hardwareLength, protocolLength] = have >= 6 ? [view.getUint8(at + 4), view.getUint8(at + 5)] : [0, 0];
  const isIpv4 = have >= 8 && view.getUint16(at + 2) === ETHERTYPE_IPV4 && protocolLength === 4;
  const whole = 8 + 2 * (hardwareLength + protocolLength);
  const nature = isIpv4 && have >= whole ? natureOf(view, at, operation, hardwareLength) : "";
  tree.line(0, `Address Resolution Protocol${operation < 0 ? "" : ` (${titleOf(operation, nature)})`}`);
  if (have < 2) return false;
  const hardware = view.getUint16(at);
  tree.line(1, `Hardware type: ${HARDWARE_NAMES[hardware] ?? "Unknown"} (${hardware})`);
  if (have < 4) return false;
  const protocol = view.getUint16(at + 2);
  tree.line(1, `Protocol type: ${etherTypeName(protocol)} (${hex(protocol, 4)})`);
  if (have < 5) return false;
  tree.line(1, `Hardware size: ${view.getUint8(at + 4)}`);
  if (have < 6) return false;
  tree.line(1, `Protocol size: ${protocolLength}`);
  if (have < 8) return false;
  tree.line(1, `Opcode: ${operationName(operation)} (${operation})`);
  if (nature === "probe") tree.line(1, "[Is probe: True]");
  if (nature === "gratuitous" || nature === "announcement") tree.line(1, "[Is gratuitous: True]");
  if (nature === "announcement") tree.line(1, "[Is announcement: True]");
  const isMac = hardwareLength === 6 && (hardware === ETHERNET || hardware === IEEE_802);
  return printAddresses(context, at + 8, have - 8, { isMac, isIpv4, hardwareLength, protocolLength });
}

function operationName(operation: number): string {
  return OPERATIONS[operation] ?? (operation === 0xffff ? "reserved" : "Unknown");
}

/** RFC 5227 sections 1.1 and 2.1.1: whose address it asks for. */
function natureOf(view: DataView, at: number, operation: number, hardwareLength: number): string {
  const sender = view.getUint32(at + 8 + hardwareLength);
  const target = view.getUint32(at + 12 + 2 * hardwareLength);
  if (operation === REQUEST && sender === target) return "announcement";
  if (operation === REPLY && sender === target) return "gratuitous";
  return operation === REQUEST && sender === 0 ? "probe" : "";
}

function titleOf(operation: number, nature: string): string {
  if (nature === "announcement") return "ARP Announcement";
  if (nature === "probe") return "ARP Probe";
  return `${operationName(operation)}${nature === "gratuitous" ? "/gratuitous ARP" : ""}`;
}

interface Lengths {
  readonly isMac: boolean;
  readonly isIpv4: boolean;
  readonly hardwareLength: number;
  readonly protocolLength: number;
}

function printAddresses({ tree, bytes }: TreeContext, at: number, have: number, lengths: Lengths): boolean {
  const { isMac, isIpv4, hardwareLength, protocolLength } = lengths;
  let next = at;
  for (const whose of ["Sender", "Target"]) {
    if (next + hardwareLength - at > have) return false;
    const hardware = isMac
      ? `MAC address: ${macText(bytes, next)}`
      : `hardware address: ${hexBytes(bytes, next, next + hardwareLength)}`;
    if (hardwareLength > 0) tree.line(1, `${whose} ${hardware}`);
    next += hardwareLength;
    if (next + protocolLength - at > have) return false;
    const protocol = isIpv4
      ? `IP address: ${ipv4Text(bytes, next)}`
      : `protocol address: ${hexBytes(bytes, next, next + protocolLength)}`;
    if (protocolLength > 0) tree.line(1, `${whose} ${protocol}`);
    next += protocolLength;
  }
  return true;
}
