/** How many tunnel headers of one frame are remembered. */
const MAX_TUNNELS = 8;

/** What an inner packet travelled in. */
export type TunnelKind = "pppoe" | "mpls" | "ipip" | "6in4" | "gre" | "vxlan" | "geneve";

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
  /** Session of PPPoE, label of MPLS, key of GRE, network identifier of VXLAN and Geneve; 0 where there is none. */
  readonly identifiers: Uint32Array = new Uint32Array(MAX_TUNNELS);
  /** EtherType inside of the last GRE header. */
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
    return next;
  }
}
