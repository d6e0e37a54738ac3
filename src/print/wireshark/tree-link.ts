import { macText } from "../../wire/address.ts";
import { etherTypeName } from "./ethertype-names.ts";
import { accessPointName, packetTypeName } from "./link-names.ts";
import { pppProtocolName } from "./ppp-protocol-names.ts";
import type { TreeContext } from "./tree-context.ts";
import { HARDWARE_NAMES } from "./tree-hardware-names.ts";
import { bits, FALSE_TRUE, flagLine, hex, hexBytes } from "./tree.ts";

/** Link and tunnel headers other than Ethernet; each function is false when its header is cut. */

const FAMILIES: Readonly<Record<number, string>> = { 2: "IP", 7: "OSI", 24: "IPv6", 28: "IPv6", 30: "IPv6" };

function packetType(value: number): string {
  return `Packet type: ${packetTypeName(value) ?? "Unknown"} (${value})`;
}

function protocolLine(type: number): string {
  return `Protocol: ${etherTypeName(type)} (${hex(type, 4)})`;
}

function hardwareLine(type: number): string {
  return `Link-layer address type: ${HARDWARE_NAMES[type] ?? "Unknown"} (${type})`;
}

export function printCooked({ tree, view, bytes, limit }: TreeContext, at: number): boolean {
  tree.line(0, "Linux cooked capture v1");
  if (limit - at < 16) return false;
  const length = view.getUint16(at + 4);
  tree.line(1, packetType(view.getUint16(at)));
  tree.line(1, hardwareLine(view.getUint16(at + 2)));
  tree.line(1, `Link-layer address length: ${length}`);
  printSender(tree, bytes, at + 6, length);
  tree.line(1, protocolLine(view.getUint16(at + 14)));
  return true;
}

export function printCooked2({ tree, view, bytes, limit }: TreeContext, at: number): boolean {
  tree.line(0, "Linux cooked capture v2");
  if (limit - at < 20) return false;
  const length = view.getUint8(at + 11);
  tree.line(1, protocolLine(view.getUint16(at)));
  tree.line(1, `Interface index: ${view.getUint32(at + 4)}`);
  tree.line(1, hardwareLine(view.getUint16(at + 8)));
  tree.line(1, packetType(view.getUint8(at + 10)));
  tree.line(1, `Link-layer address length: ${length}`);
  printSender(tree, bytes, at + 12, length);
  return true;
}

/** The sender's address in a field of 8 bytes. */
function printSender(tree: TreeContext["tree"], bytes: Uint8Array, at: number, length: number): void {
  const used = Math.min(8, length);
  if (used === 6) tree.line(1, `Source: ${macText(bytes, at)}`);
  else if (used > 0) tree.line(1, `Source: ${hexBytes(bytes, at, at + used)}`);
  if (used < 8) tree.line(1, `Unused: ${hexBytes(bytes, at + used, at + 8)}`);
}

/** The family is in the byte order of the capturing host, which is told by its size. */
export function printNull({ tree, view, limit }: TreeContext, at: number): boolean {
  tree.line(0, "Null/Loopback");
  if (limit - at < 4) return false;
  const big = view.getUint32(at);
  const family = big < 0x10000 ? big : view.getUint32(at, true);
  tree.line(1, `Family: ${FAMILIES[family] ?? "Unknown"} (${family})`);
  return true;
}

export function printPpp({ tree, view, limit }: TreeContext, at: number): boolean {
  tree.line(0, "Point-to-Point Protocol");
  if (limit - at < 4) return false;
  let next = at;
  if (view.getUint16(at) === 0xff03) {
    tree.line(1, "Address: 0xff");
    tree.line(1, "Control: 0x03");
    next += 2;
  }
  const isShort = (view.getUint8(next) & 1) === 1;
  const protocol = isShort ? view.getUint8(next) : view.getUint16(next);
  tree.line(1, `Protocol: ${pppProtocolName(protocol)} (${hex(protocol, isShort ? 2 : 4)})`);
  return true;
}

export function printSession({ tree, view, limit }: TreeContext, at: number): boolean {
  tree.line(0, "PPP-over-Ethernet Session");
  if (limit - at < 6) return false;
  const first = view.getUint8(at);
  tree.line(1, `${bits(first, 0xf0, 8)} = Version: ${first >> 4}`);
  tree.line(1, `${bits(first, 0x0f, 8)} = Type: ${first & 15}`);
  const code = view.getUint8(at + 1);
  tree.line(1, `Code: ${code === 0 ? "Session Data" : "Unknown"} (${hex(code, 2)})`);
  tree.line(1, `Session ID: ${hex(view.getUint16(at + 2), 4)}`);
  tree.line(1, `Payload Length: ${view.getUint16(at + 4)}`);
  return true;
}

export function printLabel({ tree, view, limit }: TreeContext, at: number): boolean {
  if (limit - at < 4) {
    tree.line(0, "MultiProtocol Label Switching Header");
    return false;
  }
  const entry = view.getUint32(at);
  const [label, experimental, bottom, ttl] = [entry >>> 12, (entry >> 9) & 7, (entry >> 8) & 1, entry & 0xff];
  tree.line(
    0,
    `MultiProtocol Label Switching Header, Label: ${label}, Exp: ${experimental}, S: ${bottom}, TTL: ${ttl}`,
  );
  tree.line(1, `${bits(entry, 0xfffff000, 32)} = MPLS Label: ${label} (${hex(label, 5)})`);
  tree.line(1, `${bits(entry, 0x00000e00, 32)} = MPLS Experimental Bits: ${experimental}`);
  tree.line(1, `${bits(entry, 0x00000100, 32)} = MPLS Bottom Of Label Stack: ${bottom}`);
  tree.line(1, `${bits(entry, 0x000000ff, 32)} = MPLS TTL: ${ttl}`);
  return true;
}

