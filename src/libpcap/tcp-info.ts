import type { default as Koffi } from "koffi";
import { LibpcapError } from "./error.ts";
import { importKoffi, type KoffiLoader, withoutKoffi } from "./koffi.ts";

/** What Linux' kernel tells of a TCP socket (`struct tcp_info` of linux/tcp.h). Times in seconds. */
export interface TcpInfo {
  /** The standard's name, such as `SYN_SENT`. */
  readonly state: string;
  /** Repetitions by the timer of what is unacknowledged now; in all; and how often the timer was doubled. */
  readonly retransmits: number;
  readonly totalRetransmissions: number;
  readonly backoff: number;
  /** Segments in flight, and those that are held for lost. */
  readonly unacknowledged: number;
  readonly lost: number;
  /** Until the next repetition. */
  readonly rto: number;
  /** Smoothed round trip and its variation; 0 as long as there was none. */
  readonly rtt: number;
  readonly rttVariation: number;
  /** Bytes of data in a segment that is sent, and what the other end is told of ours. */
  readonly mss: number;
  readonly advertisedMss: number;
  readonly pathMtu: number;
  /** In segments. */
  readonly congestionWindow: number;
  /** Options that both ends have: "timestamps", "sack", "window-scale", "ecn". */
  readonly options: readonly string[];
  /** Shift counts for what the other end announces, and for what we do; 0 without the option. */
  readonly sendWindowScale: number;
  readonly receiveWindowScale: number;
}

/** Reads it of a socket of ours by its descriptor; undefined when the kernel does not tell. */
export type TcpInfoReader = (descriptor: number) => TcpInfo | undefined;

const IPPROTO_TCP = 6;
const TCP_INFO = 11;
/** What every Linux since 2.6 fills, in bytes. */
const LENGTH = 104;
const MICRO = 1e6;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** In the order of their numbers, from 1. */
const STATES =
  "ESTABLISHED SYN_SENT SYN_RCVD FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED CLOSE_WAIT LAST_ACK LISTEN CLOSING SYN_RCVD".split(
    " ",
  );
/** By their bits. */
const OPTIONS: readonly (readonly [bit: number, name: string])[] = [
  [1, "timestamps"],
  [2, "sack"],
  [4, "window-scale"],
  [8, "ecn"],
];

/** Rejects with a `LibpcapError` where it is not to be had. */
export async function tcpInfoReader(load: KoffiLoader = importKoffi): Promise<TcpInfoReader> {
  if (process.platform !== "linux") throw new LibpcapError("not-supported", "only Linux has it");
  let koffi: typeof Koffi;
  try {
    koffi = await load();
  } catch (error) {
    throw withoutKoffi(error);
  }
  const get = koffi
    .load(null)
    .func("int getsockopt(int socket, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)");
  return (descriptor) => {
    const bytes = new Uint8Array(LENGTH);
    const length = Uint32Array.of(LENGTH);
    if (get(descriptor, IPPROTO_TCP, TCP_INFO, bytes, length) !== 0 || length[0] !== LENGTH) return undefined;
    return parseTcpInfo(bytes);
  };
}

/** The first 104 bytes of the structure, in the host's byte order. */
export function parseTcpInfo(bytes: Uint8Array): TcpInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): number => view.getUint32(at, LITTLE_ENDIAN);
  const options = view.getUint8(5);
  // Two fields of four bits: the first one lies in the low bits on little-endian machines.
  const scales = view.getUint8(6);
  const [first, second] = [scales & 15, scales >>> 4];
  return {
    state: STATES[view.getUint8(0) - 1] ?? String(view.getUint8(0)),
    retransmits: view.getUint8(2),
    totalRetransmissions: word(100),
    backoff: view.getUint8(4),
    unacknowledged: word(24),
    lost: word(32),
    rto: word(8) / MICRO,
    rtt: word(68) / MICRO,
    rttVariation: word(72) / MICRO,
    mss: word(16),
    advertisedMss: word(84),
    pathMtu: word(60),
    congestionWindow: word(80),
    options: OPTIONS.filter(([bit]) => (options & bit) !== 0).map(([, name]) => name),
    sendWindowScale: LITTLE_ENDIAN ? first : second,
    receiveWindowScale: LITTLE_ENDIAN ? second : first,
  };
}
