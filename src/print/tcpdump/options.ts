import type { Names } from "../names.ts";

/** Protocols that `-T` can say a UDP payload is. */
export type PayloadType = "domain" | "tftp" | "vxlan";

/** How tcpdump lines are printed: tcpdump's own options, in words. */
export interface TcpdumpOptions {
  /** `-v` given so many times: 0 to 3. */
  readonly verbosity: number;
  /** `-q`: less about the protocol. */
  readonly quiet: boolean;
  /** `-e`: the link-layer header. */
  readonly linkLayer: boolean;
  /** `-H`: mesh control fields are looked for in 802.11 QoS data. */
  readonly mesh: boolean;
  /** `-S`: absolute sequence numbers. */
  readonly absoluteSequence: boolean;
  /** `-K`: no checksums. */
  readonly skipChecksums: boolean;
  /** `-T`: what all UDP payloads are, whatever their ports. */
  readonly payloadType?: PayloadType;
  /** Names in the place of addresses and ports; without it, as with `-n`, they are numbers. */
  readonly names?: Names | undefined;
  /** `-b`: numbers of autonomous systems beyond 65535 as two numbers with a dot (RFC 5396). */
  readonly asDot?: boolean;
  /** `-u`: NFS file handles as numbers, not decoded. */
  readonly rawHandles?: boolean;
  /** `-#`: packet numbers. */
  readonly numbers: boolean;
  /** `-t` given so many times: 0 time of day, 1 none, 2 seconds since 1970, 3 delta, 4 with date, 5 since the first. */
  readonly time: number;
  /** Digits after the second: 6 or 9. */
  readonly fractionDigits: 6 | 9;
  /** `-x` given so many times (2: with the link-layer header). */
  readonly hex: number;
  /** `-X` given so many times. */
  readonly hexAscii: number;
  /** `-A` given so many times. */
  readonly ascii: number;
  /** The name of an interface by its number in SLL2 headers; undefined when it is not known. */
  readonly interfaceName?: (index: number) => string | undefined;
}

/** No option at all, as `tcpdump -n` prints. */
export const DEFAULT_OPTIONS: TcpdumpOptions = {
  verbosity: 0,
  quiet: false,
  linkLayer: false,
  mesh: false,
  absoluteSequence: false,
  skipChecksums: false,
  numbers: false,
  time: 0,
  fractionDigits: 6,
  hex: 0,
  hexAscii: 0,
  ascii: 0,
};
