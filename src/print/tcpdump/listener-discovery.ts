import type { Output } from "./output.ts";

const RECORD_NAMES: readonly string[] = ["", "is_in", "is_ex", "to_in", "to_ex", "allow", "block"];
const RECORD_HEADER = 20;
const QUERY_HEADER = 28;

/** A message of MLD version 1 (RFC 2710 section 3). */
export function printOldListener(out: Output, at: number): void {
  if (!out.has(at, 24)) return;
  out.sink.text(`max resp delay: ${out.u16(at + 4)} addr: `);
  out.ipv6(at + 8);
}

/** A query of MLD version 2 (RFC 3810 section 5.1). */
export function printListenerQuery(out: Output, at: number, length: number): void {
  const sink = out.sink;
  const verbose = out.options.verbosity > 0;
  const code = out.u16(at + 4);
  const delay = code < 32768 ? code : ((code & 0x0fff) | 0x1000) << (((code & 0x7000) >> 12) + 3);
  if (verbose) sink.text(` [max resp delay=${delay}]`);
  if (!out.need(at + 8, 16)) return;
  sink.text(" [gaddr ");
  out.ipv6(at + 8);
  if (verbose) {
    const flags = out.u8(at + 24);
    if ((flags & 0x08) !== 0) sink.text(" sflag");
    if ((flags & 0x07) !== 0) sink.text(` robustness=${flags & 0x07}`);
    const interval = out.u8(at + 25);
    sink.text(` qqi=${interval < 128 ? interval : ((interval & 0x0f) | 0x10) << (((interval & 0x70) >> 4) + 3)}`);
  }
  const sources = out.u16(at + 26);
  if (sources > 0) {
    if (length < QUERY_HEADER + 16 * sources) sink.text(" [invalid number of sources]");
    else if (out.options.verbosity > 1) printSources(out, at + QUERY_HEADER, sources);
    else sink.text(`, ${sources} source(s)`);
  }
  sink.text("]");
}

/** A report of MLD version 2 (RFC 3810 section 5.2). */
export function printListenerReport(out: Output, at: number, length: number): void {
  const sink = out.sink;
  if (length < 8) {
    sink.text(` [invalid len ${length}]`);
    return;
  }
  const groups = out.u16(at + 6);
  sink.text(`, ${groups} group record(s)`);
  if (out.options.verbosity === 0) return;
  let group = 8;
  for (let i = 0; i < groups && !out.cut; i++) {
    if (length < group + RECORD_HEADER) {
      sink.text(" [invalid number of groups]");
      return;
    }
    sink.text(" [gaddr ");
    out.ipv6(at + group + 4);
    const kind = out.u8(at + group);
    sink.text(` ${RECORD_NAMES[kind] || ` [v2-report-#${kind}]`}`);
    const sources = out.u16(at + group + 2);
    if (length < group + RECORD_HEADER + 16 * sources) {
      sink.text(` [invalid number of sources ${sources}]`);
      return;
    }
    if (out.options.verbosity === 1) sink.text(`, ${sources} source(s)`);
    else printSources(out, at + group + RECORD_HEADER, sources);
    group += RECORD_HEADER + 16 * sources;
    sink.text("]");
  }
}

function printSources(out: Output, at: number, count: number): void {
  out.sink.text(" {");
  for (let i = 0; i < count && !out.cut; i++) {
    out.sink.text(" ");
    out.ipv6(at + 16 * i);
  }
  out.sink.text(" }");
}
