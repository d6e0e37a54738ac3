import { ipv6Text, macText } from "../../wire/address.ts";
import { neighbourOptionName } from "./neighbour-option-names.ts";
import type { TreeContext } from "./tree-context.ts";
import { bits, flagLine, hex, hexBytes, type TreeWriter } from "./tree.ts";

/** Options of neighbour discovery messages (RFC 4861 section 4.6 and others). */

const SOURCE = 1;
const TARGET = 2;
const PREFIX = 3;
const REDIRECTED = 4;
const MTU = 5;
const INTERVAL = 7;
const HOME_AGENT = 8;
const SOURCE_LIST = 9;
const TARGET_LIST = 10;
const NONCE = 14;
const ROUTE = 24;
const DNS_SERVER = 25;
const DNS_SEARCH = 31;
const CAPTIVE_PORTAL = 37;

/** Of a router or a route (RFC 4191 section 2.1). */
export const PREFERENCES: readonly string[] = ["Medium", "High", "Reserved", "Low"];
const INFINITY = 0xffffffff;

/** An option that is printed: where it is and how long. */
interface NeighbourOption {
  readonly type: number;
  readonly at: number;
  readonly end: number;
}

/** The options in `[at, end)`; false when they are cut. */
export function printNeighbourOptions(context: TreeContext, at: number, end: number): boolean {
  const { tree, view } = context;
  for (let next = at; next < end;) {
    if (end - next < 2) return false;
    const type = view.getUint8(next);
    const words = view.getUint8(next + 1);
    const name = neighbourOptionName(type);
    const option = { type, at: next, end: next + 8 * words };
    const isWhole = words > 0 && option.end <= end;
    const title = isWhole ? `${name ?? `Unknown ${type}`}${summary(context, option)})` : (name ?? `Unknown ${type}`);
    tree.line(1, `ICMPv6 Option (${title}`);
    tree.line(2, `Type: ${name ?? "Unknown"} (${type})`);
    tree.line(2, `Length: ${words} (${8 * words} bytes)`);
    if (words === 0) tree.expert(3, "Error", "Malformed", "Invalid option length (Zero)");
    if (!isWhole) return words === 0;
    printOption(context, option);
    next = option.end;
  }
  return true;
}

/** What the title says beyond the option's name. */
function summary({ view, bytes }: TreeContext, { type, at, end }: NeighbourOption): string {
  const length = end - at;
  switch (type) {
    case SOURCE:
    case TARGET:
      return ` : ${macText(bytes, at + 2, length === 8 ? 6 : 8)}`;
    case PREFIX:
      return length >= 32 ? ` : ${ipv6Text(bytes, at + 16)}/${view.getUint8(at + 2)}` : "";
    case MTU:
    case INTERVAL:
      return ` : ${view.getUint32(at + 4)}`;
    case ROUTE:
      return ` : ${PREFERENCES[(view.getUint8(at + 3) >> 3) & 3]} ${routePrefix(bytes, at, end)}/${view.getUint8(at + 2)}`;
    case DNS_SERVER:
    case SOURCE_LIST:
    case TARGET_LIST:
      return addresses(bytes, at + 8, end)
        .map((address) => ` ${address}`)
        .join("");
    case DNS_SEARCH:
      return domainNames(bytes, at + 8, end)
        .map((name) => ` ${name}`)
        .join("");
    default:
      return "";
  }
}

/** A prefix of which only so many bytes are sent as the length needs. */
function routePrefix(bytes: Uint8Array, at: number, end: number): string {
  const whole = new Uint8Array(16);
  for (let i = 0; i < 16 && at + 8 + i < end; i++) whole[i] = bytes[at + 8 + i]!;
  return ipv6Text(whole, 0);
}

function addresses(bytes: Uint8Array, at: number, end: number): string[] {
  const list: string[] = [];
  for (let next = at; next + 16 <= end; next += 16) list.push(ipv6Text(bytes, next));
  return list;
}

/** Names in the form of RFC 1035 section 3.1, up to the padding. */
function domainNames(bytes: Uint8Array, at: number, end: number): string[] {
  const names: string[] = [];
  let labels: string[] = [];
  for (let next = at; next < end;) {
    const length = bytes[next]!;
    if (length === 0) {
      if (labels.length === 0) break;
      names.push(labels.join("."));
      labels = [];
      next++;
    } else {
      labels.push(printable(bytes, next + 1, Math.min(end, next + 1 + length)));
      next += 1 + length;
    }
  }
  return names;
}

