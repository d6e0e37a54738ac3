import type { Direction } from "../../libpcap/direction.ts";
import { MAXIMUM_CAPTURED_LENGTH } from "../pcap-format.ts";
import type { LiveEngine } from "../source.ts";

/** What is captured, and how. All may be left out. */
export interface LiveOptions {
  /** Its name, or its number in the list of interfaces (from 1); the first one of the list when left out. */
  readonly interface?: string | undefined;
  /** The best that works here when left out. */
  readonly engine?: LiveEngine | undefined;
  /** pcap-filter(7), run by the kernel; all packets when left out. */
  readonly expression?: string | undefined;
  /** Whether libpcap may make the expression's program shorter; true when left out. */
  readonly optimize?: boolean | undefined;
  /** Bytes kept of a packet at most; 262,144 when left out. */
  readonly snapLength?: number | undefined;
  /** Also packets for other hosts, where the interface sees them; true when left out, as in tcpdump. */
  readonly promiscuous?: boolean | undefined;
  /** Monitor mode, of 802.11. */
  readonly monitor?: boolean | undefined;
  /** Bytes of the kernel's buffer; 16 MiB when left out. */
  readonly bufferSize?: number | undefined;
  /** How long the kernel may gather packets before it hands them over, in milliseconds; `AT_ONCE` when left out. */
  readonly gathering?: number | undefined;
  /** The link type's name, as `tcpdump -y` takes it. */
  readonly linkType?: string | undefined;
  /** Where times come from, as `tcpdump -j` takes it. */
  readonly timestampType?: string | undefined;
  /** Seen from this host; both when left out. */
  readonly direction?: Direction | undefined;
  /** Name of the user that a program which captures for us becomes, when root starts it. */
  readonly user?: string | undefined;
  /** Number of the first frame; 1 when left out. */
  readonly firstNumber?: number | undefined;
}

/** Bytes of the kernel's buffer when nothing else is wanted: 0.4 s of 200,000 small packets a second. */
const BUFFER_SIZE: number = 16 << 20;

/**
 * For those who print packets as they come, in milliseconds. Immediate mode would hand over each at once, but costs 13 times the
 * time and, its buffer being slots of the snap length's size, loses packets at rates that this does not notice.
 */
export const AT_ONCE = 10;

/**
 * For all others. What was gathered fills a 64th of 16 MiB, however few packets those are: when the machine gives this
 * process no time, packets are lost after 64 times as long (6.4 s), unless they come so fast that the buffer is full before.
 */
export const SOON = 100;

/** The options with what stands for those that were left out. */
export interface CaptureRequest extends LiveOptions {
  readonly interface: string;
  readonly expression: string;
  readonly optimize: boolean;
  readonly snapLength: number;
  readonly promiscuous: boolean;
  readonly monitor: boolean;
  readonly bufferSize: number;
  readonly gathering: number;
  readonly direction: Direction;
  readonly firstNumber: number;
}

/** `name`: of the interface that was chosen. */
export function requestOf(options: LiveOptions, name: string): CaptureRequest {
  return {
    ...options,
    interface: name,
    expression: options.expression ?? "",
    optimize: options.optimize ?? true,
    snapLength: options.snapLength ?? MAXIMUM_CAPTURED_LENGTH,
    promiscuous: options.promiscuous ?? true,
    monitor: options.monitor ?? false,
    bufferSize: options.bufferSize ?? BUFFER_SIZE,
    gathering: options.gathering ?? AT_ONCE,
    direction: options.direction ?? "inout",
    firstNumber: options.firstNumber ?? 1,
  };
}
