import type { TimeText } from "./description.ts";
import { readPacket, type LineStart } from "./tcpdump-lines.ts";
import { columnTime } from "./time-text.ts";

/** A line of a trace as in TCP/IP Illustrated: number, time since the start, (time since the line before), and what tcpdump printed in 1993. */
interface StevensStart extends LineStart {
  readonly number?: number;
}

const NUMBERED = /^\s{0,20}(\d{1,6})[.:)]?\s+(\d{1,7}\.\d{1,6})\s+(?:\((\d{1,6}\.\d{1,6})\)\s*)?/;
const UNNUMBERED = /^\s{0,20}(\d{1,7}\.\d{1,6})\s+(?:\((\d{1,6}\.\d{1,6})\)\s*)?/;
const ENDPOINTS = /^(?:\S{1,300}\.[\w-]{1,40} > \S{1,300}\.[\w-]{1,40}: |arp |\S{1,300} > \S{1,300}: icmp: )/;

/** Where a packet of Stevens' form begins in this line; undefined when none does. */
export function findStevens(line: string): StevensStart | undefined {
  const numbered = NUMBERED.exec(line);
  const match = numbered ?? UNNUMBERED.exec(line);
  if (match === null) return undefined;
  // Columns of a table pasted with tabs: within the packet they are spaces.
  const text = line.slice(match[0].length).replaceAll("\t", " ");
  if (!ENDPOINTS.test(text)) return undefined;
  const time: TimeText | undefined = columnTime((numbered === null ? match[1] : match[2]) ?? "");
  if (time === undefined) return undefined;
  return { time, text, ...(numbered !== null && { number: Number(numbered[1]) }) };
}

const BARE =
  /^\s{0,20}(?:\d{1,6}[.:)]?\s+)?(\S{1,300}\.[\w-]{1,40} > \S{1,300}\.[\w-]{1,40}: (?:[SFRPUWE]{1,8}|\.) .{0,300})$/;

/** The same without any time, as books print single lines. */
export function findBare(line: string): StevensStart | undefined {
  const text = BARE.exec(line)?.[1]?.replaceAll("\t", " ");
  return text !== undefined && readPacket(text).isEnough ? { time: { kind: "none" }, text } : undefined;
}

/** What continues a line of old form on the next one. */
const CONTINUATION = /^\s*(?:ack \d|win \d|urg \d|<[a-z]|\(DF\)|\(ttl |\[tos )/;

export function continuesOldForm(line: string): boolean {
  return CONTINUATION.test(line);
}
