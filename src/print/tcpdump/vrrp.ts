import { addWords, foldSum, pseudoHeaderSum } from "../../wire/checksum.ts";
import { PROTOCOL_VRRP } from "../../wire/protocol.ts";
import type { Output } from "./output.ts";

/** Where the TTL of an IPv4 header and the hop limit of an IPv6 header are. */
const TTL = 8;
const HOP_LIMIT = 7;
/** What a router must have sent it with (RFC 9568 section 5.1.1.3). */
const ONLY_TTL = 255;

const ADVERTISEMENT = 1;
const AUTHENTICATIONS: readonly string[] = ["none", "simple", "ah"];
const SIMPLE = 1;
const HEADER = 8;
/** Bytes of the password of version 2 (RFC 2338 section 5.3.6). */
const PASSWORD = 8;

/** Prints a message of the Virtual Router Redundancy Protocol (RFC 3768, RFC 9568). */
export function printVrrp(out: Output, at: number, length: number): void {
  const { sink, ip } = out;
  out.protocol = "vrrp";
  if (!out.has(at, 1)) {
    sink.text("VRRP");
    out.truncated("vrrp");
    return;
  }
  const version = out.u8(at) >> 4;
  const type = out.u8(at) & 0xf;
  sink.text(`VRRPv${version}, ${type === ADVERTISEMENT ? "Advertisement" : `unknown type (${type})`}`);
  const ttl = out.u8(ip.at + (ip.version === 4 ? TTL : HOP_LIMIT));
  if (ttl !== ONLY_TTL) sink.text(`, (ttl ${ttl})`);
  if (version < 2 || type !== ADVERTISEMENT) return;
  if (!out.need(at, 3)) return;
  sink.text(`, vrid ${out.u8(at + 1)}, prio ${out.u8(at + 2)}`);
  // What follows a field that is cut is not printed.
  const authentication = version === 2 ? out.u8(at + 4) : 0;
  printInterval(out, at, version, authentication);
  sink.text(`, length ${length}`);
  if (out.options.verbosity === 0) return;
  printChecksum(out, at, length, version);
  printAddresses(out, at, version === 2 && authentication === SIMPLE);
}

/** Seconds in version 2, hundredths of a second in later ones. */
function printInterval(out: Output, at: number, version: number, authentication: number): void {
  const { sink } = out;
  if (version !== 2) {
    const interval = out.u16(at + 4) & 0xfff;
    sink.text(`, intvl ${interval}cs`);
    return;
  }
  sink.text(`, authtype ${AUTHENTICATIONS[authentication] ?? `#${authentication}`}`);
  const interval = out.u8(at + 5);
  sink.text(`, intvl ${interval}s`);
}

/** Version 3 covers a pseudo-header too (RFC 9568 section 5.2.8). */
function printChecksum(out: Output, at: number, length: number, version: number): void {
  if (!out.has(at, length)) return;
  const { sourceAt, finalDestinationAt, addressLength } = out.ip;
  const start =
    version === 3 ? pseudoHeaderSum(out.view, sourceAt, finalDestinationAt, addressLength, PROTOCOL_VRRP, length) : 0;
  if (foldSum(addWords(out.view, at, at + length, start)) === 0xffff) return;
  const stored = out.u16(at + 6);
  if (!out.cut) out.sink.text(`, (bad vrrp cksum ${stored.toString(16)})`);
}

function printAddresses(out: Output, at: number, withPassword: boolean): void {
  const { sink, ip } = out;
  const count = out.u8(at + 3);
  sink.text(count > 1 ? `, addrs(${count}):` : ", addrs:");
  let next = at + HEADER;
  for (let i = 0; i < count && !out.cut; i++) {
    if (!out.need(next, ip.addressLength)) return;
    sink.char(i === 0 ? 0x20 : 0x2c);
    out.address(next, ip.addressLength);
    next += ip.addressLength;
  }
  if (!withPassword || out.cut) return;
  sink.text(' auth "');
  const isWhole = out.safeTextToZero(next, PASSWORD);
  if (!isWhole) {
    out.cutHere();
    return;
  }
  sink.char(0x22);
}
