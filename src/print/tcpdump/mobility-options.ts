import type { Output } from "./output.ts";

const PAD_1 = 0;
const PAD_N = 1;
const REFRESH = 2;
const ALTERNATE_ADDRESS = 3;
const NONCES = 4;
const AUTHENTICATION = 5;

/** Bytes that an option takes at least, and how it is called where it has fewer. */
const LEAST: ReadonlyMap<number, readonly [length: number, name: string]> = new Map([
  [PAD_N, [2, "padn"]],
  [REFRESH, [4, "refresh"]],
  [ALTERNATE_ADDRESS, [18, "altcoa"]],
  [NONCES, [6, "ni"]],
  [AUTHENTICATION, [12, "auth"]],
]);

/** Prints the options of a Mobility header (RFC 6275 section 6.2). As tcpdump, asks for a byte behind each. */
export function printMobilityOptions(out: Output, from: number, length: number): void {
  const end = from + length;
  for (let at = from; at < end;) {
    const type = out.u8(at);
    if (type !== PAD_1 && at + 1 >= end) {
      out.cutHere();
      return;
    }
    const size = type === PAD_1 ? 1 : out.u8(at + 1) + 2;
    if (at + size > end || !out.has(at + size, 1)) {
      out.cutHere();
      return;
    }
    const [least = 0, name = ""] = LEAST.get(type) ?? [];
    if (end - at < least) {
      out.sink.text(`(${name}: trunc)`);
      out.cutHere();
      return;
    }
    printOption(out, type, at, size);
    at += size;
  }
}

function printOption(out: Output, type: number, at: number, size: number): void {
  const { sink } = out;
  switch (type) {
    case PAD_1:
      sink.text("(pad1)");
      break;
    case PAD_N:
      sink.text("(padn)");
      break;
    case REFRESH:
      // In units of four seconds.
      sink.text(`(refresh: ${out.u16(at + 2) * 4})`);
      break;
    case ALTERNATE_ADDRESS:
      sink.text("(alt-CoA: ");
      out.ipv6(at + 2);
      sink.text(")");
      break;
    case NONCES:
      sink.text("(ni: ho=0x");
      sink.hex(out.u16(at + 2), 4);
      sink.text(" co=0x");
      sink.hex(out.u16(at + 4), 4);
      sink.text(")");
      break;
    case AUTHENTICATION:
      sink.text("(auth)");
      break;
    default:
      sink.text("(type-0x");
      sink.hex(type, 2);
      sink.text(`: len=${size - 2})`);
  }
}
