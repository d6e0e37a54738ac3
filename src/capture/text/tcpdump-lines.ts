import type { ArpText, IpHeaderText, IpText, PacketText, TimeText, UnknownText } from "./description.ts";
import { readIcmp, readIcmp6 } from "./icmp-text.ts";
import { Scanner } from "./scanner.ts";
import { isEnough, readFlagsForm, readLettersForm, type Outcome, type TcpReading } from "./tcp-text.ts";
import { findTime } from "./time-text.ts";

/** A line of tcpdump, old or new, as far as it was read. */
export interface LineReading {
  readonly outcome: Outcome;
  /** What is there can stand as a packet even if nothing follows. */
  readonly isEnough: boolean;
  readonly content: PacketText["content"];
  readonly link?: PacketText["link"];
  /** Length of the frame, of -e. */
  readonly wireLength?: number;
  /** TCP options that could not be made out. */
  readonly unknownOptions: readonly string[];
}

/** Where a packet begins in a line. */
export interface LineStart {
  readonly time: TimeText;
  /** What stands behind the time. */
  readonly text: string;
}

const NO_TIME: TimeText = { kind: "none" };
/** Device and direction, as of version 4.99 on "any". */
const DEVICE = /\s*(?:[\w.@:-]{1,32}\s+(?:In|Out|B|M|P|\?)\s+)?/y;
const PACKET_START =
  /^(?:IP6? |IP6? ?\(|ARP, |arp |(?:[\da-f]{2}:){5}[\da-f]{2} |(?:In|Out|B|M|P) +(?:[\da-f]{2}:){5})/;
const UNTIMED = /^[\s>|*#•-]{0,20}(?:\d{1,7}[.:)]?\s+)?(?=IP6? (?:\(|\S{3,300} > \S{3,300}: ))/;
const ENDPOINTS = /^\S{1,300} > \S{1,300}: /;

/** Where a packet of tcpdump begins in this line; undefined when none does. */
export function findPacket(line: string): LineStart | undefined {
  const found = findTime(line);
  if (found === undefined) {
    const untimed = UNTIMED.exec(line);
    return untimed === null ? undefined : { time: NO_TIME, text: line.slice(untimed[0].length) };
  }
  const scanner = new Scanner(line);
  scanner.at = found.end;
  scanner.take(DEVICE);
  const text = line.slice(scanner.at);
  if (!PACKET_START.test(text) && !ENDPOINTS.test(text)) return undefined;
  return { time: found.time, text };
}

const LINK_ADDRESSES =
  /((?:[\da-f]{2}:){5}[\da-f]{2}) (?:\(oui [^()]{0,40}\) )?> ((?:[\da-f]{2}:){5}[\da-f]{2}|Broadcast)(?: \(oui [^()]{0,40}\))?,? (?:ethertype )?/y;
const COOKED_ADDRESS =
  /(?:In|Out|B|M|P) +(?:ifindex \d+ )?(?:[\da-f]{2}:){5}[\da-f]{2} (?:\(oui [^()]{0,40}\) )?(?:ethertype )?/y;
const LINK_TYPE = /(?:802\.1Q[^:]{0,60}: )?([\w-]{2,12})(?: \(0x[\da-f]{4}\))?,? (?:length )?(\d{1,6}): /y;

/** What -e prints before the packet. */
type LinkReading = Pick<LineReading, "link" | "wireLength">;

/** Reads what stands behind the time. */
export function readPacket(text: string): LineReading {
  const scanner = new Scanner(text);
  const link = readLink(scanner);
  const arp = readArp(scanner.text.slice(scanner.at));
  if (arp !== undefined) return { outcome: "complete", isEnough: true, content: arp, ...link, unknownOptions: [] };
  return { ...readIp(scanner), ...link };
}

function readLink(scanner: Scanner): LinkReading {
  const addresses = scanner.take(LINK_ADDRESSES);
  if (addresses === undefined && scanner.take(COOKED_ADDRESS) === undefined) return {};
  const length = scanner.take(LINK_TYPE)?.[2];
  if (addresses === undefined) return {};
  const [, source = "", destination = ""] = addresses;
  return {
    link: { source, destination: destination === "Broadcast" ? "ff:ff:ff:ff:ff:ff" : destination },
    ...(length !== undefined && { wireLength: Number(length) }),
  };
}

const ARP_REQUEST = /^(?:ARP, Request|arp) who-has (\S{1,253}?)(?: \([^()]{0,60}\))? tell (\S{1,253}?)(?:,|\s|$)/;
const ARP_REPLY = /^(?:ARP, Reply|arp reply) (\S{1,253}) is-at ((?:[\da-f]{1,2}:){5}[\da-f]{1,2})/;

function readArp(text: string): ArpText | undefined {
  const plain = text.replace(/^ARP, Ethernet \(len 6\), IPv4 \(len 4\), /, "ARP, ");
  const request = ARP_REQUEST.exec(plain);
  if (request !== null) {
    const [, target = "", sender = ""] = request;
    return { kind: "arp", operation: "request", sender, target };
  }
  const reply = ARP_REPLY.exec(plain);
  if (reply === null) return undefined;
  const [, sender = "", senderMac = ""] = reply;
  return { kind: "arp", operation: "reply", sender, senderMac, target: "" };
}

const NAME = /IP(6?) ?/y;
const HEADER = /\(([^()]{0,200}(?:\([^()]{0,40}\)[^()]{0,200}){0,6})\)\s*/y;
const ADDRESSES = /(\S{1,300}) > (\S{1,300}):(?= |$)/y;

function readIp(scanner: Scanner): LineReading {
  const version = scanner.take(NAME)?.[1] === "6" ? 6 : undefined;
  const headerText = scanner.take(HEADER)?.[1];
  const header = headerText === undefined ? {} : readHeader(headerText);
  const addresses = scanner.take(ADDRESSES);
  if (addresses === undefined) {
    const isOpen = (headerText !== undefined && scanner.isAtEnd) || /^\([^)]{0,200}$/.test(scanner.rest(200));
    return unread(isOpen ? "open" : "bad", "no addresses");
  }
  const [, source = "", destination = ""] = addresses;
  scanner.skipSpace();
  const ip: Addresses = { kind: "ip", ...(version === 6 && { version }), source, destination };
  return readTcp(scanner, ip, header) ?? readOther(scanner, ip, header);
}

function unread(outcome: Outcome, reason: string): LineReading {
  const content: UnknownText = { kind: "unknown", reason };
  return { outcome, isEnough: false, content, unknownOptions: [] };
}

/** What `-v` prints of the IP header. */
function readHeader(text: string): IpHeaderText {
  const number = (pattern: RegExp): number | undefined => {
    const value = pattern.exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const ttl = number(/\b(?:ttl|hlim) {1,2}(\d{1,3})/);
  const identification = number(/\bid (\d{1,5})/);
  const typeOfService = number(/\b(?:tos|class) (0x[\da-f]{1,2})/);
  const flowLabel = number(/\bflowlabel (0x[\da-f]{1,5})/);
  return {
    ...(ttl !== undefined && { ttl }),
    ...(identification !== undefined && { identification }),
    ...(typeOfService !== undefined && { typeOfService }),
    ...(flowLabel !== undefined && { flowLabel }),
    ...(text.includes("flags [") && { dontFragment: /flags \[[^\]]{0,12}DF/.test(text) }),
  };
}

type Addresses = Pick<IpText, "kind" | "version" | "source" | "destination">;

/** Address and port of "10.0.0.1.48126" or "svr4.discard". */
function parted(text: string): readonly [string, string] | undefined {
  const dot = text.lastIndexOf(".");
  return dot <= 0 || dot === text.length - 1 ? undefined : [text.slice(0, dot), text.slice(dot + 1)];
}

function readTcp(scanner: Scanner, ip: Addresses, header: IpHeaderText): LineReading | undefined {
  const reading: TcpReading | undefined = readFlagsForm(scanner) ?? readLettersForm(scanner);
  if (reading === undefined) return undefined;
  const source = parted(ip.source);
  const destination = parted(ip.destination);
  if (source === undefined || destination === undefined) return unread("bad", "no ports");
  const transport = { ...reading.tcp, sourcePort: source[1], destinationPort: destination[1] };
  return {
    outcome: reading.outcome,
    isEnough: isEnough(reading),
    content: {
      ...ip,
      source: source[0],
      destination: destination[0],
      header: { ...header, ...reading.header },
      transport,
    },
    unknownOptions: reading.unknown,
  };
}

const ICMP = /(?:ICMP |icmp: )/y;
const ICMP6 = /(?:ICMP6, |icmp6: )/y;
const UDP = /(?:\[[^\]]{1,60}\] ?)?(?:UDP, (?:bad )?length |udp )(\d{1,5})/y;
const QUIET = /tcp \d/y;
/** What other printers end with: the length of the payload in parentheses, as of DNS. */
const DATAGRAM = /\((\d{1,5})\)$/;

function readOther(scanner: Scanner, ip: Addresses, header: IpHeaderText): LineReading {
  const text = scanner.text.slice(scanner.at);
  if (scanner.take(QUIET) !== undefined) return unread("bad", "no flags: printed with -q");
  const isIcmp = scanner.take(ICMP) !== undefined;
  const icmp = isIcmp
    ? readIcmp(scanner.text.slice(scanner.at))
    : scanner.take(ICMP6) && readIcmp6(scanner.text.slice(scanner.at));
  if (icmp !== undefined) return whole({ ...ip, header, transport: icmp });
  if (isIcmp) return unread("bad", "an ICMP message of another kind");
  const length = scanner.take(UDP)?.[1] ?? DATAGRAM.exec(text)?.[1];
  const source = parted(ip.source);
  const destination = parted(ip.destination);
  if (length === undefined || source === undefined || destination === undefined) {
    return unread(text === "" ? "open" : "bad", "neither TCP, UDP nor ICMP");
  }
  const transport = {
    kind: "udp",
    sourcePort: source[1],
    destinationPort: destination[1],
    length: Number(length),
  } as const;
  return whole({ ...ip, source: source[0], destination: destination[0], header, transport });
}

function whole(content: IpText): LineReading {
  return { outcome: "complete", isEnough: true, content, unknownOptions: [] };
}
