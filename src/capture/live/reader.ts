import type { ByteInput } from "../input.ts";
import { PCAP_HEADER } from "../pcap-format.ts";
import { PcapReader } from "../pcap-reader.ts";
import type { CaptureInterface, LiveCapture, LiveCounts } from "../source.ts";
import type { CaptureRequest } from "./options.ts";

/** What the system counts; -1 where it is not known. */
export type SystemCounts = Omit<LiveCounts, "captured">;

export const UNKNOWN_COUNTS: SystemCounts = { received: -1, dropped: -1, interfaceDropped: -1 };

/** Records of a pcap file that come while they are captured. */
export interface LiveInput extends ByteInput {
  /** The latest that is known, and what there is when it is asked for anew. */
  readonly lastCounts: SystemCounts;
  counts(): Promise<SystemCounts>;
  /** Ends the capture; `read` still gives what there is. */
  stop(): void;
}

/** What an engine tells of a capture, besides its packets. */
type LiveDescription = Pick<LiveCapture, "engine" | "by" | "linkName" | "linkDescription" | "warnings"> &
  Partial<Pick<LiveCapture, "interfaceName">>;

/** Bytes read at once. */
const BUFFER = 1 << 20;

/** Reads a capture that is going on by the reader of pcap files. */
export class LiveReader extends PcapReader {
  readonly live: LiveCapture;
  readonly #firstNumber: number;

  /** `header`: that of the pcap file which `input` continues. */
  constructor(request: CaptureRequest, header: Uint8Array, input: LiveInput, description: LiveDescription) {
    const bytes = new Uint8Array(BUFFER);
    bytes.set(header.subarray(0, PCAP_HEADER));
    const { interface: name, firstNumber } = request;
    super({ name, compression: "", input, bytes, have: PCAP_HEADER, firstNumber });
    this.#firstNumber = firstNumber;
    const [recorded] = this.interfaces;
    if (recorded !== undefined) this.interfaces[0] = described(recorded, request, input);
    this.live = {
      interfaceName: () => undefined,
      ...description,
      onNotice: undefined,
      stop: () => input.stop(),
      counts: async () => ({ captured: this.number - this.#firstNumber + 1, ...(await input.counts()) }),
    };
  }
}

function described(recorded: CaptureInterface, request: CaptureRequest, input: LiveInput): CaptureInterface {
  return {
    ...recorded,
    name: request.interface,
    filter: request.expression,
    get received() {
      return input.lastCounts.received;
    },
    get dropped() {
      return input.lastCounts.interfaceDropped;
    },
    get systemDropped() {
      return input.lastCounts.dropped;
    },
  };
}
