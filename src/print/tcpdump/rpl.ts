import type { Output } from "./output.ts";

const OPTION_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "pad0"],
  [1, "padN"],
  [2, "metrics"],
  [3, "routinginfo"],
  [4, "config"],
  [5, "rpltarget"],
  [6, "transitinfo"],
  [8, "destprefix"],
  [9, "rpltargetdesc"],
]);

const MODES: readonly string[] = ["nonstoring", "storing", "nonstoring-multicast", "storing-multicast"];

/** Prints a message of the routing protocol for low-power networks (RFC 6550 section 6); `at`: behind the checksum. */
export function printRpl(out: Output, code: number, at: number, length: number): void {
  const sink = out.sink;
  if ((code & 0x80) !== 0) {
    sink.text(", (SEC) [worktodo]");
    return;
  }
  sink.text(", (CLR)");
  const verbose = out.options.verbosity > 0;
  switch (code) {
    case 0:
      sink.text("DODAG Information Solicitation");
      break;
    case 1:
      sink.text("DODAG Information Object");
      if (verbose) printInformation(out, at, length);
      break;
    case 2:
      sink.text("Destination Advertisement Object");
      if (verbose) printAdvertisement(out, at, length);
      break;
    case 3:
      sink.text("Destination Advertisement Object Ack");
      if (verbose) printAcknowledgment(out, at, length);
      break;
    default:
      sink.text(`RPL message, unknown code ${code}`);
  }
}

function printInformation(out: Output, at: number, length: number): void {
  const sink = out.sink;
  if (length < 24) {
    sink.text(` [length ${length} < 24]`);
    out.invalid();
    return;
  }
  if (!out.need(at + 8, 16)) return;
  const mode = out.u8(at + 4);
  const kind = (mode >> 3) & 7;
  sink.text(" [dagid:");
  out.ipv6(at + 8);
  sink.text(
    `,seq:${out.u8(at + 5)},instance:${out.u8(at)},rank:${out.u16(at + 2)},${(mode & 0x80) !== 0 ? "grounded," : ""}` +
      `mop:${MODES[kind] ?? `mop${kind}`},prf:${mode & 7}]`,
  );
  if (out.options.verbosity > 1) printOptions(out, at + 24, length - 24);
}

function printAdvertisement(out: Output, at: number, length: number): void {
  const sink = out.sink;
  if (length < 4) {
    sink.text(" [|length too short]");
    return;
  }
  const flags = out.u8(at + 1);
  const hasIdentifier = (flags & 0x40) !== 0;
  const size = hasIdentifier ? 20 : 4;
  if (length < size) {
    sink.text(" [|length too short]");
    return;
  }
  if (!out.need(at, size)) return;
  sink.text(" [dagid:");
  if (hasIdentifier) out.ipv6(at + 4);
  else sink.text("<elided>");
  sink.text(
    `,seq:${out.u8(at + 3)},instance:${out.u8(at)}${(flags & 0x80) !== 0 ? ",acK" : ""}${hasIdentifier ? ",Dagid" : ""},`,
  );
  sink.hex(flags, 2);
  sink.text("]");
  if (out.options.verbosity > 1) printOptions(out, at + size, length - size);
}

function printAcknowledgment(out: Output, at: number, length: number): void {
  const sink = out.sink;
  const hasIdentifier = length >= 4 && (out.u8(at + 1) & 0x80) !== 0;
  const size = hasIdentifier ? 20 : 4;
  if (length < size) {
    sink.text(" [|dao-length too short]");
    return;
  }
  if (!out.need(at, size)) return;
  sink.text(" [dagid:");
  if (hasIdentifier) out.ipv6(at + 4);
  else sink.text("<elided>");
  sink.text(`,seq:${out.u8(at + 2)},instance:${out.u8(at)},status:${out.u8(at + 3)}]`);
  if (out.options.verbosity > 1) printOptions(out, at + size, length - size);
}

function printOptions(out: Output, from: number, length: number): void {
  const sink = out.sink;
  let left = length;
  for (let at = from; left > 0 && !out.cut;) {
    const type = out.u8(at);
    if (type === 0) {
      sink.text(" opt:pad0");
      at += 1;
      left -= 1;
      continue;
    }
    if (left < 2) return;
    const size = out.u8(at + 1) + 2;
    sink.text(` opt:${OPTION_NAMES.get(type) ?? `subopt:${type}`} len:${size} `);
    if (size > left || !out.need(at + 2, size - 2)) return;
    if (out.options.verbosity > 2) out.hexLines(at + 2, size - 2, " ");
    at += size;
    left -= size;
  }
}
