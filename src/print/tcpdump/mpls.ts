import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

const RESERVED_NAMES: readonly string[] = ["IPv4 explicit NULL", "router alert", "IPv6 explicit NULL", "implicit NULL"];
const IPV6_EXPLICIT_NULL = 2;
const IPV4_EXPLICIT_NULL = 0;

/** Prints an MPLS label stack (RFC 3032) and what is below it, told by its first byte. */
export function printMpls(out: Output, network: Network, start: number, length: number): void {
  const sink = out.sink;
  out.protocol = "mpls";
  sink.text("MPLS");
  let at = start;
  let left = length;
  let label = 0;
  for (let isLast = false; !isLast;) {
    if (left < 4) {
      out.invalid();
      return;
    }
    if (!out.has(at, 4)) {
      out.truncated("mpls");
      return;
    }
    const entry = out.u32(at);
    label = entry >>> 12;
    isLast = (entry & 0x100) !== 0;
    sink.text(out.options.verbosity > 0 && at > start ? "\n\t(label " : " (label ");
    sink.text(String(label));
    if (out.options.verbosity > 0 && label < RESERVED_NAMES.length) sink.text(` (${RESERVED_NAMES[label]!})`);
    sink.text(`, tc ${(entry >>> 9) & 7}${isLast ? ", [S]" : ""}, ttl ${entry & 0xff})`);
    at += 4;
    left -= 4;
  }
  printPayload(out, network, at, left, label);
}

function printPayload(out: Output, network: Network, at: number, length: number, label: number): void {
  if (length < 1 || !out.has(at, 1)) {
    if (length >= 1) out.truncated("mpls");
    return;
  }
  const first = out.u8(at);
  let version = first >> 4;
  if (version !== 4 && version !== 6) version = 0;
  // An explicit NULL label says what follows, whatever the bytes look like.
  if (label === IPV4_EXPLICIT_NULL && first >= 0x45 && first <= 0x4f) version = 4;
  else if (label === IPV6_EXPLICIT_NULL && first >= 0x60 && first <= 0x6f) version = 6;
  else if (!(first >= 0x45 && first <= 0x4f) && !(first >= 0x60 && first <= 0x6f)) version = 0;
  if (version === 0) {
    if (!(out.options.quiet && out.options.verbosity === 0)) out.dump(at, length);
    return;
  }
  out.sink.text(out.options.verbosity > 0 ? "\n\t" : " ");
  if (version === 4) network.ipv4.print(at, length);
  else network.ipv6.print(at, length);
}
