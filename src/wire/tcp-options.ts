/** Option kinds of the IANA registry "TCP Option Kind Numbers". */
export const OPTION_END = 0;
export const OPTION_NOP = 1;
export const OPTION_MSS = 2;
export const OPTION_WINDOW_SCALE = 3;
export const OPTION_SACK_PERMITTED = 4;
export const OPTION_SACK = 5;
export const OPTION_ECHO = 6;
export const OPTION_ECHO_REPLY = 7;
export const OPTION_TIMESTAMPS = 8;
export const OPTION_CC = 11;
export const OPTION_CC_NEW = 12;
export const OPTION_CC_ECHO = 13;
export const OPTION_MD5 = 19;
export const OPTION_SCPS = 20;
export const OPTION_SNACK = 21;
export const OPTION_RECORD_BOUNDARY = 22;
export const OPTION_CORRUPTION = 23;
export const OPTION_QUICK_START = 27;
export const OPTION_USER_TIMEOUT = 28;
export const OPTION_AUTHENTICATION = 29;
export const OPTION_MULTIPATH = 30;
export const OPTION_FAST_OPEN = 34;
export const OPTION_ACCECN_0 = 172;
export const OPTION_ACCECN_1 = 174;
export const OPTION_EXPERIMENT_1 = 253;
export const OPTION_EXPERIMENT_2 = 254;
/** Met, but not assigned: the registry lists 76 as in use without its leave. */
export const RIVERBED_PROBE = 76;

/** Experiments (RFC 6994) that were TCP Fast Open and the two orders of accurate ECN before these had kinds. */
export const EXPERIMENT_FAST_OPEN = 0xf989;
export const EXPERIMENT_ACCECN_0 = 0xacc0;
export const EXPERIMENT_ACCECN_1 = 0xacc1;

/** A larger shift count counts as this one (RFC 7323 section 2.3). */
export const MAX_WINDOW_SCALE = 14;

/** NOP NOP TS(8,10): how nearly every segment of a connection with timestamps begins its options (RFC 7323 appendix A). */
export const NOP_NOP_TIMESTAMPS = 0x0101080a;

/** Why the walk ended before the end of the options. */
export type OptionsFault = "" | "length" | "truncated";

/**
 * A walk over the options of one header (RFC 9293 section 3.2). `next` moves
 * to the next option and is false at the end, at an End of Option List (which
 * is delivered first) or at a fault.
 */
export class TcpOptions {
  kind = 0;
  /** Length with kind and length byte; 1 for End of Option List and No-Operation. */
  length = 0;
  /** Where the option's kind byte is. */
  at = 0;
  /** `length`: an option says less than 2 or more than is left of the header. `truncated`: cut by the snap length. */
  fault: OptionsFault = "";
  #view: DataView = new DataView(new ArrayBuffer(0));
  #next = 0;
  #end = 0;
  #limit = 0;
  #over = false;

  /** Starts at `at`; the options end at `end` by the data offset, `limit` is captured. */
  start(view: DataView, at: number, end: number, limit: number): void {
    this.#view = view;
    this.#next = at;
    this.#end = end;
    this.#limit = limit;
    this.#over = false;
    this.fault = "";
  }

