import * as kind from "../../wire/tcp-options.ts";
import { TcpOptions } from "../../wire/tcp-options.ts";
import { Phrase } from "../sink.ts";
import { MultipathPrinter } from "./mptcp.ts";
import type { Output } from "./output.ts";

const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;

const MD5_LENGTH = 16;

const NAMES: readonly string[] = Array.from({ length: 256 }, (_, number) => `unknown-${number}`);
Object.assign(NAMES, {
  [kind.OPTION_END]: "eol",
  [kind.OPTION_NOP]: "nop",
  [kind.OPTION_MSS]: "mss",
  [kind.OPTION_WINDOW_SCALE]: "wscale",
  [kind.OPTION_SACK_PERMITTED]: "sackOK",
  [kind.OPTION_SACK]: "sack",
  [kind.OPTION_ECHO]: "echo",
  [kind.OPTION_ECHO_REPLY]: "echoreply",
  [kind.OPTION_TIMESTAMPS]: "TS",
  [kind.OPTION_CC]: "cc",
  [kind.OPTION_CC_NEW]: "ccnew",
  [kind.OPTION_CC_ECHO]: "",
  [kind.OPTION_MD5]: "md5",
  [kind.OPTION_SCPS]: "scps",
  [kind.OPTION_USER_TIMEOUT]: "uto",
  [kind.OPTION_AUTHENTICATION]: "tcp-ao",
  [kind.OPTION_MULTIPATH]: "mptcp",
  [kind.OPTION_FAST_OPEN]: "tfo",
  [kind.OPTION_EXPERIMENT_2]: "exp",
});

const PHRASES: readonly Phrase[] = NAMES.map((name) => new Phrase(name));
const START = new Phrase(", options [");
const VALUE = new Phrase(" val ");
const ECHO = new Phrase(" ecr ");
const ONLY_TIMESTAMPS = new Phrase(", options [nop,nop,TS val ");

/** What printing a value came to. */
type Outcome = "printed" | "bad" | "cut";

/** Prints the bracketed options of a segment. */
export class TcpOptionsPrinter {
  /** What is taken off the edges of SACK blocks; 0: print them as they are. */
  sackBase = 0;
  readonly #out: Output;
  readonly #options: TcpOptions = new TcpOptions();
  readonly #multipath: MultipathPrinter;
  /** Bytes of the option's data that were printed. */
  #printed = 0;

  constructor(out: Output) {
    this.#out = out;
    this.#multipath = new MultipathPrinter(out);
  }

  /** Prints the options in `[at, end)`; false when the line ends here (bad or cut options). */
  print(at: number, end: number, flags: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    if (end - at === 12 && end <= out.limit && out.view.getInt32(at) === kind.NOP_NOP_TIMESTAMPS) {
      this.#printOnlyTimestamps(at + 4);
      return true;
    }
    const options = this.#options;
    sink.phrase(START);
    options.start(out.view, at, end, out.limit);
    let separator = 0;
    let isFirst = true;
    while (options.next()) {
      if (separator !== 0) sink.char(separator);
      separator = COMMA;
      sink.phrase(PHRASES[options.kind]!);
      if (options.length < 2) {
        isFirst = false;
        continue;
      }
      const outcome = this.#printValue(end, flags);
      if (outcome !== "printed") return this.#stop(outcome, !isFirst);
      isFirst = false;
      if (this.#printed + 2 !== options.length) {
        sink.text(`[len ${options.length}]`);
        // As tcpdump, which goes on behind what it printed, not where the length says.
        options.moveTo(options.at + 2 + this.#printed);
      }
    }
    if (options.fault !== "") {
      if (separator !== 0) sink.char(separator);
      return this.#printFault(end, flags, !isFirst);
    }
    sink.char(0x5d);
    return true;
  }

  /** What nearly every segment has (RFC 7323 appendix A). */
  #printOnlyTimestamps(at: number): void {
    const { sink, view } = this.#out;
    sink.phrase(ONLY_TIMESTAMPS);
    sink.decimal(view.getUint32(at));
    sink.phrase(ECHO);
    sink.decimal(view.getUint32(at + 4));
    sink.char(0x5d);
  }

