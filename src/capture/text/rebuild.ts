import { isIPv6 } from "node:net";
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "../../wire/protocol.ts";
import { encodeArp, encodeFrame, type LinkFields } from "../encode.ts";
import { addressBytes } from "../encode-bytes.ts";
import { icmpError } from "../encode-icmp.ts";
import { encodeIp, etherTypeOf, type IpFields, type TransportFields } from "../encode-ip.ts";
import type { ArpText, IcmpText, IpText, PacketText, TcpText } from "./description.ts";
import { HostAddresses } from "./hosts.ts";
import { SegmentNumbers } from "./numbers.ts";
import { ServiceNumbers } from "./services.ts";

/** A frame that a line describes. */
export interface RebuiltFrame {
  readonly bytes: Uint8Array;
  /** With what the line does not show: its payload. */
  readonly wireLength: number;
  /** What is odd about the line; "" mostly. */
  readonly remark: string;
}

/** Why no frame can be made of a line: for the reader of the trace. */
export class CannotRebuild extends Error {
  override readonly name: string = "CannotRebuild";
}

const ETHERNET_HEADER = 14;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
/** Hosts whose last packet is kept, for the errors that quote it; and how much of it. */
const MAX_HOSTS = 4096;
const MAX_QUOTE = 1232;

/** Makes frames of descriptions. One instance for all traces of an input: a name keeps its address. */
export class Rebuilder {
  readonly hosts: HostAddresses = new HostAddresses();
  readonly #services = new ServiceNumbers();
  readonly #numbers = new SegmentNumbers();
  /** Link-layer addresses that were made for addresses. */
  readonly #macs = new Map<string, string>();
  /** The last IP packet of each host, up to what an ICMP error quotes of it. */
  readonly #lastSent = new Map<string, Uint8Array>();
  /** The connection between two hosts that was used last: the ends, with their ports. */
  readonly #lastBetween = new Map<string, readonly [string, string]>();

  /** Another trace begins: its connections are others. */
  startTrace(): void {
    this.#numbers.forget();
    this.#lastSent.clear();
    this.#lastBetween.clear();
  }

  /** The frame of a line; throws `CannotRebuild` with the reason, or a `RangeError` when a value does not fit its field. */
  rebuild(packet: PacketText): RebuiltFrame {
    const { content } = packet;
    if (content.kind === "unknown") throw new CannotRebuild(content.reason);
    return content.kind === "arp" ? this.#arp(content, packet) : this.#ip(content, packet);
  }

  /** The frame whose bytes are printed below the line: with its link-layer header or from the IP header on. */
  fromBytes(bytes: Uint8Array, packet: PacketText): RebuiltFrame {
    const at = ipAt(bytes);
    if (at < 0)
      throw new CannotRebuild("the bytes below the line begin with neither an IP packet nor a frame around one");
    const frame = at === ETHERNET_HEADER ? bytes : framed(bytes.subarray(at), packet);
    const ip = at === ETHERNET_HEADER ? ETHERNET_HEADER : frame.length - (bytes.length - at);
    const wireLength = Math.max(frame.length, ip + ipLength(frame.subarray(ip)), packet.wireLength ?? 0);
    return { bytes: frame, wireLength, remark: "" };
  }

