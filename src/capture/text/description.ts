import type { TcpOption } from "../encode-tcp.ts";

/** What a line of a trace says of a packet: names are as they stand there, what it does not say is absent. */
export interface PacketText {
  /** Line of the input that it begins on, from 1. */
  readonly line: number;
  readonly time: TimeText;
  readonly content: IpText | ArpText | UnknownText;
  /** Link-layer addresses, of `tcpdump -e`. */
  readonly link?: { readonly source: string; readonly destination: string };
  /** Length of the frame, where the trace has a column for it. */
  readonly wireLength?: number;
  /** Number of the row in a table or in a trace of Stevens' form. */
  readonly number?: number;
}

/** A time as it is printed. */
export type TimeText =
  | { readonly kind: "none" }
  /** Time of day. */
  | { readonly kind: "clock"; readonly seconds: number; readonly nanoseconds: number }
  /** Date and time of day; `day` is days since 1970-01-01. */
  | { readonly kind: "date"; readonly day: number; readonly seconds: number; readonly nanoseconds: number }
  /** Seconds since 1970. */
  | { readonly kind: "epoch"; readonly seconds: number; readonly nanoseconds: number }
  /** Seconds since the start of the trace. */
  | { readonly kind: "elapsed"; readonly seconds: number; readonly nanoseconds: number };

/** Header fields that `-v` prints or a column shows. */
export interface IpHeaderText {
  readonly ttl?: number;
  readonly identification?: number;
  readonly typeOfService?: number;
  readonly dontFragment?: boolean;
  readonly flowLabel?: number;
}

export interface IpText {
  readonly kind: "ip";
  /** 6 when the line says so; otherwise the addresses tell. */
  readonly version?: 6;
  readonly source: string;
  readonly destination: string;
  readonly header?: IpHeaderText;
  readonly transport: TransportText;
}

export type TransportText = TcpText | UdpText | IcmpText | ApplicationText;

/** How the numbers of a segment are printed. */
type Numbering =
  /** As tcpdump does: absolute up to a connection's first acknowledgment, relative from then on (or never, with -S). */
  | "tcpdump"
  /** As Wireshark does: relative to the first number of each direction, all the time. */
  | "wireshark";

export interface TcpText {
  readonly kind: "tcp";
  /** Number or service name. */
  readonly sourcePort: string;
  readonly destinationPort: string;
  readonly numbering: Numbering;
  /** Control bits of `wire/tcp.ts`. */
  readonly flags: number;
  readonly sequence?: number;
  readonly acknowledgment?: number;
  /** As sent; of a Wireshark table: after scaling. */
  readonly window?: number;
  readonly urgentPointer?: number;
  readonly options: readonly TcpOption[];
  /** Bytes of payload. */
  readonly length: number;
}

interface UdpText {
  readonly kind: "udp";
  readonly sourcePort: string;
  readonly destinationPort: string;
  readonly length: number;
}

export interface IcmpText {
  readonly kind: "icmp";
  readonly type: number;
  readonly code: number;
  /** Bytes 4 to 7 of the header. */
  readonly rest: number;
  /** Length of the message. */
  readonly length?: number;
  /** An error: to what the packet was sent that it is about. */
  readonly about?: { readonly destination?: string; readonly protocol?: "tcp" | "udp"; readonly port?: string };
}

/** A row of a table that names an application's message instead of ports and numbers. */
interface ApplicationText {
  readonly kind: "application";
  readonly protocol: string;
}

export interface ArpText {
  readonly kind: "arp";
  readonly operation: "request" | "reply";
  readonly sender: string;
  readonly senderMac?: string;
  readonly target: string;
  readonly targetMac?: string;
}

/** A line whose words are not understood; bytes after it may tell all. */
export interface UnknownText {
  readonly kind: "unknown";
  readonly reason: string;
}
