import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame } from "../../src/capture/encode.ts";
import { encodeIp, etherTypeOf, type IpFields } from "../../src/capture/encode-ip.ts";
import { Frame } from "../../src/wire/frame.ts";
import { Packet } from "../../src/wire/packet.ts";
import { type ReassembledDatagram, Reassembler, type ReassemblyLimits } from "../../src/wire/reassembly.ts";

const UDP = 17;
const MACS = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };

/** Bytes of a fragmented part that begins with a UDP header. */
function datagram(payload: number): Uint8Array {
  const bytes = Uint8Array.from({ length: 8 + payload }, (_, i) => i & 0xff);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 5000);
  view.setUint16(2, 53);
  view.setUint16(4, bytes.length);
  return bytes;
}

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly more: boolean;
  readonly id?: number;
  readonly seconds?: number;
  /** Bytes that the snap length cut off. */
  readonly cut?: number;
}

function ipFields(version: 4 | 6, { offset, more, id = 7 }: Piece): IpFields {
  return version === 4
    ? {
        version,
        source: "10.0.0.1",
        destination: "10.0.0.2",
        identification: id,
        dontFragment: false,
        moreFragments: more,
        fragmentOffset: offset,
      }
    : {
        version,
        source: "2001:db8::1",
        destination: "2001:db8::2",
        fragment: { identification: id, offset, more },
      };
}

/** Gives the fragments to a reassembler, as frames from 1 on. */
class Feed {
  readonly reassembler: Reassembler;
  readonly packet = new Packet();
  #number = 0;

  constructor(limits: Partial<ReassemblyLimits> = {}) {
    this.reassembler = new Reassembler(limits);
  }

  add(version: 4 | 6, piece: Piece): ReassembledDatagram | undefined {
    const ip = ipFields(version, piece);
    const bytes = encodeFrame(
      { link: "ethernet", ...MACS },
      etherTypeOf(ip),
      encodeIp(ip, { protocol: UDP, payload: piece.bytes }),
    );
    const frame = new Frame();
    frame.bytes = bytes;
    frame.view = new DataView(bytes.buffer);
    frame.end = bytes.length - (piece.cut ?? 0);
    frame.wireLength = bytes.length;
    frame.linkType = 1;
    frame.number = ++this.#number;
    frame.seconds = piece.seconds ?? 0;
    this.packet.decode(frame);
    return this.reassembler.add(this.packet);
  }

  /** The last result that is one. */
  addAll(version: 4 | 6, pieces: readonly Piece[]): ReassembledDatagram | undefined {
    let last: ReassembledDatagram | undefined;
    for (const piece of pieces) last = this.add(version, piece) ?? last;
    return last;
  }
}

/** `bytes` in pieces of `size`, a multiple of 8. */
function pieces(bytes: Uint8Array, size: number): Piece[] {
  const result: Piece[] = [];
  for (let offset = 0; offset < bytes.length; offset += size) {
    const end = Math.min(bytes.length, offset + size);
    result.push({ offset, bytes: bytes.slice(offset, end), more: end < bytes.length });
  }
  return result;
}

function payloadOf({ frame }: ReassembledDatagram, length: number): Uint8Array {
  return frame.bytes.slice(frame.end - length, frame.end);
}

