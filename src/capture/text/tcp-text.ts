import type { TcpOption } from "../encode-tcp.ts";
import { ACK, CWR, ECE, SYN } from "../../wire/tcp.ts";
import type { IpHeaderText, TcpText } from "./description.ts";
import { readOptions } from "./options-text.ts";
import type { Scanner } from "./scanner.ts";
import { flagsOfLetters } from "./tcp-flags.ts";

/** How reading of a line ended. */
export type Outcome =
  /** Nothing is missing; what is left in the line is of no interest. */
  | "complete"
  /** The line ended where more may stand: on the line after it. */
  | "open"
  /** Other words than expected. */
  | "bad";

/** A segment as far as it was read. */
export interface TcpReading {
  readonly outcome: Outcome;
  readonly tcp: Omit<TcpText, "sourcePort" | "destinationPort">;
  /** What older versions print behind the segment. */
  readonly header: IpHeaderText;
  /** Options that could not be made out. */
  readonly unknown: readonly string[];
}

/** What is being read: the fields of `TcpText`, to be filled in. */
class Draft {
  flags = 0;
  sequence: number | undefined = undefined;
  acknowledgment: number | undefined = undefined;
  window: number | undefined = undefined;
  urgentPointer: number | undefined = undefined;
  options: readonly TcpOption[] = [];
  unknown: readonly string[] = [];
  length = 0;
  header: IpHeaderText = {};

  constructor(flags: number) {
    this.flags = flags;
  }

  addOptions(text: string): void {
    const { options, unknown } = readOptions(text);
    this.options = options;
    this.unknown = unknown;
  }

  done(outcome: Outcome): TcpReading {
    const { flags, sequence, acknowledgment, window, urgentPointer, options, length } = this;
    return {
      outcome,
      tcp: {
        kind: "tcp",
        numbering: "tcpdump",
        flags,
        ...(sequence !== undefined && { sequence }),
        ...(acknowledgment !== undefined && { acknowledgment }),
        ...(window !== undefined && { window }),
        ...(urgentPointer !== undefined && { urgentPointer }),
        options,
        length,
      },
      header: this.header,
      unknown: this.unknown,
    };
  }
}

const FLAGS = /Flags \[([A-Za-z.]{1,12})\]/y;
/** The fields that a comma stands before, each at most once, in this order. */
const CHECKSUM = /,\s*cksum 0x[\da-f]{1,4}(?:\s*\([^)]{0,40}\))?/y;
const SEQUENCE = /,\s*seq (\d{1,10})(?::(\d{1,10}))?/y;
const ACKNOWLEDGMENT = /,\s*ack (\d{1,10})/y;
const WINDOW = /,\s*win (\d{1,10})/y;
const URGENT = /,\s*urg (\d{1,5})/y;
const OPTIONS = /,\s*options \[([^\]]{0,400})\]/y;
const LENGTH = /,\s*length (\d{1,6})/y;

/** Reads "Flags [S.], seq 1, ack 2, win 3, options [...], length 0"; undefined when it does not begin so. */
export function readFlagsForm(scanner: Scanner): TcpReading | undefined {
  const letters = scanner.take(FLAGS)?.[1];
  if (letters === undefined) return undefined;
  const draft = new Draft(flagsOfLetters(letters));
  if (draft.flags < 0) return draft.done("bad");
  scanner.take(CHECKSUM);
  takeNumbers(scanner, draft);
  const window = scanner.take(WINDOW)?.[1];
  if (window !== undefined) draft.window = Number(window);
  const urgent = scanner.take(URGENT)?.[1];
  if (urgent !== undefined) draft.urgentPointer = Number(urgent);
  const options = scanner.take(OPTIONS)?.[1];
  if (options !== undefined) draft.addOptions(options);
  const length = scanner.take(LENGTH)?.[1];
  if (length !== undefined) {
    draft.length = Number(length);
    return draft.done("complete");
  }
  return draft.done(isCutHere(scanner) ? "open" : "bad");
}

function takeNumbers(scanner: Scanner, draft: Draft): void {
  const sequence = scanner.take(SEQUENCE);
  if (sequence !== undefined) {
    draft.sequence = Number(sequence[1]);
    if (sequence[2] !== undefined) draft.length = (Number(sequence[2]) - draft.sequence) >>> 0;
  }
  const acknowledgment = scanner.take(ACKNOWLEDGMENT)?.[1];
  if (acknowledgment !== undefined) draft.acknowledgment = Number(acknowledgment);
}

const UNFINISHED = /,?\s*(?:[a-z]{0,8}|(?:seq|ack|win|urg|length)\s+\d{0,10}:?|options\s*(?:\[[^\]]{0,400})?)$/y;

