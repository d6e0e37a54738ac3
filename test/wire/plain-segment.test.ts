import fc from "fast-check";
import { expect, test } from "vitest";
import { Frame } from "../../src/wire/frame.ts";
import { INDEX_WORDS } from "../../src/wire/index-record.ts";
import { FrameIndexer } from "../support/frame-indexer.ts";
import { Packet } from "../../src/wire/packet.ts";
import { PlainSegment } from "../../src/wire/plain-segment.ts";
import { TcpOptionValues } from "../../src/wire/tcp-options.ts";
import { hashWords, IPV4_KEY_WORDS, stageTuple } from "../../src/wire/tuple.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript, type ScriptPacket } from "../support/script.ts";

const LINKS = ["ethernet", "ethernet padded", "sll", "sll2", "raw", "null"];
const ENDS = ["client 10.0.0.1:40000\nserver 10.0.0.2:80", "client [2001:db8::1]:40000\nserver [2001:db8::2]:80"];
const SEGMENTS = "0 > S\n+0.1 < S.\n+0.1 > .\n+0.1 > P.(100)\n+0.1 < .(30)\n+0.1 < F.\n+0.1 > R.";

/** What both decoders say of a frame; undefined: not plain. */
function plainAndDecoded(frame: Frame): { plain: object; decoded: object } | undefined {
  const plain = new PlainSegment();
  const packet = new Packet();
  packet.decode(frame);
  if (!plain.read(frame)) return undefined;
  expect(packet.hasTcp).toBe(true);
  const { tcp } = packet;
  const options = new TcpOptionValues();
  options.read(frame.view, tcp.at + 20, tcp.payloadAt, frame.end);
  const ipv4 = packet.ipVersion === 4;
  const { addressLength, sourceAt, destinationAt, protocol } = packet;
  expect(protocol).toBe(6);
  const decoded = {
    addressLength,
    sourceAt,
    destinationAt,
    ports: tcp.ports,
    sequence: tcp.sequence | 0,
    acknowledgment: tcp.acknowledgment | 0,
    window: tcp.window,
    payloadLength: tcp.payloadLength,
    packetLength: ipv4 ? packet.ipv4.end - packet.ipv4.at : packet.ipv6.end - packet.ipv6.at,
    ttl: ipv4 ? packet.ipv4.ttl : packet.ipv6.hopLimit,
    identification: ipv4 ? packet.ipv4.identification : 0,
    hasTimestamps: options.hasTimestamps,
    tsval: options.hasTimestamps ? options.tsval | 0 : 0,
  };
  const { isKeyed, hash: _hash, key0: _0, key1: _1, key2: _2, second: _second, ...fields } = plain;
  expect(isKeyed).toBe(false);
  return { plain: fields, decoded };
}

const SEED = 4711;

/** The frame as who reads an index gets it, and what the index should say. */
function indexed(frame: Frame): { found: object | undefined; expected: object | undefined } {
  const words = new Int32Array(2 * INDEX_WORDS);
  expect(new FrameIndexer(SEED).write(words, INDEX_WORDS, frame)).toBe(true);
  const plain = new PlainSegment();
  const isPlain = plain.read(frame);
  const again = new PlainSegment();
  const isFound = again.read(Object.assign(new Frame(), { index: words, indexAt: INDEX_WORDS }));
  if (!isPlain) return { found: isFound ? again : undefined, expected: undefined };
  const { addressLength, sourceAt, destinationAt, ports } = plain;
  if (addressLength === 16) return { found: again, expected: plain };
  const key = new Int32Array(IPV4_KEY_WORDS);
  const second = stageTuple(key, frame.view, sourceAt, destinationAt, addressLength, ports);
  const [key0, key1, key2] = key;
  const hash = hashWords(key, 0, IPV4_KEY_WORDS, SEED) | 0;
  // Of these, the key tells.
  const untold = { sourceAt: 0, destinationAt: 0, ports: 0 };
  return { found: again, expected: { ...plain, ...untold, isKeyed: true, second, hash, key0, key1, key2 } };
}

test.each(LINKS.flatMap((link) => ENDS.map((ends) => ({ link, ends }))))(
  "reads the same as the whole decoder: $link, $ends",
  ({ link, ends }) => {
    for (const stack of ["linux", "plain"]) {
      let plain = 0;
      eachFrame(parseScript(`link ${link}\n${ends}\nnumbers relative\nstack ${stack}\n${SEGMENTS}`), (frame) => {
        const { found, expected } = indexed(frame);
        expect(found && { ...found }).toEqual(expected && { ...expected });
        const both = plainAndDecoded(frame);
        if (both === undefined) return;
        plain++;
        expect(both.plain).toEqual(both.decoded);
      });
      // The ACK of the handshake and two segments with data; the NULL link layer is left to the whole decoder.
      expect(plain).toBe(link === "null" ? 0 : 3);
    }
  },
);

const packets = LINKS.flatMap((link) =>
  ENDS.flatMap((ends) => parseScript(`link ${link}\n${ends}\nnumbers relative\nstack linux\n${SEGMENTS}`)),
);

test("whatever the bytes are, it agrees or leaves the frame alone", () => {
  const change = fc.record({ at: fc.nat(120), value: fc.nat(255) });
  let plain = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...packets),
      fc.array(change, { maxLength: 3 }),
      fc.nat(140),
      fc.integer({ min: -20, max: 20 }),
      (packet: ScriptPacket, changes, captured, extra) => {
        const bytes = packet.bytes.slice(0, 20 + captured);
        for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
        const wireLength = Math.max(0, packet.bytes.length + extra);
        eachFrame([{ ...packet, bytes, wireLength }], (frame) => {
          const { found, expected } = indexed(frame);
          expect(found && { ...found }).toEqual(expected && { ...expected });
          const both = plainAndDecoded(frame);
          if (both === undefined) return;
          plain++;
          expect(both.plain).toEqual(both.decoded);
        });
      },
    ),
    { numRuns: 3000 },
  );
  expect(plain).toBeGreaterThan(100);
});
