import * as p from "./protocol.ts";

/** Point-to-Point Protocol header (RFC 1661 section 2), in HDLC-like framing (RFC 1662 section 3.1) or without. */

// Address and control of Cisco HDLC, which is also met in captures of PPP; an EtherType follows.
const CISCO_HDLC_UNICAST = 0x0f00;
const CISCO_HDLC_BROADCAST = 0x8f00;
const ADDRESS_AND_CONTROL = 0xff03;

// Protocol numbers (IANA "PPP DLL Protocol Numbers").
const PROTOCOL_IPV4 = 0x21;
const PROTOCOL_IPV6 = 0x57;
const PROTOCOL_MPLS = 0x281;
const PROTOCOL_MPLS_MULTICAST = 0x283;

/** What a PPP header says of its payload. */
export class PppHeader {
  /** EtherType of the payload; 0: none that is decoded. */
  etherType = 0;
  payloadAt = 0;

  /** Reads a header that may begin with address and control, which may be compressed away (RFC 1661 section 6.6); 4 bytes are captured. */
  read(view: DataView, at: number): void {
    const first = view.getUint16(at);
    if (first === CISCO_HDLC_UNICAST || first === CISCO_HDLC_BROADCAST) {
      this.etherType = view.getUint16(at + 2);
      this.payloadAt = at + 4;
      return;
    }
    this.readProtocol(view, first === ADDRESS_AND_CONTROL ? at + 2 : at);
  }

  /** Reads the protocol field alone, of which 2 bytes are captured; an odd first byte is all of it (RFC 1661 section 6.5). */
  readProtocol(view: DataView, at: number): void {
    const first = view.getUint8(at);
    const isShort = (first & 1) === 1;
    this.etherType = etherTypeOf(isShort ? first : view.getUint16(at));
    this.payloadAt = at + (isShort ? 1 : 2);
  }
}

function etherTypeOf(protocol: number): number {
  switch (protocol) {
    case PROTOCOL_IPV4:
      return p.ETHERTYPE_IPV4;
    case PROTOCOL_IPV6:
      return p.ETHERTYPE_IPV6;
    case PROTOCOL_MPLS:
    case PROTOCOL_MPLS_MULTICAST:
      return p.ETHERTYPE_MPLS;
    default:
      return 0;
  }
}
