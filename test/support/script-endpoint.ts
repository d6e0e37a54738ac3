import { isIPv6 } from "node:net";
import type { LinkFields } from "../../src/capture/encode.ts";
import { addressBytes, type Checksum } from "../../src/capture/encode-bytes.ts";
import type { IpFields } from "../../src/capture/encode-ip.ts";
import { macText } from "../../src/wire/address.ts";
import type { Words } from "./script-words.ts";

/** ARPHRD_ values of Linux's loopback device and of Ethernet. */
const HARDWARE_LOOPBACK = 772;
const HARDWARE_ETHERNET = 1;

/** Link-layer address that belongs to an IP address when a script names none: locally administered, with its last four bytes. */
export function macOf(address: string): string {
  const bytes = addressBytes(address);
  if (isLoopback(address)) return "00:00:00:00:00:00";
  return `02:00:${macText(bytes, bytes.length - 4, 4)}`;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** One end of connections. */
export class Endpoint {
  readonly address: string;
  readonly port: number;
  isn: number;
  mac: string;
  ttl = 64;
  window: number | undefined;
  typeOfService = 0;
  /** Identification of its next IPv4 packet. */
  identification = 1;

  constructor(address: string, port: number, isn: number) {
    this.address = address;
    this.port = port;
    this.isn = isn;
    this.mac = macOf(address);
  }

  /** Reads `ADDRESS:PORT [mac M] [ttl N] [win N] [tos N] [id N] [isn N]`; IPv6 addresses in brackets, the port is optional. */
  static read(words: Words, name: string): Endpoint {
    const word = words.next(`address of ${name}`);
    const match = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d+))?$/.exec(word);
    if (match === null) words.fail(`address expected, not "${word}": 10.0.0.1:80 or [2001:db8::1]:80`);
    const end = new Endpoint(match[1] ?? match[2]!, Number(match[3] ?? 0), name === "server" ? 2000000 : 1000000);
    while (!words.isEmpty) {
      if (words.take("mac")) end.mac = words.next("link-layer address");
      else if (words.take("ttl")) end.ttl = words.integer("TTL");
      else if (words.take("win")) end.window = words.integer("window");
      else if (words.take("tos")) end.typeOfService = words.integer("type of service");
      else if (words.take("id")) end.identification = words.integer("identification");
      else if (words.take("isn")) end.isn = words.integer("initial sequence number");
      else words.fail(`"${words.peek}" is not understood here`);
    }
    return end;
  }

  get version(): 4 | 6 {
    return isIPv6(this.address) ? 6 : 4;
  }

  get socket(): string {
    return `${this.address} ${this.port}`;
  }
}

/** What a line says of its packet beside the transport header. */
export interface PacketMarks {
  readonly ttl?: number;
  readonly identification?: number;
  readonly typeOfService?: number;
  readonly dontFragment?: boolean;
  readonly checksum?: Checksum;
  /** Bytes captured at most. */
  readonly cut?: number;
  /** It does not arrive. */
  readonly lost: boolean;
  /** It is not captured. */
  readonly hidden: boolean;
}

/** ECN codepoints (RFC 3168 section 5). */
const ECN: Readonly<Record<string, number>> = { ect1: 1, ect0: 2, ce: 3 };

/** Reads `ttl N`, `id N`, `tos N`, `ect0`, `df`, `nodf`, `cksum N|wrong`, `cut N`, `lost` and `hidden` in any order. */
export function readPacketMarks(words: Words): PacketMarks {
  const marks: { -readonly [Key in keyof PacketMarks]: PacketMarks[Key] } = { lost: false, hidden: false };
  while (!words.isEmpty) {
    const word = words.next("mark");
    switch (word) {
      case "ttl":
        marks.ttl = words.integer("TTL");
        break;
      case "id":
        marks.identification = words.integer("identification");
        break;
      case "tos":
        marks.typeOfService = words.integer("type of service");
        break;
      case "ect0":
      case "ect1":
      case "ce":
        marks.typeOfService = ECN[word]!;
        break;
      case "df":
      case "nodf":
        marks.dontFragment = word === "df";
        break;
      case "cksum":
        marks.checksum = words.take("wrong") ? "wrong" : words.integer("checksum");
        break;
      case "cut":
        marks.cut = words.integer("captured bytes");
        break;
      case "lost":
      case "hidden":
        marks[word] = true;
        break;
      default:
        words.fail(`"${word}" is not understood here`);
    }
  }
  return marks;
}

/** The IP header of a packet between two ends; takes the sender's next identification. */
export function ipFields(from: Endpoint, to: Endpoint, marks: PacketMarks, zeroIdentification: boolean): IpFields {
  const { address: source } = from;
  const { address: destination } = to;
  const typeOfService = marks.typeOfService ?? from.typeOfService;
  const ttl = marks.ttl ?? from.ttl;
  if (from.version === 6) {
    return { version: 6, source, destination, hopLimit: ttl, trafficClass: typeOfService };
  }
  const own = zeroIdentification ? 0 : from.identification++ % 0x10000;
  return {
    version: 4,
    source,
    destination,
    ttl,
    typeOfService,
    identification: marks.identification ?? own,
    dontFragment: marks.dontFragment ?? true,
  };
}

/** The link layer of a frame; loopback addresses have no link-layer address of their own. */
export function frameLink(
  link: LinkFields["link"],
  source: string,
  destination: string,
  packetType: number,
  padded: boolean,
): LinkFields {
  const loopback = source === "00:00:00:00:00:00";
  switch (link) {
    case "ethernet":
      return { link, source, destination, padded };
    case "sll":
    case "sll2":
      return {
        link,
        source,
        packetType: loopback ? 0 : packetType,
        hardwareType: loopback ? HARDWARE_LOOPBACK : HARDWARE_ETHERNET,
        interfaceIndex: loopback ? 1 : 2,
      };
    default:
      return { link };
  }
}