describe.each([4, 6] as const)("IPv%i", (version) => {
  const whole = datagram(92);

  test("the last fragment completes a datagram that decodes like one that was never cut", () => {
    const feed = new Feed();
    const result = feed.addAll(version, pieces(whole, 40));
    expect(result).toMatchObject({ frames: [1, 2, 3], hasOverlap: false, hasConflict: false });
    expect(result?.frame).toMatchObject({ number: 3, wireLength: (version === 4 ? 20 : 40) + whole.length });
    const packet = new Packet();
    packet.decode(result!.frame);
    expect(packet).toMatchObject({ ipVersion: version, isFragment: false, hasUdp: true, fault: undefined });
    expect(packet.udp).toMatchObject({ sourcePort: 5000, destinationPort: 53, length: whole.length });
    expect(payloadOf(result!, whole.length)).toEqual(whole);
    expect(feed.reassembler).toMatchObject({ waiting: 0, waitingBytes: 0, abandoned: 0 });
  });

  test("nothing is given before all is there", () => {
    const feed = new Feed();
    const [first, second, third] = pieces(whole, 40);
    expect(feed.add(version, third!)).toBeUndefined();
    expect(feed.add(version, first!)).toBeUndefined();
    expect(feed.reassembler.waiting).toBe(1);
    expect(feed.add(version, second!)?.frames).toEqual([2, 3, 1]);
  });

  test("fragments of several datagrams do not mix", () => {
    const feed = new Feed();
    const [first, second] = pieces(whole, 56);
    expect(feed.add(version, first!)).toBeUndefined();
    expect(feed.add(version, { ...second!, id: 8 })).toBeUndefined();
    expect(feed.add(version, { ...first!, id: 8 })?.frames).toEqual([3, 2]);
  });

  test("of overlapping fragments, the lower offset counts, then the earlier one", () => {
    const other = new Uint8Array(24).fill(0xee);
    const feed = new Feed();
    const result = feed.addAll(version, [
      { offset: 0, bytes: whole.slice(0, 40), more: true },
      { offset: 0, bytes: other, more: true },
      { offset: 32, bytes: new Uint8Array(24).fill(0xdd), more: true },
      { offset: 48, bytes: whole.slice(48), more: false },
    ]);
    const expected = whole.slice();
    expected.fill(0xdd, 40, 56);
    expect(result).toMatchObject({ frames: [1, 2, 3, 4], hasOverlap: true, hasConflict: true });
    expect(payloadOf(result!, whole.length)).toEqual(expected);
  });

  test("a fragment that comes twice changes nothing", () => {
    const [first, second, third] = pieces(whole, 40);
    const result = new Feed().addAll(version, [first!, first!, second!, third!]);
    expect(result).toMatchObject({ frames: [1, 2, 3, 4], hasOverlap: true, hasConflict: false });
    expect(payloadOf(result!, whole.length)).toEqual(whole);
  });

  test("two ends give the datagram up", () => {
    const feed = new Feed();
    feed.addAll(version, [
      { offset: 40, bytes: whole.slice(40, 64), more: false },
      { offset: 40, bytes: whole.slice(40, 72), more: false },
    ]);
    expect(feed.reassembler).toMatchObject({ waiting: 0, waitingBytes: 0, abandoned: 1 });
  });

  test("a fragment that the snap length cut is not taken", () => {
    const feed = new Feed();
    const [first, ...rest] = pieces(whole, 40);
    expect(feed.addAll(version, [{ ...first!, cut: 1 }, ...rest])).toBeUndefined();
    expect(feed.add(version, first!)?.frames).toEqual([4, 2, 3]);
  });

  test("a datagram longer than IP allows is put together, with no length in its header", () => {
    const long = new Uint8Array(1480).fill(1);
    const feed = new Feed();
    const parts: Piece[] = Array.from({ length: 45 }, (_, i) => ({
      offset: 1480 * i - (i === 44 ? 8 : 0),
      bytes: long,
      more: i < 44,
    }));
    const result = feed.addAll(version, parts);
    expect(result?.frame.wireLength).toBeGreaterThan(0xffff);
    const lengthAt = version === 4 ? 2 : 4;
    expect(result?.frame.view.getUint16(lengthAt)).toBe(0);
  });

  test("what waits too long is given up", () => {
    const feed = new Feed({ ageNs: 30e9 });
    const [first, second, third] = pieces(whole, 40);
    feed.add(version, first!);
    feed.add(version, { ...second!, seconds: 31, id: 9 });
    expect(feed.reassembler).toMatchObject({ waiting: 1, abandoned: 1 });
    expect(feed.add(version, { ...second!, seconds: 31 })).toBeUndefined();
    expect(feed.add(version, { ...third!, seconds: 31 })).toBeUndefined();
  });

  test.each<[string, Partial<ReassemblyLimits>]>([
    ["datagrams", { datagrams: 3 }],
    ["bytes", { bytes: 900 }],
  ])("more %s than allowed give up the oldest", (_name, limits) => {
    const feed = new Feed(limits);
    const [first, ...rest] = pieces(whole, 40);
    for (let id = 0; id < 20; id++) feed.add(version, { ...first!, id });
    expect(feed.reassembler.waiting).toBeLessThanOrEqual(5);
    expect(feed.reassembler.abandoned).toBe(20 - feed.reassembler.waiting);
    expect(
      feed.addAll(
        version,
        rest.map((piece) => ({ ...piece, id: 0 })),
      ),
    ).toBeUndefined();
    expect(
      feed.addAll(
        version,
        rest.map((piece) => ({ ...piece, id: 19 })),
      )?.frames,
    ).toHaveLength(3);
  });

  test("cut anywhere, in any order, repeated: always the same bytes", () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 24 }), { maxLength: 8 });
    const property = fc.property(cuts, fc.nat(7), fc.infiniteStream(fc.nat(1000)), (at, tail, order) => {
      const bytes = datagram(200 + tail);
      const ends = [...at.map((unit) => 8 * unit), bytes.length].toSorted((a, b) => a - b);
      const parts = ends.map((end, i): Piece => {
        const offset = ends[i - 1] ?? 0;
        return { offset, bytes: bytes.slice(offset, end), more: end < bytes.length };
      });
      fc.pre(parts.length > 1);
      const shuffled = [...parts, parts[0]!]
        .map((part) => ({ part, rank: order.next().value }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ part }) => part);
      const result = new Feed().addAll(version, shuffled);
      expect(result?.hasConflict).toBe(false);
      expect(payloadOf(result!, bytes.length)).toEqual(bytes);
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("whatever fragments come, what waits stays bounded and what is given is whole", () => {
    const piece = fc.record({
      offset: fc.integer({ min: 0, max: 8191 }).map((unit) => 8 * unit),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
      more: fc.boolean(),
      id: fc.nat(6),
    });
    const near = piece.map((each) => ({ ...each, offset: each.offset % 128 }));
    const property = fc.property(fc.array(fc.oneof(piece, near), { maxLength: 60 }), (all) => {
      const feed = new Feed({ datagrams: 4, bytes: 2000 });
      for (const each of all) {
        const result = feed.add(version, each);
        expect(feed.reassembler.waiting).toBeLessThanOrEqual(4);
        // The newest fragment is kept whatever the limit.
        expect(feed.reassembler.waitingBytes).toBeLessThanOrEqual(2000 + 300 * all.length);
        if (result === undefined) continue;
        const packet = new Packet();
        packet.decode(result.frame);
        expect(packet.isFragment).toBe(false);
        expect(result.frames.length).toBeGreaterThan(0);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});

test("extension headers before the Fragment header stay", () => {
  const hopByHop = [44, 0, 1, 4, 0, 0, 0, 0];
  const part = (offset: number, more: number, payload: readonly number[]): Packet => {
    const content = [...hopByHop, UDP, 0, 0, offset | more, 0, 0, 0, 1, ...payload];
    const header = [0x60, 0, 0, 0, 0, content.length, 0, 64];
    const bytes = Uint8Array.from([...header, ...Array.from({ length: 32 }, () => 1), ...content]);
    const frame = Object.assign(new Frame(), { linkType: 101, end: bytes.length, wireLength: bytes.length, number: 1 });
    frame.bytes = bytes;
    frame.view = new DataView(bytes.buffer);
    const packet = new Packet();
    packet.decode(frame);
    return packet;
  };
  const reassembler = new Reassembler();
  expect(reassembler.add(part(0, 1, [0, 1, 0, 2, 0, 12, 0, 0]))).toBeUndefined();
  const packet = new Packet();
  packet.decode(reassembler.add(part(8, 0, [9, 9, 9, 9]))!.frame);
  expect(packet).toMatchObject({ hasUdp: true, isFragment: false, fault: undefined, protocol: UDP });
  expect(packet.ipv6).toMatchObject({ payloadLength: 20, nextHeader: 0 });
});
