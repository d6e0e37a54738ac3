/**
 * Writes an index of the records of a pcap file: where each frame is, and what the usual segments hold (see
 * `PlainSegment`), as far as the hash of the four-tuple. It leaves one cache line a frame to who follows connections.
 * Records are little-endian, with the captured length first.
 */
import * as block from "../src/wire/index-block.ts";
import * as index from "../src/wire/index-record.ts";
import * as p from "../src/wire/protocol.ts";

// A record's header.
const RECORD_HEADER: i32 = 16;
const FRACTION: usize = 4;
const CAPTURED_LENGTH: usize = 8;
const WIRE_LENGTH: usize = 12;

const ETHERNET_HEADER: i32 = 14;
const VLAN_TAG: i32 = 4;
const SLL_HEADER: i32 = 16;
const SLL2_HEADER: i32 = 20;
const IPV4_HEADER: i32 = 20;
const IPV6_HEADER: i32 = 40;
const TCP_HEADER: i32 = 20;
/** With two NOPs and timestamps. */
const TIMESTAMPS_HEADER: i32 = 32;
const NOP_NOP_TIMESTAMPS: u32 = 0x0101080a;
/** More fragments, and the offset. */
const FRAGMENT: u32 = 0x3fff;
// ACK, of ACK, SYN, FIN and RST.
const LOOKED_AT: i32 = 0x17;
const ACK: i32 = 0x10;

let linkType: i32 = 0;
/** Nanoseconds in a unit of a record's second time field. */
let unit: i64 = 1;
let snapLength: u32 = 0;
let maximum: u32 = 0;
/** Of the hashes. */
let seed: i32 = 0;

/** As in `PcapFormat`. */
export function setFormat(type: i32, nanoseconds: i32, snap: u32, most: u32, hashSeed: i32): void {
  linkType = type;
  unit = nanoseconds;
  snapLength = snap;
  maximum = most;
  seed = hashSeed;
}

/**
 * Indexes the records at `bytes`, of which there are `have` bytes, up to the first that is not whole or cannot be indexed:
 * writes at most `most` records of `INDEX_WORDS` to `to`, and at `counts` how many, and where the last one ends.
 * Whether the next record is whole, or damaged: something that is to be read as always.
 */
export function indexRecords(bytes: usize, have: i32, to: usize, most: i32, counts: usize): bool {
  let at: i32 = 0;
  let count: i32 = 0;
  let isOdd = false;
  while (count < most && at + RECORD_HEADER <= have) {
    const header = bytes + at;
    const captured = load<u32>(header, CAPTURED_LENGTH);
    const start = at + RECORD_HEADER;
    const nanoseconds = <i64>load<u32>(header, FRACTION) * unit;
    isOdd = captured > maximum || nanoseconds > i32.MAX_VALUE;
    if (isOdd || captured > <u32>(have - start)) break;
    const end = start + <i32>(captured > snapLength ? snapLength : captured);
    const wireLength = load<u32>(header, WIRE_LENGTH);
    const record = to + <usize>count * (index.INDEX_WORDS << 2);
    store<i32>(record, start, index.START << 2);
    store<i32>(record, end, index.END << 2);
    store<u32>(record, wireLength, index.WIRE_LENGTH << 2);
    store<u32>(record, load<u32>(header), index.SECONDS << 2);
    store<i32>(record, <i32>nanoseconds, index.NANOSECONDS << 2);
    store<u32>(record, 0, index.KIND << 2);
    indexFrame(bytes, start, end, <i64>start + wireLength, record);
    at = start + <i32>captured;
    count++;
  }
  store<i32>(counts, count, block.COUNT << 2);
  store<i32>(counts, at, block.END << 2);
  return isOdd;
}

/** A frame at [start, end) of `bytes` that reached to `wireEnd`: `PlainSegment.read`. */
function indexFrame(bytes: usize, start: i32, end: i32, wireEnd: i64, record: usize): void {
  const at = networkAt(bytes, start, end);
  if (end - at < IPV4_HEADER + TCP_HEADER) return;
  const first = load<u8>(bytes + at);
  if (first === 0x45) indexIpv4(bytes, at, end, wireEnd, record);
  else if (first >> 4 === 6) indexIpv6(bytes, at, end, wireEnd, record);
}

/** Where the IP header of a frame without anything unusual before it starts; `end` otherwise. */
function networkAt(bytes: usize, start: i32, end: i32): i32 {
  const frame = bytes + start;
  const length = end - start;
  if (linkType === p.LINKTYPE_ETHERNET) {
    if (length < ETHERNET_HEADER + VLAN_TAG) return end;
    const type = read16(frame + (ETHERNET_HEADER - 2));
    if (isIp(type)) return start + ETHERNET_HEADER;
    const isTagged = type === p.ETHERTYPE_VLAN && isIp(read16(frame + (ETHERNET_HEADER + VLAN_TAG - 2)));
    return isTagged ? start + ETHERNET_HEADER + VLAN_TAG : end;
  }
  if (linkType === p.LINKTYPE_RAW || linkType === p.LINKTYPE_IPV4 || linkType === p.LINKTYPE_IPV6) return start;
  if (linkType === p.LINKTYPE_LINUX_SLL)
    return length >= SLL_HEADER && isIp(read16(frame + 14)) ? start + SLL_HEADER : end;
  if (linkType === p.LINKTYPE_LINUX_SLL2)
    return length >= SLL2_HEADER && isIp(read16(frame)) ? start + SLL2_HEADER : end;
  return end;
}