  #arp(arp: ArpText, packet: PacketText): RebuiltFrame {
    const senderAddress = this.#address(arp.sender);
    const isRequest = arp.operation === "request";
    const targetAddress = arp.target === "" ? senderAddress : this.#address(arp.target);
    const senderMac = arp.senderMac ?? macOf(senderAddress);
    const fields = { operation: arp.operation, senderMac, senderAddress, targetAddress };
    const link = { source: senderMac, destination: isRequest ? "ff:ff:ff:ff:ff:ff" : macOf(targetAddress) };
    const message = encodeArp(isRequest ? fields : { ...fields, targetMac: link.destination });
    const bytes = encodeFrame({ link: "ethernet", ...(packet.link ?? link) }, ETHERTYPE_ARP, message);
    return { bytes, wireLength: Math.max(bytes.length, packet.wireLength ?? 0), remark: "" };
  }

  #ip(content: IpText, packet: PacketText): RebuiltFrame {
    const source = this.#address(content.source, content.version);
    const destination = this.#address(content.destination, content.version);
    const ip = ipFields(source, destination, content.header ?? {});
    const { transport, hidden, remark } = this.#transport(content, source, destination, packet);
    const whole = encodeIp(ip, transport);
    this.#remember(source, whole);
    const link = packet.link ?? { source: this.#mac(source), destination: this.#mac(destination) };
    const frame = encodeFrame({ link: "ethernet", ...link }, etherTypeOf(ip), whole);
    const bytes = frame.subarray(0, frame.length - hidden);
    return { bytes, wireLength: Math.max(frame.length, packet.wireLength ?? 0), remark };
  }

  /** The transport's fields, and how many bytes at its end are not known. */
  #transport(content: IpText, source: string, destination: string, packet: PacketText): Transport {
    const { transport } = content;
    switch (transport.kind) {
      case "tcp":
        return this.#tcp(transport, source, destination, packet);
      case "application":
        return this.#message(transport.protocol, source, destination, packet);
      case "udp":
        return {
          transport: {
            protocol: "udp",
            sourcePort: this.#port(transport.sourcePort, "udp"),
            destinationPort: this.#port(transport.destinationPort, "udp"),
            payload: unknownBytes(transport.length),
          },
          hidden: transport.length,
          remark: "",
        };
      case "icmp":
        return this.#icmp(transport, destination);
      default:
        return transport satisfies never;
    }
  }

  #tcp(tcp: TcpText, source: string, destination: string, packet: PacketText): Transport {
    const sourcePort = this.#port(tcp.sourcePort, "tcp");
    const destinationPort = this.#port(tcp.destinationPort, "tcp");
    const [from, to] = [`${source} ${sourcePort}`, `${destination} ${destinationPort}`];
    const numbered = this.#numbers.number(tcp, from, to);
    if (packet.wireLength !== undefined) this.#numbers.noteFrame(tcp, from, to, packet.wireLength);
    if (this.#lastBetween.size >= MAX_HOSTS) this.#lastBetween.clear();
    this.#lastBetween.set(`${source} ${destination}`, [from, to]);
    this.#lastBetween.set(`${destination} ${source}`, [to, from]);
    const { sequence, acknowledgment, window, options, beyond } = numbered;
    return {
      transport: {
        protocol: "tcp",
        sourcePort,
        destinationPort,
        sequence,
        acknowledgment,
        flags: tcp.flags,
        window,
        urgentPointer: tcp.urgentPointer ?? 0,
        options,
        payload: unknownBytes(tcp.length),
      },
      hidden: tcp.length,
      remark: beyond === 0 ? "" : `acknowledges ${beyond} bytes that no line before has sent`,
    };
  }

  /** A row without ports is a segment of the connection that its hosts used last; its frame's length tells how long it is. */
  #message(protocol: string, source: string, destination: string, packet: PacketText): Transport {
    const ends = this.#lastBetween.get(`${source} ${destination}`);
    const tcp =
      ends === undefined || packet.wireLength === undefined
        ? undefined
        : this.#numbers.message(ends[0], ends[1], packet.wireLength);
    if (tcp === undefined) throw new CannotRebuild(`neither ports nor flags (${protocol})`);
    const { transport, hidden } = this.#tcp(tcp, source, destination, { ...packet, wireLength: 0 });
    return { transport, hidden, remark: "" };
  }

  #icmp(icmp: IcmpText, destination: string): Transport {
    const { type, code, rest, about } = icmp;
    if (about === undefined) {
      const length = Math.max(0, (icmp.length ?? 8) - 8);
      const payload = new Uint8Array(length);
      return { transport: { protocol: "icmp", type, code, rest, payload }, hidden: length, remark: "" };
    }
    const quoted = this.#quoted(about, destination);
    const most = icmp.length === undefined ? undefined : Math.max(0, icmp.length - 8);
    const transport = icmpError(type, code, quoted, rest, Math.min(quoted.length, most ?? quoted.length));
    return { transport, hidden: 0, remark: "" };
  }

  /** The packet that an error is about: the last one that its receiver has sent there, or one that says what the error says. */
  #quoted(about: NonNullable<IcmpText["about"]>, host: string): Uint8Array {
    const last = this.#lastSent.get(host);
    const destination = about.destination === undefined ? undefined : this.#address(about.destination);
    if (last !== undefined && (destination === undefined || goesTo(last, destination))) return last;
    if (destination === undefined) throw new CannotRebuild("an ICMP error about a packet that no line before shows");
    const port = about.port === undefined ? 0 : this.#port(about.port, about.protocol ?? "tcp");
    const ip = ipFields(host, destination, {});
    const ports = { sourcePort: 0, destinationPort: port };
    const packet =
      about.protocol === "udp"
        ? encodeIp(ip, { protocol: "udp", ...ports })
        : encodeIp(ip, { protocol: "tcp", ...ports, sequence: 0, flags: 0 });
    return packet.slice(0, (ip.version === 4 ? IPV4_HEADER : IPV6_HEADER) + 8);
  }

  #mac(address: string): string {
    let mac = this.#macs.get(address);
    if (mac === undefined) {
      mac = macOf(address);
      if (this.#macs.size >= MAX_HOSTS) this.#macs.clear();
      this.#macs.set(address, mac);
    }
    return mac;
  }

  #remember(source: string, packet: Uint8Array): void {
    if (this.#lastSent.size >= MAX_HOSTS) this.#lastSent.clear();
    this.#lastSent.set(source, packet.length > MAX_QUOTE ? packet.slice(0, MAX_QUOTE) : packet);
  }

  #address(text: string, version?: 6): string {
    const address = this.hosts.address(text, version);
    if (address === undefined) throw new CannotRebuild(`"${text}" is neither an address nor the name of a host`);
    return address;
  }

  #port(text: string, protocol: "tcp" | "udp"): number {
    const port = this.#services.port(text, protocol);
    if (port === undefined) throw new CannotRebuild(`"${text}" is neither a port nor the name of a service`);
    return port;
  }
}

