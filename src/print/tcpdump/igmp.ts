import { addWords, foldSum } from "../../wire/checksum.ts";
import * as igmp from "../../wire/igmp.ts";
import type { Output } from "./output.ts";

const RECORD_NAMES: readonly string[] = ["", "is_in", "is_ex", "to_in", "to_ex", "allow", "block"];
/** Ten seconds in tenths: the usual response time, which is not printed. */
const USUAL_RESPONSE_TIME = 100;

/** Prints IGMP messages of all versions (RFC 1112, RFC 2236, RFC 3376). */
export function printIgmp(out: Output, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "igmp";
  if (out.options.quiet) {
    sink.text("igmp");
    return;
  }
  const type = out.u8(at);
  switch (type) {
    case igmp.IGMP_QUERY:
      sink.text("igmp query");
      if (length >= igmp.IGMP_V3_QUERY) printQuery3(out, at, length);
      else printQuery(out, at, length);
      break;
    case igmp.IGMP_V1_REPORT:
    case igmp.IGMP_V2_REPORT:
      if (!out.need(at + 4, 4)) return;
      sink.text(type === igmp.IGMP_V1_REPORT ? "igmp v1 report " : "igmp v2 report ");
      out.ipv4(at + 4);
      if (type === igmp.IGMP_V1_REPORT && length !== igmp.IGMP_MESSAGE) sink.text(` [len ${length}]`);
      break;
    case igmp.IGMP_V3_REPORT:
      sink.text("igmp v3 report");
      printReport3(out, at, length);
      break;
    case igmp.IGMP_LEAVE:
      if (!out.need(at + 4, 4)) return;
      sink.text("igmp leave ");
      out.ipv4(at + 4);
      break;
    case igmp.IGMP_DVMRP:
      sink.text("igmp dvmrp");
      if (length < 8) sink.text(` [len ${length}]`);
      break;
    case igmp.IGMP_PIM:
      sink.text("igmp pimv1");
      break;
    case igmp.IGMP_TRACE_RESPONSE:
      printTrace(out, "mresp", at, length);
      break;
    case igmp.IGMP_TRACE:
      printTrace(out, "mtrace", at, length);
      break;
    default:
      sink.text(`igmp-${type}`);
  }
  if (out.options.verbosity > 0 && out.has(at, length) && foldSum(addWords(out.view, at, at + length, 0)) !== 0xffff) {
    sink.text(" bad igmp cksum ");
    sink.hex(out.u16(at + 2));
    sink.text("!");
  }
}

function printQuery(out: Output, at: number, length: number): void {
  const sink = out.sink;
  const responseTime = out.u8(at + 1);
  if (responseTime !== 0) {
    sink.text(" v2");
    if (responseTime !== USUAL_RESPONSE_TIME) sink.text(` [max resp time ${responseTime}]`);
  } else {
    sink.text(" v1");
  }
  if (out.u32(at + 4) !== 0) {
    sink.text(" [gaddr ");
    out.ipv4(at + 4);
    sink.text("]");
  }
  if (length !== igmp.IGMP_MESSAGE) sink.text(` [len ${length}]`);
}

function printQuery3(out: Output, at: number, length: number): void {
  const sink = out.sink;
  sink.text(" v3");
  if ((length & 3) !== 0) {
    sink.text(` [invalid len ${length}]`);
    return;
  }
  const code = out.u8(at + 1);
  const responseTime = igmp.decodedTime(code);
  if (code !== USUAL_RESPONSE_TIME) {
    sink.text(" [max resp time ");
    sink.text(responseTime < 600 ? `${(responseTime * 0.1).toFixed(1)}s` : durationText(Math.floor(responseTime / 10)));
    sink.text("]");
  }
  if (out.u32(at + 4) === 0) return;
  sink.text(" [gaddr ");
  out.ipv4(at + 4);
  const sources = out.u16(at + 10);
  if (sources > 0) {
    if (length < igmp.IGMP_V3_QUERY + 4 * sources) sink.text(" [invalid number of sources]");
    else if (out.options.verbosity > 1) printSources(out, at + igmp.IGMP_V3_QUERY, sources);
    else sink.text(`, ${sources} source(s)`);
  }
  sink.text("]");
}

function printSources(out: Output, at: number, count: number): void {
  out.sink.text(" {");
  for (let i = 0; i < count && !out.cut; i++) {
    out.sink.text(" ");
    out.ipv4(at + 4 * i);
  }
  out.sink.text(" }");
}

function printReport3(out: Output, at: number, length: number): void {
  const sink = out.sink;
  if (length < 16 || (length & 3) !== 0) {
    sink.text(` [invalid len ${length}]`);
    return;
  }
  const groups = out.u16(at + 6);
  sink.text(`, ${groups} group record(s)`);
  if (out.options.verbosity === 0) return;
  let group = 8;
  for (let i = 0; i < groups && !out.cut; i++) {
    if (length < group + 8) {
      sink.text(" [invalid number of groups]");
      return;
    }
    if (!out.need(at + group + 4, 4)) return;
    sink.text(" [gaddr ");
    out.ipv4(at + group + 4);
    const kind = out.u8(at + group);
    sink.text(` ${RECORD_NAMES[kind] || ` [v3-report-#${kind}]`}`);
    const sources = out.u16(at + group + 2);
    if (length < group + 8 + 4 * sources) {
      sink.text(` [invalid number of sources ${sources}]`);
      return;
    }
    if (out.options.verbosity === 1) sink.text(`, ${sources} source(s)`);
    else printSources(out, at + group + 8, sources);
    group += 8 + 4 * sources;
    sink.text("]");
  }
}

function printTrace(out: Output, name: string, at: number, length: number): void {
  const sink = out.sink;
  if (!out.need(at + 8, 16)) return;
  if (length < 24) {
    sink.text(` [invalid len ${length}]`);
    return;
  }
  const last = out.u32(at + 20);
  sink.text(`${name} ${last & 0xffffff}: `);
  out.ipv4(at + 8);
  sink.text(" to ");
  out.ipv4(at + 12);
  sink.text(" reply-to ");
  out.ipv4(at + 16);
  if (out.u8(at + 16) >> 4 === 0xe) sink.text(` with-ttl ${last >>> 24}`);
}

const UNITS: readonly (readonly [string, number])[] = [
  ["w", 604800],
  ["d", 86400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
];

/** Seconds as "1h2m3s"; units that are zero are left out. */
export function durationText(seconds: number): string {
  if (seconds === 0) return "0s";
  let rest = seconds;
  let text = "";
  if (rest < 0) {
    text = "-";
    rest = -rest;
  }
  for (const [letter, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${letter}`;
    rest -= count * size;
  }
  return text;
}