/** 802.2, with a SNAP header behind it. */
export function printLogicalLink({ tree, view, limit }: TreeContext, at: number, end: number): boolean {
  const have = Math.min(limit, end) - at;
  tree.line(0, "Logical-Link Control");
  if (have < 3) return false;
  const [destination, source, control] = [view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2)];
  const name = (sap: number): string => accessPointName(sap) ?? "Unknown";
  tree.line(1, `DSAP: ${name(destination)} (${hex(destination, 2)})`);
  tree.line(2, `${bits(destination, 0xfe, 8)} = SAP: ${name(destination)}`);
  tree.line(2, `${bits(destination, 0x01, 8)} = IG Bit: ${(destination & 1) === 0 ? "Individual" : "Group"}`);
  tree.line(1, `SSAP: ${name(source)} (${hex(source, 2)})`);
  tree.line(2, `${bits(source, 0xfe, 8)} = SAP: ${name(source)}`);
  tree.line(2, `${bits(source, 0x01, 8)} = CR Bit: ${(source & 1) === 0 ? "Command" : "Response"}`);
  if (control === 0x03) {
    tree.line(1, "Control field: U, func=UI (0x03)");
    tree.line(2, `${bits(control, 0xec, 8)} = Command: Unnumbered Information (0x00)`);
    tree.line(2, `${bits(control, 0x03, 8)} = Frame type: Unnumbered frame (0x3)`);
  } else {
    tree.line(1, `Control field: ${hex(control, 2)}`);
  }
  if (have < 8 || view.getUint16(at) !== 0xaaaa || control !== 0x03) return true;
  const organisation = (view.getUint16(at + 3) << 8) | view.getUint8(at + 5);
  // Wireshark cuts this name at its first comma.
  tree.line(1, `Organization Code: ${organisation === 0 ? "00:00:00 (Officially Xerox, but" : macHex(organisation)}`);
  const type = view.getUint16(at + 6);
  tree.line(1, organisation === 0 ? `Type: ${etherTypeName(type)} (${hex(type, 4)})` : `Protocol ID: ${hex(type, 4)}`);
  return true;
}

function macHex(value: number): string {
  return [16, 8, 0].map((shift) => ((value >> shift) & 0xff).toString(16).padStart(2, "0")).join(":");
}

const VXLAN_FLAGS = [
  [0x8000, "GBP Extension", ["Not defined", "Defined"]],
  [0x0800, "VXLAN Network ID (VNI)", FALSE_TRUE],
  [0x0040, "Don't Learn", FALSE_TRUE],
  [0x0008, "Policy Applied", FALSE_TRUE],
] as const;

export function printVxlan({ tree, view, limit }: TreeContext, at: number): boolean {
  tree.line(0, "Virtual eXtensible Local Area Network");
  if (limit - at < 8) return false;
  const flags = view.getUint16(at);
  const names = VXLAN_FLAGS.filter(([mask]) => (flags & mask) !== 0).map(([, name]) => name);
  tree.line(1, [`Flags: ${hex(flags, 4)}`, ...names].join(", "));
  for (const [mask, name, words] of VXLAN_FLAGS) tree.line(2, flagLine(flags, mask, 16, name, words));
  tree.line(2, `${bits(flags, 0x77b7, 16)} = Reserved(R): ${hex(flags & 0x77b7, 4)}`);
  tree.line(1, `Group Policy ID: ${view.getUint16(at + 2)}`);
  tree.line(1, `VXLAN Network Identifier (VNI): ${view.getUint32(at + 4) >>> 8}`);
  tree.line(1, `Reserved: ${view.getUint8(at + 7)}`);
  return true;
}

export function printGeneve({ tree, view, bytes, limit }: TreeContext, at: number): boolean {
  if (limit - at < 8) {
    tree.line(0, "Generic Network Virtualization Encapsulation");
    return false;
  }
  const [first, flags, type] = [view.getUint8(at), view.getUint8(at + 1), view.getUint16(at + 2)];
  const identifier = view.getUint32(at + 4) >>> 8;
  const length = 4 * (first & 0x3f);
  const name = etherTypeName(type);
  tree.line(
    0,
    `Generic Network Virtualization Encapsulation, VNI: ${hex(identifier, 6)}${length > 0 ? ", with options" : ""}`,
  );
  tree.line(1, `${bits(first, 0xc0, 8)} = Version: ${first >> 6}`);
  tree.line(1, `${bits(first, 0x3f, 8)} = Length: ${length} bytes`);
  tree.line(1, `Flags: ${hex(flags, 2)}`);
  tree.line(2, flagLine(flags, 0x80, 8, "Operations, Administration and Management Frame"));
  tree.line(2, flagLine(flags, 0x40, 8, "Critical Options Present"));
  tree.line(2, `${bits(flags, 0x3f, 8)} = Reserved: ${(flags & 0x3f) === 0 ? "False" : "True"}`);
  tree.line(1, `Protocol Type: ${name} (${hex(type, 4)})`);
  tree.line(1, `Virtual Network Identifier (VNI): ${hex(identifier, 6)}`);
  if (length > 0 && limit - at >= 8 + length) tree.line(1, `Options: ${hexBytes(bytes, at + 8, at + 8 + length)}`);
  return limit - at >= 8 + length;
}
