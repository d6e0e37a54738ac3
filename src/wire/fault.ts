/**
 * The layers and length sources that a fault can name.
 */
export type Layer =
  | "frame"
  | "ethernet"
  | "radiotap"
  | "prism"
  | "avs"
  | "ieee80211"
  | "vlan"
  | "llc"
  | "sll"
  | "sll2"
  | "null"
  | "ppp"
  | "pppoe"
  | "mpls"
  | "arp"
  | "ipv4"
  | "ipv6"
  | "gre"
  | "vxlan"
  | "geneve"
  | "icmp"
  | "icmpv6"
  | "udp"
  | "tcp";

/**
 * Why a decoder stopped. Captured bytes are untrusted and often cut short by
 * the snap length, so a fault is data that is printed, never an exception.
 */
export interface Fault {
  /** `truncated`: the capture ends early. `malformed`: the bytes contradict themselves. */
  readonly kind: "truncated" | "malformed";
  readonly layer: Layer;
  /** What could not be read, as the standard calls it. */
  readonly field: string;
  /** Where the layer starts, in bytes from the start of the frame. */
  readonly at: number;
  /** Bytes the field needs; for a malformed length, the least that is valid. */
  readonly need: number;
  /** Bytes there are; for a malformed length, what the wire says. */
  readonly have: number;
}
