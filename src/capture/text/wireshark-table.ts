import { isIP } from "node:net";
import type { ArpText, IpText, PacketText, UnknownText } from "./description.ts";
import { columnTime } from "./time-text.ts";
import { readArpInfo, readInfo } from "./wireshark-info.ts";

/** Rows of a packet list: what tshark prints, and what is copied or exported from Wireshark with tabs, commas or spaces between the columns. */

/** Whether the line names the columns. */
export function isTableHeader(line: string): boolean {
  const words = new Set(
    line
      .toLowerCase()
      .match(/[a-z]+/g)
      ?.slice(0, 40),
  );
  return words.has("time") && words.has("source") && words.has("destination") && words.has("protocol");
}

const MAC = /^(?:[\da-f]{2}:){5}[\da-f]{2}$/i;
const LABEL = /^[A-Za-z][\w./+-]{0,30}$/;
const NAME = /^[A-Za-z0-9](?:[\w.-]{0,250}\w)?(?:_[\da-f:]{2,17})?$/;
const IDENTIFICATION = /^0x[\da-f]{1,4}$/i;
const TTL = /^\(([\da-f]{1,2})\)$/i;
const DATE = /^\d{4}-\d\d-\d\d$/;
const ARROW = /^(?:→|->|>|\u279d)$/;
/** Words before the time: the number, and columns of one's own. */
const MAX_TIME_AT = 6;

/** One row. With `named`, which a header above the rows allows, hosts may be names. */
export function readRow(line: string, number: number, named: boolean): PacketText | undefined {
  const words = wordsOf(line);
  const timeAt = findTimeColumn(words);
  if (timeAt < 0) return undefined;
  const hasDate = DATE.test(words[timeAt] ?? "");
  const time = columnTime(hasDate ? `${words[timeAt]} ${words[timeAt + 1]}` : (words[timeAt] ?? ""));
  if (time === undefined) return undefined;
  let at = timeAt + (hasDate ? 2 : 1);
  const source = words[at++] ?? "";
  if (ARROW.test(words[at] ?? "")) at++;
  const destination = words[at++] ?? "";
  const protocol = words[at++] ?? "";
  if (!areHosts(source, destination, named) || !LABEL.test(protocol)) return undefined;
  const length = /^\d{1,6}$/.test(words[at] ?? "") ? Number(words[at++]) : undefined;
  const row = words[timeAt - 1];
  return {
    line: number,
    time,
    content: contentOf(source, destination, protocol, words.slice(at).join(" "), words.slice(0, timeAt)),
    ...(length !== undefined && { wireLength: length }),
    ...(row !== undefined && /^\d{1,9}$/.test(row) && { number: Number(row) }),
  };
}

/** The words of a row, whatever parts its columns. */
function wordsOf(line: string): string[] {
  let text = line;
  if (/^\s*"/.test(text)) text = text.replaceAll('","', "\t").replaceAll('"', "");
  else if (/^\s*\|/.test(text)) text = text.replaceAll("|", " ");
  return text.split(/[\t ]+/, 120).filter((word) => word !== "");
}

/** Index of the word that is a time, or of the date before it; -1: there is none. A number must stand before it, or nothing. */
function findTimeColumn(words: readonly string[]): number {
  for (let at = 0; at < Math.min(MAX_TIME_AT, words.length); at++) {
    const word = words[at] ?? "";
    const isTime = DATE.test(word) || /^(?:\d{1,11}|\d\d:\d\d:\d\d)\.\d{1,9}$/.test(word);
    if (isTime && (at === 0 || /^\d{1,9}$/.test(words[at - 1] ?? ""))) return at;
  }
  return -1;
}

function areHosts(source: string, destination: string, named: boolean): boolean {
  if (isIP(source) !== 0 && isIP(destination) !== 0) return true;
  const isLink = (word: string): boolean => MAC.test(word) || word === "Broadcast";
  if (isLink(source) && isLink(destination)) return true;
  return named && NAME.test(source) && NAME.test(destination);
}

function contentOf(
  source: string,
  destination: string,
  protocol: string,
  info: string,
  before: readonly string[],
): IpText | ArpText | UnknownText {
  if (protocol === "ARP") return readArpInfo(info) ?? { kind: "unknown", reason: "an ARP message of another kind" };
  const transport = readInfo(info, protocol);
  if (transport === undefined && protocol.startsWith("ICMP")) return { kind: "unknown", reason: "an ICMP message" };
  return {
    kind: "ip",
    source,
    destination,
    header: headerOf(before),
    transport: transport ?? { kind: "application", protocol },
  };
}

/** Columns of one's own before the number: the IP identification as 0x1234, the TTL in parentheses, in hexadecimal digits. */
function headerOf(before: readonly string[]): IpText["header"] & object {
  const identification = before.find((word) => IDENTIFICATION.test(word));
  const ttl = before.map((word) => TTL.exec(word)?.[1]).find((digits) => digits !== undefined);
  return {
    ...(identification !== undefined && { identification: Number(identification) }),
    ...(ttl !== undefined && { ttl: Number.parseInt(ttl, 16) }),
  };
}