/** Bytes as text; what is not printable ASCII is escaped. */
function printable(bytes: Uint8Array, at: number, end: number): string {
  let text = "";
  for (let i = at; i < end && bytes[i] !== 0; i++) {
    const byte = bytes[i]!;
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return text;
}

function lifetime(value: number): string {
  return value === INFINITY ? `Infinity (${value})` : String(value);
}

function printOption(context: TreeContext, option: NeighbourOption): void {
  const { tree, view, bytes } = context;
  const { type, at, end } = option;
  switch (type) {
    case SOURCE:
    case TARGET:
      printLinkAddress(tree, bytes, at, end);
      break;
    case PREFIX:
      if (end - at >= 32) printPrefix(context, at);
      break;
    case REDIRECTED:
      tree.line(2, "Reserved");
      tree.line(2, "Redirected Packet");
      break;
    case MTU:
    case INTERVAL:
      tree.line(2, "Reserved");
      tree.line(2, `${type === MTU ? "MTU" : "Advertisement Interval"}: ${view.getUint32(at + 4)}`);
      break;
    case HOME_AGENT:
      tree.line(2, "Reserved");
      tree.line(2, `Home Agent Preference: ${view.getUint16(at + 4)}`);
      tree.line(2, `Home Agent Preference: ${view.getUint16(at + 6)}`);
      break;
    case SOURCE_LIST:
    case TARGET_LIST:
      tree.line(2, "Reserved");
      for (const address of addresses(bytes, at + 8, end)) tree.line(2, `IPv6 Address: ${address}`);
      break;
    case NONCE:
      tree.line(2, `Nonce: ${hexBytes(bytes, at + 2, end)}`);
      break;
    case ROUTE:
      printRoute(context, at, end);
      break;
    case DNS_SERVER:
      tree.line(2, "Reserved");
      tree.line(2, `Lifetime: ${lifetime(view.getUint32(at + 4))}`);
      for (const address of addresses(bytes, at + 8, end)) tree.line(2, `Recursive DNS Servers: ${address}`);
      break;
    case DNS_SEARCH:
      printSearchList(context, at, end);
      break;
    case CAPTIVE_PORTAL:
      tree.line(2, `Captive Portal: ${printable(bytes, at + 2, end)}`);
      break;
    default:
      printUndecoded(context, option);
  }
}

function printUndecoded({ tree, bytes }: TreeContext, { type, at, end }: NeighbourOption): void {
  const text = `Dissector for ICMPv6 Option (${type}) code not implemented, Contact Wireshark developers if you want this supported`;
  if (neighbourOptionName(type) === undefined || type >= 253) tree.expert(2, "Note", "Undecoded", text);
  tree.line(2, `Data: ${hexBytes(bytes, at + 2, end)}`);
}

function printLinkAddress(tree: TreeWriter, bytes: Uint8Array, at: number, end: number): void {
  if (end - at === 8) {
    tree.line(2, `Link-layer address: ${macText(bytes, at + 2)}`);
    return;
  }
  const address = macText(bytes, at + 2, 8);
  tree.line(2, `Link-layer address: ${address} (${address})`);
  tree.line(2, "Padding");
}

/** RFC 4861 section 4.6.2, RFC 6275 section 7.2. */
function printPrefix({ tree, view, bytes }: TreeContext, at: number): void {
  const flags = view.getUint8(at + 3);
  const rows = [
    [0x80, "On-link flag(L)"],
    [0x40, "Autonomous address-configuration flag(A)"],
    [0x20, "Router address flag(R)"],
  ] as const;
  const names = rows.filter(([mask]) => (flags & mask) !== 0).map(([, name]) => name);
  tree.line(2, `Prefix Length: ${view.getUint8(at + 2)}`);
  tree.line(2, [`Flag: ${hex(flags, 2)}`, ...names].join(", "));
  for (const [mask, name] of rows) tree.line(3, flagLine(flags, mask, 8, name));
  tree.line(3, `${bits(flags, 0x1f, 8)} = Reserved: ${flags & 0x1f}`);
  tree.line(2, `Valid Lifetime: ${lifetime(view.getUint32(at + 4))}`);
  tree.line(2, `Preferred Lifetime: ${lifetime(view.getUint32(at + 8))}`);
  tree.line(2, "Reserved");
  tree.line(2, `Prefix: ${ipv6Text(bytes, at + 16)}`);
}

/** RFC 4191 section 2.3. */
function printRoute({ tree, view, bytes }: TreeContext, at: number, end: number): void {
  const flags = view.getUint8(at + 3);
  const preference = PREFERENCES[(flags >> 3) & 3]!;
  tree.line(2, `Prefix Length: ${view.getUint8(at + 2)}`);
  tree.line(2, `Flag: ${hex(flags, 2)}, Route Preference: ${preference}`);
  tree.line(3, `${bits(flags, 0x18, 8)} = Route Preference: ${preference} (${(flags >> 3) & 3})`);
  tree.line(3, `${bits(flags, 0xe7, 8)} = Reserved: ${flags & 0xe7}`);
  tree.line(2, `Route Lifetime: ${lifetime(view.getUint32(at + 4))}`);
  if (end - at > 8) tree.line(2, `Prefix: ${routePrefix(bytes, at, end)}`);
}

function printSearchList({ tree, view, bytes }: TreeContext, at: number, end: number): void {
  tree.line(2, "Reserved");
  tree.line(2, `Lifetime: ${lifetime(view.getUint32(at + 4))}`);
  const names = domainNames(bytes, at + 8, end);
  for (const name of names) tree.line(2, `Domain Names: ${name}`);
  const used = names.reduce((sum, name) => sum + name.length + 2, 0);
  if (at + 8 + used < end) tree.line(2, "Padding");
}