  #stop(outcome: Outcome, hasOptions: boolean): boolean {
    const out = this.#out;
    if (outcome === "cut") {
      out.truncated("tcp");
      if (hasOptions) out.sink.text(">");
    } else {
      out.sink.text("[bad opt]");
      if (hasOptions) out.sink.char(0x5d);
    }
    return false;
  }

  /** An option that is cut or whose length is wrong: its name, and as much of the value as there is. */
  #printFault(end: number, flags: number, hasOptions: boolean): boolean {
    const out = this.#out;
    const at = this.#options.at;
    if (!out.has(at, 2)) {
      out.cutHere();
      return false;
    }
    const option = out.bytes[at]!;
    // A length byte may be read from behind the options: that is found only then.
    const length = out.bytes[at + 1]!;
    if (length < 2 || at + length > end) return this.#stop("bad", hasOptions);
    out.sink.text(NAMES[option]!);
    this.#options.kind = option;
    this.#options.length = length;
    const outcome = this.#printValue(end, flags);
    return this.#stop(outcome === "bad" ? "bad" : "cut", hasOptions);
  }

  /** Whether the option has `length` bytes of data, and they are captured. */
  #check(length: number, end: number): Outcome {
    const at = this.#options.at + 2;
    if (at + length > end) return "bad";
    return this.#out.has(at, length) ? "printed" : "cut";
  }

  #printValue(end: number, flags: number): Outcome {
    const option = this.#options;
    this.#printed = 0;
    switch (option.kind) {
      case kind.OPTION_MSS:
        return this.#number(2, end);
      case kind.OPTION_WINDOW_SCALE:
        return this.#number(1, end);
      case kind.OPTION_SACK:
        return this.#sack(end);
      case kind.OPTION_TIMESTAMPS:
        return this.#timestamps(end);
      case kind.OPTION_SACK_PERMITTED:
        return "printed";
      case kind.OPTION_ECHO:
      case kind.OPTION_ECHO_REPLY:
      case kind.OPTION_CC:
      case kind.OPTION_CC_NEW:
      case kind.OPTION_CC_ECHO:
        return this.#number(4, end);
      default:
        return this.#rareValue(end, flags);
    }
  }

  #rareValue(end: number, flags: number): Outcome {
    const option = this.#options;
    const out = this.#out;
    switch (option.kind) {
      case kind.OPTION_MD5:
        return this.#signature(end);
      case kind.OPTION_SCPS:
        return this.#capabilities(end);
      case kind.OPTION_AUTHENTICATION:
        return this.#authentication(end);
      case kind.OPTION_MULTIPATH: {
        const outcome = this.#check(option.length - 2, end);
        if (outcome !== "printed") return outcome;
        this.#printed = option.length - 2;
        return this.#multipath.print(option.at, option.length, flags) ? "printed" : "bad";
      }
      case kind.OPTION_FAST_OPEN: {
        const outcome = this.#check(option.length - 2, end);
        if (outcome !== "printed") return outcome;
        out.sink.char(SPACE);
        return this.#fastOpen(option.at + 2, option.length - 2);
      }
      case kind.OPTION_USER_TIMEOUT:
        return this.#userTimeout(end);
      case kind.OPTION_EXPERIMENT_2:
        return this.#experiment(end);
      default:
        return this.#unknown(end);
    }
  }

  #number(size: 1 | 2 | 4, end: number): Outcome {
    const outcome = this.#check(size, end);
    if (outcome !== "printed") return outcome;
    const option = this.#options;
    const sink = this.#out.sink;
    sink.char(SPACE);
    sink.decimal(size === 1 ? option.uint8(0) : size === 2 ? option.uint16(0) : option.uint32(0));
    this.#printed = size;
    return "printed";
  }

  #timestamps(end: number): Outcome {
    const option = this.#options;
    const sink = this.#out.sink;
    const outcome = this.#check(8, end);
    if (outcome !== "printed") return outcome;
    sink.phrase(VALUE);
    sink.decimal(option.uint32(0));
    sink.phrase(ECHO);
    sink.decimal(option.uint32(4));
    this.#printed = 8;
    return "printed";
  }

  #sack(end: number): Outcome {
    const sink = this.#out.sink;
    const option = this.#options;
    const length = option.length - 2;
    this.#printed = length;
    if (length % 8 !== 0) {
      sink.text(" invalid sack");
      return "printed";
    }
    const blocks = length >> 3;
    sink.char(SPACE);
    sink.decimal(blocks);
    sink.char(SPACE);
    for (let i = 0; i < blocks; i++) {
      const outcome = this.#check(8 * i + 8, end);
      if (outcome !== "printed") return outcome;
      sink.char(0x7b);
      sink.decimal((option.uint32(8 * i) - this.sackBase) >>> 0);
      sink.char(COLON);
      sink.decimal((option.uint32(8 * i + 4) - this.sackBase) >>> 0);
      sink.char(0x7d);
    }
    return "printed";
  }

  #signature(end: number): Outcome {
    const outcome = this.#check(MD5_LENGTH, end);
    if (outcome !== "printed") return outcome;
    // There is no option to give tcpdump's shared secret, so that every signature is unverified.
    this.#out.sink.text(" shared secret not supplied with -M, can't check - ");
    this.#out.hexBytes(this.#options.at + 2, MD5_LENGTH);
    this.#printed = MD5_LENGTH;
    return "printed";
  }

  #capabilities(end: number): Outcome {
    const outcome = this.#check(2, end);
    if (outcome !== "printed") return outcome;
    const { sink } = this.#out;
    sink.text(" cap ");
    sink.hex(this.#options.uint8(0), 2);
    sink.text(` id ${this.#options.uint8(1)}`);
    this.#printed = 2;
    return "printed";
  }

  #authentication(end: number): Outcome {
    const option = this.#options;
    const { sink } = this.#out;
    const length = option.length - 2;
    // RFC 5925 section 2.2: at least both key identifiers.
    if (length < 2) return "bad";
    const outcome = this.#check(length, end);
    if (outcome === "bad") return outcome;
    if (this.#check(1, end) === "cut") return "cut";
    sink.text(` keyid ${option.uint8(0)}`);
    if (this.#check(2, end) === "cut") return "cut";
    sink.text(` rnextkeyid ${option.uint8(1)}`);
    if (length > 2) {
      sink.text(" mac 0x");
      for (let i = 2; i < length; i++) {
        if (this.#check(i + 1, end) !== "printed") return "cut";
        sink.hex(option.uint8(i), 2);
      }
    }
    this.#printed = length;
    return "printed";
  }

  #userTimeout(end: number): Outcome {
    const outcome = this.#check(2, end);
    if (outcome !== "printed") return outcome;
    const { sink } = this.#out;
    const timeout = this.#options.uint16(0);
    sink.text(" 0x");
    sink.hex(timeout);
    // As tcpdump, which takes the low bit for the unit (RFC 5482 section 3 says the high one).
    const amount = timeout >> 1;
    sink.text(` ${(timeout & 1) === 0 ? amount : amount * 60}`);
    this.#printed = 2;
    return "printed";
  }

  #fastOpen(at: number, length: number): Outcome {
    const { sink } = this.#out;
    this.#printed = this.#options.length - 2;
    if (length === 0) {
      sink.text(" cookiereq");
      return "printed";
    }
    if (length < 4 || length > 16 || length % 2 !== 0) {
      sink.text("len=");
      return "bad";
    }
    sink.text(" cookie ");
    this.#out.hexBytes(at, length);
    return "printed";
  }

  #experiment(end: number): Outcome {
    const option = this.#options;
    const outcome = this.#check(2, end);
    if (outcome !== "printed") return outcome;
    const magic = option.uint16(0);
    const sink = this.#out.sink;
    sink.text("-");
    if (magic === kind.EXPERIMENT_FAST_OPEN) {
      const whole = this.#check(option.length - 2, end);
      if (whole !== "printed") return whole;
      sink.text("tfo");
      return this.#fastOpen(option.at + 4, option.length - 4);
    }
    sink.hex(magic, 4);
    this.#printed = option.length - 2;
    return "printed";
  }

  /** The data as hexadecimal. */
  #unknown(end: number): Outcome {
    const option = this.#options;
    const { sink } = this.#out;
    const length = option.length - 2;
    if (length > 0) sink.text(" 0x");
    for (let i = 0; i < length; i++) {
      const outcome = this.#check(i + 1, end);
      if (outcome !== "printed") return outcome;
      sink.hex(option.uint8(i), 2);
    }
    this.#printed = length;
    return "printed";
  }
}
