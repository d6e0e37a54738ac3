import * as icmp from "../../wire/icmp.ts";
import type { IcmpText } from "./description.ts";

/** ICMP types and codes from tcpdump's words. `A` is an address or name. */

const ADDRESS = "([\\w.:-]{1,253})";

const NET = 0;
const HOST = 1;

/** Words behind "host A unreachable" or "net A unreachable", and the code of each. */
const REASONS: Readonly<Record<string, readonly [net: number, host: number]>> = {
  "": [NET, HOST],
  "source route failed": [5, 5],
  unknown: [6, 7],
  "source host isolated": [8, 8],
  "admin prohibited filter": [13, 13],
  "admin prohibited": [9, 10],
  "tos prohibited": [11, 12],
  "host precedence violation": [14, 14],
  "precedence cutoff": [15, 15],
};

const ICMPV6_REASONS: Readonly<Record<string, number>> = {
  "unreachable route": 0,
  "unreachable prohibited": 1,
  "beyond scope": 2,
  "unreachable address": 3,
};

const PORT = new RegExp(`^${ADDRESS} (tcp|udp) port (\\S{1,40}) unreachable`);
const PROTOCOL = new RegExp(`^${ADDRESS} protocol \\S{1,20} unreachable`);
const MTU = new RegExp(`^${ADDRESS} unreachable - need to frag(?: \\(mtu (\\d{1,5})\\))?`);
const UNREACHABLE = new RegExp(`^(?:(net|host) )?${ADDRESS} unreachable(?: - ([a-z ]{1,40}[a-z]))?`);
const ECHO = /^echo (request|reply)(?:, id (\d{1,5}), seq (\d{1,5}))?/;
const EXCEEDED = /^(?:ip )?(time exceeded in-transit|reassembly time exceeded)/;

const ROUTE6 = new RegExp(
  `^destination unreachable, (unreachable route|unreachable prohibited|beyond scope|unreachable address)(?: ${ADDRESS})?`,
);
const PORT6 = new RegExp(`^destination unreachable, unreachable port, ${ADDRESS} (tcp|udp) port (\\S{1,40})`);
const TOO_BIG6 = /^packet too big, mtu (\d{1,10})/;

/** The message that `text` describes, which stands behind "ICMP " or "icmp: "; undefined when it is another one. */
export function readIcmp(text: string): IcmpText | undefined {
  const message = readEcho(text) ?? readPort(text) ?? readUnreachable(text);
  return message && { ...message, ...lengthIn(text) };
}

/** The same for what stands behind "ICMP6, ". */
export function readIcmp6(text: string): IcmpText | undefined {
  const message = readEcho6(text) ?? readError6(text);
  return message && { ...message, ...lengthIn(text) };
}

function lengthIn(text: string): { length?: number } {
  const length = /, length (\d{1,5})/.exec(text)?.[1];
  return length === undefined ? {} : { length: Number(length) };
}

function message(type: number, code: number, rest = 0, about?: IcmpText["about"]): IcmpText {
  return { kind: "icmp", type, code, rest, ...(about && { about }) };
}

function readEcho(text: string): IcmpText | undefined {
  const echo = ECHO.exec(text);
  if (echo !== null) {
    const [, what, identifier = "0", sequence = "0"] = echo;
    const rest = (Number(identifier) & 0xffff) * 0x10000 + (Number(sequence) & 0xffff);
    return message(what === "request" ? icmp.ICMP_ECHO : icmp.ICMP_ECHO_REPLY, 0, rest);
  }
  const exceeded = EXCEEDED.exec(text)?.[1];
  if (exceeded === undefined) return undefined;
  return message(icmp.ICMP_TIME_EXCEEDED, exceeded.startsWith("time") ? 0 : 1, 0, {});
}

