import type { TcpOption } from "../encode-tcp.ts";

/** The options of a list, and those that could not be made out. */
interface OptionsText {
  readonly options: readonly TcpOption[];
  readonly unknown: readonly string[];
}

/** Reads a list of options as tcpdump prints it, in either of its forms: "mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7", "mss 512, nop, wscale 0, timestamp 1 0". */
export function readOptions(text: string): OptionsText {
  const options: TcpOption[] = [];
  const unknown: string[] = [];
  for (const word of parts(text)) {
    const read = readOption(word);
    if (read === undefined) unknown.push(word);
    else options.push(...read);
  }
  return { options, unknown };
}

/** Options are parted by commas; those within braces belong to a list of blocks. */
function parts(text: string): string[] {
  return text
    .replaceAll(/\{[^{}]{0,60}\}/g, (blocks) => blocks.replaceAll(",", ";"))
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function readOption(text: string): TcpOption[] | undefined {
  const [word = "", first, second, third, fourth] = text.split(/\s+/, 6);
  switch (word) {
    case "nop":
    case "eol":
      return [{ kind: word }];
    case "mss":
      return one(first, 0xffff, (value) => ({ kind: "mss", value }));
    case "wscale":
    case "ws":
      return one(first, 0xff, (shift) => ({ kind: "wscale", shift }));
    case "sackOK":
    case "sackPermitted":
      return [{ kind: "sackOK" }];
    case "sack":
      return sackOf(text);
    case "TS":
      return first === "val" && third === "ecr" ? timestamps(second, fourth) : undefined;
    case "timestamp":
      return timestamps(first, second);
    case "tfo":
      return fastOpen(text);
    default:
      return other(word, first);
  }
}

function one(text: string | undefined, most: number, make: (value: number) => TcpOption): TcpOption[] | undefined {
  const value = wholeNumber(text, most);
  return value === undefined ? undefined : [make(value)];
}

function timestamps(value: string | undefined, echo: string | undefined): TcpOption[] | undefined {
  const [own, other] = [wholeNumber(value, 0xffffffff), wholeNumber(echo, 0xffffffff)];
  return own === undefined || other === undefined ? undefined : [{ kind: "timestamps", value: own, echo: other }];
}

/** "sack 2 {1:2}{5:6}", of older versions "sack sack 1 {1:2}"; without blocks, as articles write it in a SYN: the permission. */
function sackOf(text: string): TcpOption[] {
  const blocks = [...text.matchAll(/\{(\d{1,10}):(\d{1,10})\}/g)].map(
    ([, left, right]) => [Number(left) >>> 0, Number(right) >>> 0] as const,
  );
  return blocks.length === 0 ? [{ kind: "sackOK" }] : [{ kind: "sack", blocks: blocks.slice(0, 4) }];
}

function fastOpen(text: string): TcpOption[] | undefined {
  if (/^tfo\s+cookiereq$/.test(text)) return [{ kind: "fastOpen", cookie: new Uint8Array(0) }];
  const hex = /^tfo\s+cookie\s+((?:[\da-f]{2}){4,16})$/.exec(text)?.[1];
  return hex === undefined ? undefined : [{ kind: "fastOpen", cookie: bytesOf(hex) }];
}

/** "unknown-77 0x0102" and, of older versions, "opt-77:0102". */
function other(word: string, data: string | undefined): TcpOption[] | undefined {
  const [, number, attached] = /^(?:unknown-|opt-)(\d{1,3})(?::([\da-f]*))?$/.exec(word) ?? [];
  const hex = attached ?? data?.replace(/^0x/, "") ?? "";
  if (number === undefined || Number(number) > 0xff || hex.length > 76 || !/^(?:[\da-f]{2})*$/.test(hex))
    return undefined;
  return [{ kind: "other", number: Number(number), data: bytesOf(hex) }];
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

function wholeNumber(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}
