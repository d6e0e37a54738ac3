import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

/** Address family, version, resource. */
const HEADER = 4;
/** In front of each field: its length, with these bytes, and its type. */
const FIELD_HEADER = 4;
const PAYLOAD = 9;
const FAMILY_NAMES: ReadonlyMap<number, string> = new Map([
  [2, "IPv4"],
  [10, "IPv6"],
]);

/** Prints a message of Linux netfilter's logging; where the packet in it starts. */
export function printNflog(out: Output, network: Network, at: number, length: number): number {
  const { sink } = out;
  out.protocol = "nflog";
  if (!out.has(at, HEADER) || length < HEADER) {
    out.truncated("nflog");
    return out.limit;
  }
  const version = out.u8(at + 1);
  if (version !== 0) {
    sink.text(`version ${version} (unknown)`);
    return at;
  }
  if (out.options.linkLayer) printHeader(out, at, length);
  const payloadAt = findPayload(out, at + HEADER, at + length);
  if (out.cut) return out.limit;
  const left = length - (payloadAt - at);
  const name = FAMILY_NAMES.get(out.u8(at));
  if (name === "IPv4") network.ipv4.print(payloadAt, left);
  else if (name === "IPv6") network.ipv6.print(payloadAt, left);
  else {
    if (!out.options.linkLayer) printHeader(out, at, left + FIELD_HEADER);
    out.dumpUnknown(payloadAt, left);
  }
  return payloadAt;
}

/** Where the field with the packet starts, or the fields end; cuts the line where a field does. */
function findPayload(out: Output, from: number, end: number): number {
  let at = from;
  while (at < end) {
    if (!out.need(at, FIELD_HEADER)) return at;
    // In the byte order of who captured, which is not told: the one of which the field fits.
    const isLittle = at + out.view.getUint16(at, true) <= out.limit;
    // Fields begin at multiples of four bytes.
    const size = (out.view.getUint16(at, isLittle) + 3) & ~3;
    const type = out.view.getUint16(at + 2, isLittle);
    if (size < FIELD_HEADER) {
      out.cutHere();
      return at;
    }
    if (!out.need(at, size)) return at;
    if (type === PAYLOAD) return at + FIELD_HEADER;
    at += size;
  }
  return at;
}

function printHeader(out: Output, at: number, length: number): void {
  const { sink } = out;
  const family = out.u8(at);
  const name = FAMILY_NAMES.get(family);
  sink.text(`version ${out.u8(at + 1)}, resource ID ${out.u16(at + 2)}, `);
  if (!out.options.quiet) sink.text(`family ${name ?? "Unknown"} (${family})`);
  else sink.text(name ?? `Unknown NFLOG (0x${family.toString(16).padStart(2, "0")})`);
  sink.text(`, length ${length}: `);
}
