import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

const HEADER = 4;
const DIRECTIONS: readonly string[] = ["unknown", "unused", "egress", "ingress"];
const SUBTYPES: readonly string[] = ["unknown", "single VLAN tag", "double VLAN tag", "untagged"];
const TYPES: ReadonlyMap<number, string> = new Map([
  [4, "undecided"],
  [5, "ipv4"],
  [6, "ipv6"],
  [7, "ethernet"],
]);
const UNDECIDED = 4;
const IPV4 = 5;
const IPV6 = 6;
const ETHERNET = 7;

/** Prints Broadcom's shim header of lawful interception, with `-v` also the packet behind it. */
export function printBroadcomShim(out: Output, network: Network, at: number, length: number): void {
  const { sink } = out;
  out.protocol = "bcm_li";
  if (length < HEADER) {
    sink.text(` (length ${length} < ${HEADER})`);
    out.invalid();
    return;
  }
  const word = out.u32(at);
  const direction = word >>> 29;
  const type = (word >>> 25) & 0xf;
  const subtype = (word >>> 22) & 7;
  const isVerbose = out.options.verbosity > 0;
  if (isVerbose && !out.cut) sink.text("\n    ");
  sink.text(
    `BCM-LI-SHIM: direction ${DIRECTIONS[direction] ?? "unknown"}, pkt-type ${TYPES.get(type) ?? "unknown"}, ` +
      `pkt-subtype ${SUBTYPES[subtype] ?? "unknown"}, li-id ${word & 0x3fffff}`,
  );
  if (!isVerbose) {
    out.need(at, length);
    return;
  }
  sink.text("\n    ");
  printPacket(out, network, type, at + HEADER, length - HEADER);
}

function printPacket(out: Output, network: Network, type: number, at: number, length: number): void {
  switch (type) {
    case UNDECIDED:
      printUndecided(out, network, at, length);
      break;
    case IPV4:
      network.ipv4.print(at, length);
      break;
    case IPV6:
      network.ipv6.print(at, length);
      break;
    case ETHERNET:
      network.ethernet.print(at, length);
      break;
    default:
      out.invalid();
  }
}

/** A packet whose first half byte is to tell what it is. */
function printUndecided(out: Output, network: Network, at: number, length: number): void {
  const version = out.u8(at) >> 4;
  if (version === 4) network.ipv4.print(at, length);
  else if (version === 6) network.ipv6.print(at, length);
  else out.sink.text("unknown payload");
}
