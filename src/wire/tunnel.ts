import * as p from "./protocol.ts";

/** How many IP headers are followed into each other. */
export const MAX_NESTING = 8;

/** How many tunnel headers of one frame are remembered. */
const MAX_TUNNELS = 8;

/** What an inner packet travelled in. */
export type TunnelKind = "pppoe" | "mpls" | "ipip" | "6in4" | "gre" | "erspan" | "vxlan" | "geneve" | "teredo" | "gtp";

const VXLAN_HEADER = 8;
const GENEVE_HEADER = 8;
const GTP_HEADER = 8;
const GTP_TUNNELLED_PACKET = 255;

// GRE flags (RFC 2784 section 2.1, RFC 2890 section 2, RFC 2637 section 4.1).
const GRE_CHECKSUM = 0x8000;
const GRE_ROUTING = 0x4000;
const GRE_KEY = 0x2000;
const GRE_SEQUENCE = 0x1000;
const GRE_ACKNOWLEDGMENT = 0x0080;

/** The tunnel headers of one frame, outermost first. */
export class Tunnels {
  count = 0;
  readonly kinds: TunnelKind[] = Array.from({ length: MAX_TUNNELS }, () => "gre");
  /**
   * Session of PPPoE and ERSPAN, label of MPLS, key of GRE, network identifier of VXLAN and Geneve, tunnel
   * endpoint of GTP; 0 where there is none.
   */
  readonly identifiers: Uint32Array = new Uint32Array(MAX_TUNNELS);
  /** EtherType of what is inside of the last header that `gre` or `udp` read; `ETHERTYPE_TRANSPARENT_BRIDGING`: a frame. */
  innerType = 0;

  add(kind: TunnelKind, identifier: number): void {
    if (this.count >= MAX_TUNNELS) return;
    this.kinds[this.count] = kind;
    this.identifiers[this.count++] = identifier;
  }

  /** Reads a GRE header; where its payload starts, or 0 when it is cut or of an unknown version. */
  gre(view: DataView, at: number, limit: number): number {
    if (limit - at < 4) return 0;
    const flags = view.getUint16(at);
    const version = flags & 7;
    if (version > 1 || (flags & GRE_ROUTING) !== 0) return 0;
    let next = at + 4;
    if ((flags & GRE_CHECKSUM) !== 0) next += 4;
    const keyAt = next;
    if ((flags & GRE_KEY) !== 0) next += 4;
    if ((flags & GRE_SEQUENCE) !== 0) next += 4;
    if (version === 1 && (flags & GRE_ACKNOWLEDGMENT) !== 0) next += 4;
    if (next > limit) return 0;
    this.innerType = view.getUint16(at + 2);
    this.add("gre", (flags & GRE_KEY) === 0 ? 0 : view.getUint32(keyAt));
    return this.innerType === p.ETHERTYPE_ERSPAN || this.innerType === p.ETHERTYPE_ERSPAN_3
      ? this.#erspan(view, next, limit, (flags & GRE_SEQUENCE) !== 0)
      : next;
  }

  /** Types II and III have a header of their own; type I, which is GRE without a sequence number, has none. */
  #erspan(view: DataView, at: number, limit: number, hasSequence: boolean): number {
    const third = this.innerType === p.ETHERTYPE_ERSPAN_3;
    this.innerType = p.ETHERTYPE_TRANSPARENT_BRIDGING;
    if (!third && !hasSequence) {
      this.add("erspan", 0);
      return at;
    }
    if (limit - at < 12) return 0;
    this.add("erspan", view.getUint16(at + 2) & 0x3ff);
    if (!third) return at + 8;
    // The last bit of the header tells of a platform specific subheader.
    return at + ((view.getUint8(at + 11) & 1) === 0 ? 12 : 20);
  }

  /**
   * Reads the tunnel header that the payload of a UDP datagram in `view[at, limit)`
   * starts with; where what it carries starts, or 0 when it is none.
   */
  udp(view: DataView, sourcePort: number, destinationPort: number, at: number, limit: number): number {
    if (limit - at < 8) return 0;
    switch (destinationPort) {
      case p.PORT_VXLAN:
        return this.#vxlan(view, at);
      case p.PORT_VXLAN_GPE:
        return this.#vxlanGpe(view, at);
      case p.PORT_GENEVE:
        return this.#geneve(view, at, limit);
      case p.PORT_GTP_USER:
        return this.#gtp(view, at, limit);
      default:
        return destinationPort === p.PORT_TEREDO || sourcePort === p.PORT_TEREDO ? this.#teredo(view, at, limit) : 0;
    }
  }

  /** RFC 7348 section 5: only the I flag is set. */
  #vxlan(view: DataView, at: number): number {
    if (view.getUint8(at) !== 0x08) return 0;
    this.innerType = p.ETHERTYPE_TRANSPARENT_BRIDGING;
    this.add("vxlan", view.getUint32(at + 4) >>> 8);
    return at + VXLAN_HEADER;
  }

  /** draft-ietf-nvo3-vxlan-gpe section 3: flags I and P, and what is inside. */
  #vxlanGpe(view: DataView, at: number): number {
    if ((view.getUint8(at) & 0x0c) !== 0x0c) return 0;
    const next = view.getUint8(at + 3);
    if (next < 1 || next > 3) return 0;
    this.innerType = next === 3 ? p.ETHERTYPE_TRANSPARENT_BRIDGING : p.ETHERTYPE_IPV4;
    this.add("vxlan", view.getUint32(at + 4) >>> 8);
    return at + VXLAN_HEADER;
  }

  /** RFC 8926 section 3.4: version 0, options counted in words of 4 bytes. */
  #geneve(view: DataView, at: number, limit: number): number {
    const first = view.getUint8(at);
    const next = at + GENEVE_HEADER + 4 * (first & 0x3f);
    if (first >> 6 !== 0 || next > limit) return 0;
    this.innerType = view.getUint16(at + 2);
    this.add("geneve", view.getUint32(at + 4) >>> 8);
    return next;
  }

  /** 3GPP TS 29.281 section 5.1: version 1, a tunnelled packet after the optional fields and extension headers. */
  #gtp(view: DataView, at: number, limit: number): number {
    const flags = view.getUint8(at);
    if (flags >> 4 !== 3 || view.getUint8(at + 1) !== GTP_TUNNELLED_PACKET) return 0;
    const identifier = view.getUint32(at + 4);
    let next = at + GTP_HEADER;
    if ((flags & 7) !== 0) {
      next += 4;
      if (next > limit) return 0;
      for (let type = (flags & 4) === 0 ? 0 : view.getUint8(next - 1); type !== 0; type = view.getUint8(next - 1)) {
        const length = next < limit ? 4 * view.getUint8(next) : 0;
        next += length;
        if (length === 0 || next > limit) return 0;
      }
    }
    this.innerType = p.ETHERTYPE_IPV4;
    this.add("gtp", identifier);
    return next;
  }

  /** RFC 4380 section 5.1.1: authentication and origin indications may come before the IPv6 packet. */
  #teredo(view: DataView, at: number, limit: number): number {
    let next = at;
    if (view.getUint16(next) === 1) next += 13 + view.getUint8(next + 2) + view.getUint8(next + 3);
    if (next + 8 < limit && view.getUint16(next) === 0) next += 8;
    if (next >= limit || view.getUint8(next) >> 4 !== 6) return 0;
    this.innerType = p.ETHERTYPE_IPV6;
    this.add("teredo", 0);
    return next;
  }
}
