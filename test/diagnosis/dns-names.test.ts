import fc from "fast-check";
import { expect, test } from "vitest";
import { DnsNames } from "../../src/diagnosis/dns-names.ts";
import { Packet } from "../../src/wire/packet.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript } from "../support/script.ts";

/** Ethernet, IPv4 and UDP. */
const HEADERS = 42;

/** "a.b" with 10.0.0.2 and fd00::2, the second by a compressed name. */
const ANSWER = Uint8Array.from([
  0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0x41, 1, 0x62, 0, 0, 1, 0, 1, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0,
  4, 10, 0, 0, 2, 0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
]);

function namesAfter(message: Uint8Array): DnsNames {
  const names = new DnsNames();
  const packet = new Packet();
  const script = `client 10.0.0.1:40000\nserver 10.0.0.53:53\n0 < udp (${message.length})`;
  const packets = parseScript(script).map((each) => {
    const bytes = Uint8Array.from(each.bytes);
    bytes.set(message, HEADERS);
    return { ...each, bytes };
  });
  eachFrame(packets, (frame) => {
    packet.decode(frame);
    names.observe(packet);
  });
  return names;
}

test("addresses of one answer have one name, whatever its case", () => {
  const names = namesAfter(ANSWER);
  expect(names.nameOf("10.0.0.2")).toBe("\u0001a\u0001b\u0000");
  expect(names.nameOf("fd00::2")).toBe(names.nameOf("10.0.0.2"));
  expect(names.nameOf("10.0.0.3")).toBe(undefined);
});

test("an answer that is cut at any byte gives what is whole before", () => {
  for (let length = 1; length < ANSWER.length; length++) {
    const names = namesAfter(ANSWER.subarray(0, length));
    expect(names.nameOf("10.0.0.2") !== undefined).toBe(length >= 37);
    expect(names.nameOf("fd00::2")).toBe(undefined);
  }
});

test("any bytes are read to their end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      expect(namesAfter(bytes).nameOf("192.0.2.1")).toBe(undefined);
    }),
  );
});