/** Whether what is left is the beginning of a field, or nothing: the rest stands on the next line. */
function isCutHere(scanner: Scanner): boolean {
  UNFINISHED.lastIndex = scanner.at;
  return UNFINISHED.test(scanner.text);
}

const OLD_FLAGS = /(?:[SFRPUWE]{1,8}|\.)(?=\s|$)/y;
const OLD_NUMBERS = /(\d{1,10}):(\d{1,10})(?:\((\d{1,5})\))?/y;
const OLD_FIELD = /(ack|win|urg) (\d{1,10})/y;
const OLD_OPTIONS = /<([^<>]{0,400})>/y;
const OLD_HEADER = /\((?:DF|ttl \d|frag )[^()]{0,80}\)|\[tos 0x[\da-f]{1,2}[^\]]{0,40}\]/y;
const OLD_REMARK = /\[(?:tcp sum ok|bad tcp cksum [^\]]{0,40}|ECN-Echo|CWR|\|tcp)[^\]]{0,10}\]|\(correct\)/y;

/** Reads "S 671112193:671112193(0) ack 2 win 4128 <mss 1024> (DF)": what tcpdump printed before version 4. */
export function readLettersForm(scanner: Scanner): TcpReading | undefined {
  const start = scanner.at;
  const letters = scanner.take(OLD_FLAGS)?.[0];
  if (letters === undefined) return undefined;
  const draft = new Draft(flagsOfLetters(letters));
  if (letters === ".") draft.flags = ACK;
  scanner.skipSpace();
  takeOldNumbers(scanner, draft);
  while (takeOldField(scanner, draft)) scanner.skipSpace();
  const hasContent = draft.sequence !== undefined || draft.acknowledgment !== undefined;
  if (!hasContent && letters !== ".") {
    scanner.at = start;
    return undefined;
  }
  if (draft.acknowledgment !== undefined) draft.flags |= ACK;
  else draft.flags &= ~ACK;
  if (scanner.isAtEnd) return draft.done("open");
  return draft.done(isForeign(scanner) ? "bad" : "complete");
}

function takeOldNumbers(scanner: Scanner, draft: Draft): void {
  const numbers = scanner.take(OLD_NUMBERS);
  if (numbers === undefined) return;
  draft.sequence = Number(numbers[1]);
  draft.length = numbers[3] === undefined ? (Number(numbers[2]) - draft.sequence) >>> 0 : Number(numbers[3]);
  scanner.skipSpace();
}

function takeOldField(scanner: Scanner, draft: Draft): boolean {
  const field = scanner.take(OLD_FIELD);
  if (field !== undefined) {
    if (field[1] === "ack") draft.acknowledgment = Number(field[2]);
    else if (field[1] === "win") draft.window = Number(field[2]);
    else draft.urgentPointer = Number(field[2]);
    return true;
  }
  const options = scanner.take(OLD_OPTIONS)?.[1];
  if (options !== undefined) {
    draft.addOptions(options);
    return true;
  }
  const header = scanner.take(OLD_HEADER)?.[0];
  if (header !== undefined) {
    draft.header = { ...draft.header, ...oldHeader(header) };
    return true;
  }
  const remark = scanner.take(OLD_REMARK)?.[0];
  if (remark === "[ECN-Echo]") draft.flags |= ECE;
  if (remark === "[CWR]") draft.flags |= CWR;
  return remark !== undefined;
}

/** "(DF)", "(ttl 64, id 123)", "[tos 0x10]". */
function oldHeader(text: string): IpHeaderText {
  const ttl = /ttl (\d{1,3})/.exec(text)?.[1];
  const identification = /id (\d{1,5})/.exec(text)?.[1];
  const tos = /tos 0x([\da-f]{1,2})/.exec(text)?.[1];
  return {
    ...(text.includes("DF") && { dontFragment: true }),
    ...(ttl !== undefined && { ttl: Number(ttl) }),
    ...(identification !== undefined && { identification: Number(identification) }),
    ...(tos !== undefined && { typeOfService: Number.parseInt(tos, 16) }),
  };
}

/** What stands behind a segment may be a remark of an article, but not more of a protocol. */
function isForeign(scanner: Scanner): boolean {
  return /^\d{1,10}:\d/.test(scanner.rest());
}

/** Whether a segment whose text ended early can still stand: SYN, FIN and RST mostly carry no data. */
export function isEnough({ tcp }: TcpReading): boolean {
  if ((tcp.flags & ACK) !== 0 && tcp.acknowledgment === undefined) return false;
  return tcp.sequence !== undefined || (tcp.flags & SYN) === 0;
}
