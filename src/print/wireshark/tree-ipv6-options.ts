import { ipv6Text } from "../../wire/address.ts";
import type { TreeContext } from "./tree-context.ts";
import { bits, flagLine, hex, hexBytes, NO_YES } from "./tree.ts";

/** Options of the hop-by-hop and destination options headers. */

const PAD1 = 0;
const PADN = 1;
const TUNNEL_LIMIT = 4;
const ROUTER_ALERT = 5;
const PATH_MTU = 48;
const JUMBO = 0xc2;
const HOME_ADDRESS = 0xc9;

const NAMES: Readonly<Record<number, string>> = {
  0: "Pad1",
  1: "PadN",
  4: "Tunnel Encapsulation Limit",
  5: "Router Alert",
  7: "CALIPSO",
  8: "SMF_DPD",
  15: "Performance and Diagnostic Metrics",
  30: "Experimental (0x1E)",
  38: "Quick-Start",
  48: "Path MTU Option",
  49: "IOAM Option",
  62: "Experimental (0x3E)",
  94: "Experimental (0x5E)",
  99: "RPL Option",
  109: "MPL Option",
  126: "Experimental (0x7E)",
  138: "Endpoint Identification",
  139: "ILNP Nonce",
  140: "Line-Identification Option",
  158: "Experimental (0x9E)",
  190: "Experimental (0xBE)",
  194: "Jumbo Payload",
  201: "Home Address",
  222: "Experimental (0xDE)",
  238: "IP_DFF",
  254: "Experimental (0xFE)",
};

const ALERTS: readonly string[] = ["MLD", "RSVP", "Active Network"];

/** What a node does that does not know the option (RFC 8200 section 4.2). */
const ACTIONS: readonly string[] = [
  "Skip and continue",
  "Discard",
  "Discard and send ICMP Parameter Problem",
  "Discard and send ICMP if not multicast",
];

/** Prints the option at `at`; where the next one starts. */
export function printIpv6Option(context: TreeContext, at: number, end: number, isHopByHop: boolean): number {
  const { tree, view } = context;
  const type = view.getUint8(at);
  const name = NAMES[type];
  tree.line(2, name ?? `Unknown IPv6 Option (${type})`);
  tree.line(3, `Type: ${name ?? "Unknown"} (${hex(type, 2)})`);
  if (type === PAD1) {
    tree.line(3, "Pad1");
    return at + 1;
  }
  if (type === ROUTER_ALERT && !isHopByHop)
    tree.expert(4, "Warning", "Protocol", "Router Alert must use a hop-by-hop options header");
  tree.line(4, `${bits(type, 0xc0, 8)} = Action: ${ACTIONS[type >> 6]} (${type >> 6})`);
  tree.line(4, flagLine(type, 0x20, 8, "May Change", NO_YES));
  tree.line(4, `${bits(type, 0x1f, 8)} = Low-Order Bits: ${hex(type & 0x1f, 2)}`);
  if (at + 1 >= end) return end;
  const length = view.getUint8(at + 1);
  tree.line(3, `Length: ${length}`);
  const next = Math.min(end, at + 2 + length);
  printValue(context, type, at + 2, next);
  return next;
}

function printValue({ tree, view, bytes }: TreeContext, type: number, at: number, end: number): void {
  const length = end - at;
  if (type === PADN) {
    tree.line(3, `PadN: ${length === 0 ? "<none>" : hexBytes(bytes, at, end)}`);
  } else if (type === ROUTER_ALERT && length >= 2) {
    const value = view.getUint16(at);
    tree.line(3, `Router Alert: ${ALERTS[value] ?? "Unknown"} (${value})`);
  } else if (type === TUNNEL_LIMIT && length >= 1) {
    tree.line(3, `Tunnel Encapsulation Limit: ${view.getUint8(at)}`);
  } else if (type === JUMBO && length === 4) {
    tree.line(3, `Payload Length: ${view.getUint32(at)}`);
  } else if (type === HOME_ADDRESS && length === 16) {
    tree.line(3, `MIPv6 Home Address: ${ipv6Text(bytes, at)}`);
  } else if (type === PATH_MTU && length === 4) {
    tree.line(3, `Minimum Path MTU: ${view.getUint16(at)}`);
    tree.line(3, `Return Path MTU: ${view.getUint16(at + 2) & 0xfffe}`);
  } else if (length > 0) {
    const isUnknown = NAMES[type] === undefined;
    const name = NAMES[type]?.startsWith("Experimental") === true ? "Experimental Option" : "Unknown Option Payload";
    tree.line(3, `${name}: ${hexBytes(bytes, at, end)}`);
    if (isUnknown) tree.expert(4, "Note", "Undecoded", "Unknown Data (not interpreted)");
  }
}