/** Stands for payload that is not in the text: no byte of it is given on. */
const UNKNOWN = new Uint8Array(0x10000);

function unknownBytes(length: number): Uint8Array {
  if (length > UNKNOWN.length) throw new CannotRebuild(`a payload of ${length} bytes fits no IP packet`);
  return UNKNOWN.subarray(0, length);
}

interface Transport {
  readonly transport: TransportFields;
  readonly hidden: number;
  readonly remark: string;
}

function ipFields(source: string, destination: string, header: NonNullable<IpText["header"]>): IpFields {
  if (isIPv6(source) !== isIPv6(destination))
    throw new CannotRebuild(`${source} and ${destination} are of different kinds`);
  const { ttl, identification, typeOfService, dontFragment, flowLabel } = header;
  if (isIPv6(source)) {
    return {
      version: 6,
      source,
      destination,
      ...(ttl !== undefined && { hopLimit: ttl }),
      ...(typeOfService !== undefined && { trafficClass: typeOfService }),
      ...(flowLabel !== undefined && { flowLabel }),
    };
  }
  return {
    version: 4,
    source,
    destination,
    ...(ttl !== undefined && { ttl }),
    ...(identification !== undefined && { identification }),
    ...(typeOfService !== undefined && { typeOfService }),
    ...(dontFragment !== undefined && { dontFragment }),
  };
}

/** A link-layer address that is nobody's, from the last four bytes of an IP address (bit 1 of the first byte: locally administered). */
function macOf(address: string): string {
  const tail = addressBytes(address).slice(-4);
  return ["02", "00", ...Array.from(tail, (byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

function goesTo(packet: Uint8Array, address: string): boolean {
  const bytes = addressBytes(address);
  const at = bytes.length === 4 ? 16 : 24;
  return bytes.every((byte, index) => packet[at + index] === byte);
}

/** Link-layer headers that can stand before an IP packet in a dump: none, NULL, Ethernet, cooked, Ethernet with a tag, cooked version 2. */
const IP_OFFSETS: readonly number[] = [0, ETHERNET_HEADER, 16, 4, 18, 20];

/** Where the IP packet in the bytes of a dump starts; -1: there is none. */
function ipAt(bytes: Uint8Array): number {
  return IP_OFFSETS.find((at) => isIpHeader(bytes, at)) ?? -1;
}

function isIpHeader(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? 0;
  if (first >> 4 === 6) return bytes.length >= at + IPV6_HEADER && (at !== ETHERNET_HEADER || bytes[12] === 0x86);
  if (first >> 4 !== 4 || (first & 0xf) < 5 || bytes.length < at + IPV4_HEADER) return false;
  return at !== ETHERNET_HEADER || (bytes[12] === 8 && bytes[13] === 0);
}

/** Length of an IP packet by its own field. */
function ipLength(packet: Uint8Array): number {
  const field = (at: number): number => ((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0);
  return (packet[0] ?? 0) >> 4 === 6 ? IPV6_HEADER + field(4) : field(2);
}

function framed(packet: Uint8Array, { link }: PacketText): Uint8Array {
  const isIpv6 = (packet[0] ?? 0) >> 4 === 6;
  const [at, length] = isIpv6 ? [8, 16] : [12, 4];
  const mac = (from: number): string =>
    ["02", "00", ...Array.from(packet.slice(from, from + 4), (byte) => byte.toString(16).padStart(2, "0"))].join(":");
  const fields: LinkFields = {
    link: "ethernet",
    ...(link ?? { source: mac(at + length - 4), destination: mac(at + 2 * length - 4) }),
  };
  return encodeFrame(fields, isIpv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4, packet);
}