  next(): boolean {
    const at = this.#next;
    if (this.#over || at >= this.#end) return false;
    this.at = at;
    if (at >= this.#limit) return this.#stop("truncated");
    const kind = this.#view.getUint8(at);
    this.kind = kind;
    if (kind <= OPTION_NOP) {
      this.length = 1;
      this.#next = at + 1;
      this.#over = kind === OPTION_END;
      return true;
    }
    if (at + 1 >= this.#end) return this.#stop("length");
    if (at + 1 >= this.#limit) return this.#stop("truncated");
    const length = this.#view.getUint8(at + 1);
    if (length < 2 || at + length > this.#end) return this.#stop("length");
    if (at + length > this.#limit) return this.#stop("truncated");
    this.length = length;
    this.#next = at + length;
    return true;
  }

  /** Goes on at `at`, for a reader that does not believe the length of the option before. */
  moveTo(at: number): void {
    this.#next = at;
  }

  #stop(fault: OptionsFault): boolean {
    this.fault = fault;
    this.#over = true;
    return false;
  }

  /** 8, 16 or 32 bits of the option's data, `offset` bytes after the length byte. The caller has checked `length`. */
  uint8(offset: number): number {
    return this.#view.getUint8(this.at + 2 + offset);
  }

  uint16(offset: number): number {
    return this.#view.getUint16(this.at + 2 + offset);
  }

  uint32(offset: number): number {
    return this.#view.getUint32(this.at + 2 + offset);
  }
}

/** How many SACK blocks are kept: four fit in a header (RFC 2018 section 3). */
const MAX_SACK_BLOCKS = 4;

/**
 * What the options of one segment mean, as numbers. One instance is reused;
 * values hold until the next `read`.
 */
export class TcpOptionValues {
  /** Maximum segment size, in bytes; -1: no such option. */
  mss = -1;
  /** Shift count as sent (0 to 255; above 14 means 14, RFC 7323 section 2.3); -1: no such option. */
  windowScale = -1;
  sackPermitted = false;
  hasTimestamps = false;
  tsval = 0;
  tsecr = 0;
  sackBlocks = 0;
  /** Left and right edges of the SACK blocks, as sent. */
  readonly sackEdges: Uint32Array = new Uint32Array(2 * MAX_SACK_BLOCKS);
  /** Fast open cookie length (RFC 7413); 0: a request for a cookie; -1: no such option. */
  fastOpenCookie = -1;
  multipath = false;
  /** Kinds in order, for guessing the stack: up to 16. */
  readonly kinds: Uint8Array = new Uint8Array(16);
  kindCount = 0;
  fault: OptionsFault = "";
  readonly #walk: TcpOptions = new TcpOptions();
  /** Something beside timestamps was read and has to be forgotten. */
  #hasRare = false;

  /** Reads the options in `view[at, end)`, of which `limit` is captured. */
  read(view: DataView, at: number, end: number, limit: number): void {
    this.hasTimestamps = false;
    this.sackBlocks = 0;
    if (end - at === 12 && end <= limit && view.getUint32(at) === NOP_NOP_TIMESTAMPS) {
      if (this.#hasRare) this.#clearRare();
      this.hasTimestamps = true;
      this.tsval = view.getUint32(at + 4);
      this.tsecr = view.getUint32(at + 8);
      return;
    }
    if (this.#hasRare) this.#clearRare();
    if (at === end) return;
    this.#hasRare = true;
    const walk = this.#walk;
    walk.start(view, at, end, limit);
    while (walk.next()) this.#take(walk);
    this.fault = walk.fault;
  }

  #clearRare(): void {
    this.#hasRare = false;
    this.mss = -1;
    this.windowScale = -1;
    this.sackPermitted = false;
    this.fastOpenCookie = -1;
    this.multipath = false;
    this.kindCount = 0;
    this.fault = "";
  }

  #take(walk: TcpOptions): void {
    if (this.kindCount < this.kinds.length) this.kinds[this.kindCount++] = walk.kind;
    switch (walk.kind) {
      case OPTION_MSS:
        if (walk.length === 4) this.mss = walk.uint16(0);
        break;
      case OPTION_WINDOW_SCALE:
        if (walk.length === 3) this.windowScale = walk.uint8(0);
        break;
      case OPTION_SACK_PERMITTED:
        this.sackPermitted = true;
        break;
      case OPTION_SACK:
        this.#takeSack(walk);
        break;
      case OPTION_TIMESTAMPS:
        if (walk.length === 10) {
          this.hasTimestamps = true;
          this.tsval = walk.uint32(0);
          this.tsecr = walk.uint32(4);
        }
        break;
      case OPTION_FAST_OPEN:
        this.fastOpenCookie = walk.length - 2;
        break;
      case OPTION_MULTIPATH:
        this.multipath = true;
        break;
      default:
    }
  }

  #takeSack(walk: TcpOptions): void {
    const blocks = Math.min(MAX_SACK_BLOCKS, (walk.length - 2) >> 3);
    this.sackBlocks = blocks;
    for (let i = 0; i < 2 * blocks; i++) this.sackEdges[i] = walk.uint32(4 * i);
  }
}
