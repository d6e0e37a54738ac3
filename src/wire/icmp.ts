import type { Fault } from "./fault.ts";

/** Internet Control Message Protocol, version 4 (RFC 792) and 6 (RFC 4443): the header that both share. */

export const ICMP_HEADER = 8;

export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_SOURCE_QUENCH = 4;
export const ICMP_REDIRECT = 5;
export const ICMP_ECHO = 8;
export const ICMP_ROUTER_ADVERTISEMENT = 9;
export const ICMP_ROUTER_SOLICITATION = 10;
export const ICMP_TIME_EXCEEDED = 11;
export const ICMP_PARAMETER_PROBLEM = 12;
export const ICMP_TIMESTAMP = 13;
export const ICMP_TIMESTAMP_REPLY = 14;
export const ICMP_INFORMATION = 15;
export const ICMP_INFORMATION_REPLY = 16;
export const ICMP_ADDRESS_MASK = 17;
export const ICMP_ADDRESS_MASK_REPLY = 18;
export const ICMP_EXTENDED_ECHO = 42;
export const ICMP_EXTENDED_ECHO_REPLY = 43;
/** Fragmentation needed and DF set: a code of destination unreachable (RFC 1191 section 4). */
export const ICMP_CODE_FRAGMENTATION_NEEDED = 4;

export const ICMPV6_UNREACHABLE = 1;
export const ICMPV6_PACKET_TOO_BIG = 2;
export const ICMPV6_TIME_EXCEEDED = 3;
export const ICMPV6_PARAMETER_PROBLEM = 4;
export const ICMPV6_ECHO = 128;
export const ICMPV6_ECHO_REPLY = 129;
export const ICMPV6_LISTENER_QUERY = 130;
export const ICMPV6_LISTENER_REPORT = 131;
export const ICMPV6_LISTENER_DONE = 132;
export const ICMPV6_ROUTER_SOLICITATION = 133;
export const ICMPV6_ROUTER_ADVERTISEMENT = 134;
export const ICMPV6_NEIGHBOUR_SOLICITATION = 135;
export const ICMPV6_NEIGHBOUR_ADVERTISEMENT = 136;
export const ICMPV6_REDIRECT = 137;
export const ICMPV6_ROUTER_RENUMBERING = 138;
export const ICMPV6_NODE_QUERY = 139;
export const ICMPV6_NODE_REPLY = 140;
export const ICMPV6_INVERSE_SOLICITATION = 141;
export const ICMPV6_INVERSE_ADVERTISEMENT = 142;
/** Report of version 2 (RFC 3810 section 5.2). */
export const ICMPV6_LISTENER_REPORT_2 = 143;
export const ICMPV6_HOME_AGENT_REQUEST = 144;
export const ICMPV6_HOME_AGENT_REPLY = 145;
export const ICMPV6_PREFIX_SOLICITATION = 146;
export const ICMPV6_PREFIX_ADVERTISEMENT = 147;
export const ICMPV6_RPL = 155;
export const ICMPV6_EXTENDED_ECHO = 160;
export const ICMPV6_EXTENDED_ECHO_REPLY = 161;

/** An ICMP or ICMPv6 message, read in place; moved from frame to frame with `read`. */
export class IcmpMessage {
  at = 0;
  end = 0;
  limit = 0;
  /** 4 or 6: whose numbers the type and code are. */
  version = 4;
  #view: DataView = new DataView(new ArrayBuffer(0));

  read(view: DataView, at: number, end: number, limit: number, version: 4 | 6): Fault | undefined {
    this.#view = view;
    this.at = at;
    this.end = end;
    this.limit = limit;
    this.version = version;
    const have = Math.min(end, limit) - at;
    if (have < ICMP_HEADER) {
      const layer = version === 4 ? "icmp" : "icmpv6";
      return {
        kind: limit < end ? "truncated" : "malformed",
        layer,
        field: "header",
        at,
        need: ICMP_HEADER,
        have: Math.max(0, have),
      };
    }
    return undefined;
  }

  get type(): number {
    return this.#view.getUint8(this.at);
  }

  get code(): number {
    return this.#view.getUint8(this.at + 1);
  }

  get checksum(): number {
    return this.#view.getUint16(this.at + 2);
  }

  /** Bytes 4 to 7: identifier and sequence number, gateway, next-hop MTU or pointer, by type. */
  get rest(): number {
    return this.#view.getUint32(this.at + 4);
  }

  /** Whether the message quotes the packet that caused it, from byte 8 on. */
  get quotesPacket(): boolean {
    const type = this.type;
    if (this.version === 6) return type >= ICMPV6_UNREACHABLE && type <= ICMPV6_PARAMETER_PROBLEM;
    return (
      type === ICMP_UNREACHABLE ||
      type === ICMP_SOURCE_QUENCH ||
      type === ICMP_REDIRECT ||
      type === ICMP_TIME_EXCEEDED ||
      type === ICMP_PARAMETER_PROBLEM
    );
  }

  /** Where a quoted packet starts. */
  get quoteAt(): number {
    return this.at + ICMP_HEADER;
  }

  /** Next-hop MTU of "fragmentation needed" (RFC 1191 section 4) or "packet too big" (RFC 4443 section 3.2); 0: not given. */
  get nextHopMtu(): number {
    if (this.version === 6) return this.type === ICMPV6_PACKET_TOO_BIG ? this.rest : 0;
    return this.type === ICMP_UNREACHABLE && this.code === ICMP_CODE_FRAGMENTATION_NEEDED ? this.rest & 0xffff : 0;
  }
}