function isIp(etherType: i32): bool {
  return etherType === p.ETHERTYPE_IPV4 || etherType === p.ETHERTYPE_IPV6;
}

/** Without options and whole. */
function indexIpv4(bytes: usize, at: i32, limit: i32, wireEnd: i64, record: usize): void {
  const ip = bytes + at;
  const length = read16(ip + 2);
  const identificationAndFragment = read32(ip + 4);
  if (load<u8>(ip, 9) !== p.PROTOCOL_TCP || (identificationAndFragment & FRAGMENT) !== 0) return;
  if (<i64>at + length <= wireEnd && indexTcp(bytes, at + IPV4_HEADER, limit, at + length, record, load<u8>(ip, 8))) {
    store<i32>(record, length, index.PACKET_LENGTH << 2);
    store<u32>(record, identificationAndFragment >>> 16, index.IDENTIFICATION << 2);
  }
  stageKey(record, read32(ip + 12), read32(ip + 16), read32(ip + IPV4_HEADER));
}

/** `stageTuple`, with the hash of the key. */
function stageKey(record: usize, source: u32, destination: u32, ports: u32): void {
  const sourcePort = ports >>> 16;
  const destinationPort = ports & 0xffff;
  const isSecond = sourcePort === destinationPort ? source > destination : sourcePort > destinationPort;
  const first = isSecond ? destination : source;
  const second = isSecond ? source : destination;
  const key = isSecond ? (destinationPort << 16) | sourcePort : ports;
  const kind = load<u32>(record, index.KIND << 2) | index.KEYED;
  store<u32>(record, isSecond ? kind | index.SECOND : kind, index.KIND << 2);
  store<u32>(record, first, index.KEY_0 << 2);
  store<u32>(record, second, index.KEY_1 << 2);
  store<u32>(record, key, index.KEY_2 << 2);
  const product = mixed(mixed(mixed(seed, first), second), key) * <i32>0xc2b2ae35;
  store<i32>(record, product ^ (product >>> 16), index.HASH << 2);
}

function mixed(hash: i32, word: i32): i32 {
  const product = (hash ^ word) * <i32>0x85ebca6b;
  return product ^ (product >>> 15);
}

/** Without extension headers. */
function indexIpv6(bytes: usize, at: i32, limit: i32, wireEnd: i64, record: usize): void {
  const ip = bytes + at;
  if (limit - at < IPV6_HEADER + TCP_HEADER || load<u8>(ip, 6) !== p.PROTOCOL_TCP) return;
  const length = IPV6_HEADER + read16(ip + 4);
  if (length === IPV6_HEADER || <i64>at + length > wireEnd) return;
  if (!indexTcp(bytes, at + IPV6_HEADER, limit, at + length, record, load<u8>(ip, 7))) return;
  store<i32>(record, length, index.PACKET_LENGTH << 2);
  store<u32>(record, 0, index.IDENTIFICATION << 2);
  store<i32>(record, at + 8, index.SOURCE_AT << 2);
  store<i32>(record, at + 24, index.DESTINATION_AT << 2);
  store<u32>(record, read32(ip + IPV6_HEADER), index.PORTS << 2);
  store<u32>(record, 0, index.KEY_2 << 2);
}

/** A header at `at` of which [at, limit) was captured, in a packet that ends at `end`; whether it is a plain one. */
function indexTcp(bytes: usize, at: i32, limit: i32, end: i32, record: usize, ttl: i32): bool {
  const tcp = bytes + at;
  const offsetAndFlags = read16(tcp + 12);
  if ((offsetAndFlags & LOOKED_AT) !== ACK) return false;
  const headerLength = (offsetAndFlags >>> 12) * 4;
  let kind: i32 = index.PLAIN | (ttl << index.TTL_SHIFT) | (read16(tcp + 14) << index.WINDOW_SHIFT);
  let tsval: u32 = 0;
  if (headerLength === TIMESTAMPS_HEADER) {
    if (at + TIMESTAMPS_HEADER > limit || read32(tcp + TCP_HEADER) !== NOP_NOP_TIMESTAMPS) return false;
    kind |= index.TIMESTAMPS;
    tsval = read32(tcp + TCP_HEADER + 4);
  } else if (headerLength !== TCP_HEADER) {
    return false;
  }
  const payloadLength = end - at - headerLength;
  if (payloadLength < 0) return false;
  store<i32>(record, kind, index.KIND << 2);
  store<u32>(record, read32(tcp + 4), index.SEQUENCE << 2);
  store<u32>(record, read32(tcp + 8), index.ACKNOWLEDGMENT << 2);
  store<u32>(record, tsval, index.TSVAL << 2);
  store<i32>(record, payloadLength, index.PAYLOAD_LENGTH << 2);
  return true;
}

function read16(at: usize): i32 {
  return bswap<u16>(load<u16>(at));
}

function read32(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}
