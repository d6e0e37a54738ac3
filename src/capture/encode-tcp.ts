import { ACK, TCP_MIN_HEADER } from "../wire/tcp.ts";
import * as o from "../wire/tcp-options.ts";
import { checked, joined, payloadBytes, type Checksum, type Payload } from "./encode-bytes.ts";

/** One TCP option, as the header holds them in order (RFC 9293 section 3.2). */
export type TcpOption =
  | { readonly kind: "eol" }
  | { readonly kind: "nop" }
  /** Maximum segment size, in bytes. */
  | { readonly kind: "mss"; readonly value: number }
  /** Window scale as a shift count (RFC 7323 section 2.2). */
  | { readonly kind: "wscale"; readonly shift: number }
  | { readonly kind: "sackOK" }
  /** Left and right edge of each block (RFC 2018 section 3). */
  | { readonly kind: "sack"; readonly blocks: readonly (readonly [number, number])[] }
  /** TSval and TSecr (RFC 7323 section 3.2). */
  | { readonly kind: "timestamps"; readonly value: number; readonly echo: number }
  /** MD5 signature, 16 bytes (RFC 2385 section 3). */
  | { readonly kind: "md5"; readonly digest: Uint8Array }
  /** Fast Open cookie; empty: a request for one (RFC 7413 section 4.1.1). */
  | { readonly kind: "fastOpen"; readonly cookie: Uint8Array }
  /** Multipath TCP: what follows the length byte (RFC 8684 section 3). */
  | { readonly kind: "multipath"; readonly data: Uint8Array }
  /** Any other kind: what follows the length byte. */
  | { readonly kind: "other"; readonly number: number; readonly data: Uint8Array }
  /** Bytes as they are, for options that contradict themselves. */
  | { readonly kind: "raw"; readonly bytes: Uint8Array };

/** A TCP segment (RFC 9293 section 3.1). What is left out is 0, empty, or for `checksum` right. */
export interface TcpFields {
  readonly protocol: "tcp";
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  /** Left out: 0 without and invalid with the ACK bit. */
  readonly acknowledgment?: number;
  /** Control bits of `wire/tcp.ts`, AE (0x100) and the three reserved bits above it with them. */
  readonly flags: number;
  /** Window as sent, before scaling. */
  readonly window?: number;
  readonly urgentPointer?: number;
  /** At most 40 bytes; padded to whole words with End of Option List. */
  readonly options?: readonly TcpOption[];
  readonly payload?: Payload;
  readonly checksum?: Checksum;
}

/** Most bytes of options that the data offset can tell (RFC 9293 section 3.1). */
const MAX_OPTIONS = 40;

/** A segment with its checksum field 0; RangeError for values that do not fit. */
export function tcpBytes(fields: TcpFields): Uint8Array<ArrayBuffer> {
  const options = tcpOptionBytes(fields.options ?? []);
  if ((fields.flags & ACK) !== 0 && fields.acknowledgment === undefined) {
    throw new RangeError("tcp acknowledgment: needed with the ACK bit");
  }
  const header = new Uint8Array(TCP_MIN_HEADER);
  const view = new DataView(header.buffer);
  view.setUint16(0, checked(fields.sourcePort, 0xffff, "tcp source port"));
  view.setUint16(2, checked(fields.destinationPort, 0xffff, "tcp destination port"));
  view.setUint32(4, checked(fields.sequence, 0xffffffff, "tcp sequence"));
  view.setUint32(8, checked(fields.acknowledgment ?? 0, 0xffffffff, "tcp acknowledgment"));
  view.setUint16(12, (((TCP_MIN_HEADER + options.length) >> 2) << 12) | checked(fields.flags, 0xfff, "tcp flags"));
  view.setUint16(14, checked(fields.window ?? 0, 0xffff, "tcp window"));
  view.setUint16(18, checked(fields.urgentPointer ?? 0, 0xffff, "tcp urgent pointer"));
  return joined(header, options, payloadBytes(fields.payload, fields.sequence));
}

/** The options of a header, padded to whole words; RangeError beyond 40 bytes. */
export function tcpOptionBytes(options: readonly TcpOption[]): Uint8Array<ArrayBuffer> {
  const bytes = joined(...options.map((option) => optionBytes(option)));
  if (bytes.length > MAX_OPTIONS) {
    throw new RangeError(`tcp options: ${bytes.length} bytes, a header has room for ${MAX_OPTIONS}`);
  }
  return joined(bytes, new Uint8Array(-bytes.length & 3));
}

function optionBytes(option: TcpOption): Uint8Array {
  switch (option.kind) {
    case "eol":
      return Uint8Array.of(o.OPTION_END);
    case "nop":
      return Uint8Array.of(o.OPTION_NOP);
    case "mss":
      return withLength(o.OPTION_MSS, words(2, [checked(option.value, 0xffff, "mss")]));
    case "wscale":
      return withLength(o.OPTION_WINDOW_SCALE, Uint8Array.of(checked(option.shift, 0xff, "window scale")));
    case "sackOK":
      return withLength(o.OPTION_SACK_PERMITTED, new Uint8Array(0));
    case "sack":
      return withLength(o.OPTION_SACK, words(4, option.blocks.flat()));
    case "timestamps":
      return withLength(o.OPTION_TIMESTAMPS, words(4, [option.value, option.echo]));
    case "md5":
      return withLength(o.OPTION_MD5, option.digest);
    case "fastOpen":
      return withLength(o.OPTION_FAST_OPEN, option.cookie);
    case "multipath":
      return withLength(o.OPTION_MULTIPATH, option.data);
    case "other":
      return withLength(checked(option.number, 0xff, "tcp option kind"), option.data);
    case "raw":
      return option.bytes;
    default:
      return option satisfies never;
  }
}

function withLength(kind: number, data: Uint8Array): Uint8Array {
  return joined(Uint8Array.of(kind, checked(data.length + 2, 0xff, "tcp option length")), data);
}

/** Values of 2 or 4 bytes each in network byte order. */
function words(size: 2 | 4, values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(size * values.length));
  values.forEach((value, index) => {
    if (size === 2) view.setUint16(2 * index, value);
    else view.setUint32(4 * index, checked(value, 0xffffffff, "tcp option value"));
  });
  return new Uint8Array(view.buffer);
}