function readPort(text: string): IcmpText | undefined {
  const port = PORT.exec(text);
  if (port !== null) {
    const [, destination = "", protocol = "", number = ""] = port;
    return message(icmp.ICMP_UNREACHABLE, 3, 0, {
      destination,
      protocol: protocol === "tcp" ? "tcp" : "udp",
      port: number,
    });
  }
  const destination = PROTOCOL.exec(text)?.[1];
  return destination === undefined ? undefined : message(icmp.ICMP_UNREACHABLE, 2, 0, { destination });
}

function readUnreachable(text: string): IcmpText | undefined {
  const mtu = MTU.exec(text);
  if (mtu !== null) {
    const [, destination = "", size = "0"] = mtu;
    return message(icmp.ICMP_UNREACHABLE, 4, Number(size) & 0xffff, { destination });
  }
  const unreachable = UNREACHABLE.exec(text);
  if (unreachable === null) return undefined;
  const [, what, destination = "", reason = ""] = unreachable;
  const code = REASONS[reason]?.[what === "net" ? NET : HOST];
  return code === undefined ? undefined : message(icmp.ICMP_UNREACHABLE, code, 0, { destination });
}

function readEcho6(text: string): IcmpText | undefined {
  const echo = ECHO.exec(text);
  if (echo === null) return undefined;
  const [, what, identifier = "0", sequence = "0"] = echo;
  const rest = (Number(identifier) & 0xffff) * 0x10000 + (Number(sequence) & 0xffff);
  return message(what === "request" ? icmp.ICMPV6_ECHO : icmp.ICMPV6_ECHO_REPLY, 0, rest);
}

function readError6(text: string): IcmpText | undefined {
  const port = PORT6.exec(text);
  if (port !== null) {
    const [, destination = "", protocol = "", number = ""] = port;
    return message(1, 4, 0, { destination, protocol: protocol === "tcp" ? "tcp" : "udp", port: number });
  }
  const route = ROUTE6.exec(text);
  if (route !== null) {
    const [, reason = "", destination] = route;
    return message(1, ICMPV6_REASONS[reason] ?? 0, 0, destination === undefined ? {} : { destination });
  }
  const mtu = TOO_BIG6.exec(text)?.[1];
  if (mtu !== undefined) return message(2, 0, Number(mtu) >>> 0, {});
  return text.startsWith("time exceeded in-transit") ? message(3, 0, 0, {}) : undefined;
}

/** Wireshark's words for the reasons of an error, and tcpdump's type and code. */
const WIRESHARK: Readonly<Record<string, readonly [type: number, code: number]>> = {
  "Network unreachable": [3, 0],
  "Host unreachable": [3, 1],
  "Protocol unreachable": [3, 2],
  "Port unreachable": [3, 3],
  "Fragmentation needed": [3, 4],
  "Source route failed": [3, 5],
  "Destination network unknown": [3, 6],
  "Destination host unknown": [3, 7],
  "Network administratively prohibited": [3, 9],
  "Host administratively prohibited": [3, 10],
  "Communication administratively filtered": [3, 13],
  "Time to live exceeded in transit": [11, 0],
};

/** The ICMP message of a row of a Wireshark table; undefined when it is another one. */
export function readWiresharkIcmp(info: string): IcmpText | undefined {
  const echo = /^Echo \(ping\) (request|reply)\s+id=0x([\da-f]{1,4}), seq=(\d{1,5})/.exec(info);
  if (echo !== null) {
    const [, what, identifier = "0", sequence = "0"] = echo;
    const rest = Number.parseInt(identifier, 16) * 0x10000 + (Number(sequence) & 0xffff);
    return message(what === "request" ? icmp.ICMP_ECHO : icmp.ICMP_ECHO_REPLY, 0, rest);
  }
  const reason = /^(?:Destination unreachable|Time-to-live exceeded) \(([^()]{1,60})\)/.exec(info)?.[1];
  const [type, code] = WIRESHARK[reason ?? ""] ?? [];
  return type === undefined || code === undefined ? undefined : message(type, code, 0, {});
}
