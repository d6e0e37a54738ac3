import { etherTypeName } from "./ethertype-names.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

/** Version, family, kind of hook, length, interface, group, zones of source and destination. */
const HEADER = 24;
const FAMILY_NAMES: ReadonlyMap<number, string> = new Map([
  [2, "IPv4"],
  [26, "IPv6"],
]);

/** Prints a packet as Solaris' ipnet devices give it; where it starts. */
export function printIpnet(out: Output, network: Network, at: number, length: number): number {
  out.protocol = "ipnet";
  if (!out.has(at, HEADER)) {
    out.truncated("ipnet");
    return out.limit;
  }
  const payloadAt = at + HEADER;
  const name = FAMILY_NAMES.get(out.u8(at + 1));
  if (out.options.linkLayer || name === undefined) printHeader(out, at, length);
  if (name === "IPv4") network.ipv4.print(payloadAt, length - HEADER);
  else if (name === "IPv6") network.ipv6.print(payloadAt, length - HEADER);
  else out.dumpUnknown(payloadAt, length - HEADER);
  return payloadAt;
}

function printHeader(out: Output, at: number, length: number): void {
  const { sink } = out;
  const family = out.u8(at + 1);
  const name = FAMILY_NAMES.get(family);
  sink.text(`${out.u32(at + 16)} > ${out.u32(at + 20)}, `);
  if (!out.options.quiet) sink.text(`family ${name ?? "Unknown"} (${family})`);
  else sink.text(name ?? etherTypeName(family) ?? `Unknown Ethertype (0x${family.toString(16).padStart(4, "0")})`);
  sink.text(`, length ${length}: `);
}
