import type { TcpOption } from "../encode-tcp.ts";
import { ACK, RST, SYN, URG } from "../../wire/tcp.ts";
import type { ArpText, IcmpText, TransportText } from "./description.ts";
import { readWiresharkIcmp } from "./icmp-text.ts";
import { flagOfWord } from "./tcp-flags.ts";

/** What the Info column of a Wireshark list says of a packet. */

/** Remarks before the ports: "[TCP Retransmission] ", "[TCP Port numbers reused] ". */
const REMARKS = /^(?:\[[^\]]{1,80}\]\s*){0,6}/;
const TCP = /^(\S{1,64})\s+(?:→|->|>|\u279d|\u2192)\s+(\S{1,64})\s+\[([^\]]{1,120})\]\s*(.*)$/;
const UDP = /^(\S{1,64})\s+(?:→|->|>|\u279d|\u2192)\s+(\S{1,64})\s+Len=(\d{1,5})/;
const OLD_UDP = /^Source port: (\S{1,64})\s+Destination port: (\S{1,64})/;
const VALUE = /\b([A-Z][A-Za-z_]{1,12})=(\d{1,10})/g;

/** The transport that the text of the column describes; undefined when it says neither ports nor type. */
export function readInfo(info: string, protocol: string): TransportText | undefined {
  const text = info.replace(REMARKS, "");
  const tcp = TCP.exec(text);
  if (tcp !== null) {
    const [, sourcePort = "", destinationPort = "", bracket = "", rest = ""] = tcp;
    return readSegment(sourcePort, destinationPort, bracket, rest);
  }
  const udp = UDP.exec(text);
  if (udp !== null) {
    const [, sourcePort = "", destinationPort = "", length = "0"] = udp;
    return { kind: "udp", sourcePort, destinationPort, length: Number(length) };
  }
  const old = OLD_UDP.exec(text);
  if (old !== null) return { kind: "udp", sourcePort: old[1] ?? "", destinationPort: old[2] ?? "", length: 0 };
  const icmp: IcmpText | undefined = protocol.startsWith("ICMP") ? readWiresharkIcmp(text) : undefined;
  return icmp;
}

function readSegment(
  sourcePort: string,
  destinationPort: string,
  bracket: string,
  rest: string,
): TransportText | undefined {
  let flags = 0;
  for (const word of bracket.split(",")) {
    if (word.includes("=")) continue;
    const flag = flagOfWord(word.trim());
    if (flag < 0) return undefined;
    flags |= flag;
  }
  const values = new Map<string, number>();
  for (const [, name = "", value = "0"] of `${bracket} ${rest}`.matchAll(VALUE)) {
    if (!values.has(name) && Number(value) <= 0xffffffff) values.set(name, Number(value));
  }
  if (values.has("Ack")) flags |= ACK;
  // Retyped, with numbers among the flags ("[RST, Seq=61383, Win=0]"): neither flags nor numbers are all there.
  if ((flags & RST) !== 0 && bracket.includes("=")) {
    values.delete("Seq");
    flags |= ACK;
  }
  return segment(sourcePort, destinationPort, flags, values, rest);
}

function segment(
  sourcePort: string,
  destinationPort: string,
  flags: number,
  values: ReadonlyMap<string, number>,
  rest: string,
): TransportText {
  const number = (name: string): number | undefined => values.get(name);
  const [sequence, acknowledgment, window] = [number("Seq"), number("Ack"), number("Win")];
  return {
    kind: "tcp",
    sourcePort,
    destinationPort,
    numbering: "wireshark",
    flags,
    ...(sequence !== undefined && { sequence }),
    ...(acknowledgment !== undefined && { acknowledgment }),
    ...(window !== undefined && { window }),
    ...((flags & URG) !== 0 && { urgentPointer: Math.min(0xffff, number("Urg") ?? 0) }),
    options: optionsOf(values, rest, flags),
    length: number("Len") ?? 0,
  };
}

/** Options in the order in which Linux sends them; the column does not tell the order. */
function optionsOf(values: ReadonlyMap<string, number>, rest: string, flags: number): TcpOption[] {
  const options: TcpOption[] = [];
  const isSyn = (flags & SYN) !== 0;
  const mss = values.get("MSS");
  if (mss !== undefined && mss <= 0xffff) options.push({ kind: "mss", value: mss });
  if (isSyn && /\bSACK_PERM\b/.test(rest)) options.push({ kind: "sackOK" });
  const [value, echo] = [values.get("TSval") ?? values.get("TSV"), values.get("TSecr") ?? values.get("TSER")];
  if (value !== undefined && echo !== undefined) {
    if (!isSyn) options.push({ kind: "nop" }, { kind: "nop" });
    options.push({ kind: "timestamps", value, echo });
  }
  const scale = values.get("WS");
  if (isSyn && scale !== undefined) options.push({ kind: "nop" }, { kind: "wscale", shift: shiftOf(scale) });
  const blocks = [...rest.matchAll(/\bSLE=(\d{1,10}) SRE=(\d{1,10})/g)].slice(0, 3);
  if (blocks.length > 0) {
    options.push({ kind: "nop" }, { kind: "nop" });
    options.push({ kind: "sack", blocks: blocks.map(([, left, right]) => [Number(left), Number(right)] as const) });
  }
  return options;
}

/** Newer versions print the factor, older ones the shift count; 1 is the factor of a shift of 0. */
function shiftOf(scale: number): number {
  if (scale === 1) return 0;
  return scale >= 16 || Number.isInteger(Math.log2(scale)) ? Math.min(14, Math.round(Math.log2(scale))) : scale;
}

const WHO_HAS = /^Who has (\S{1,64})\? Tell (\S{1,64}?)(?:\s|$)/;
const IS_AT = /^(\S{1,64}) is at ((?:[\da-f]{2}:){5}[\da-f]{2})/;

export function readArpInfo(info: string): ArpText | undefined {
  const request = WHO_HAS.exec(info);
  if (request !== null)
    return { kind: "arp", operation: "request", sender: request[2] ?? "", target: request[1] ?? "" };
  const reply = IS_AT.exec(info);
  if (reply === null) return undefined;
  return { kind: "arp", operation: "reply", sender: reply[1] ?? "", senderMac: reply[2] ?? "", target: "" };
}
