import { describe, expect, test } from "vitest";
import { Packet } from "../../src/wire/packet.ts";
import { TcpOptionValues } from "../../src/wire/tcp-options.ts";
import { eachFrame } from "./frames.ts";
import { captureFromScript, parseScript } from "./script.ts";

const LETTERS = ["F", "S", "R", "P", ".", "U", "E", "W"];

/** `flags seq-isn ack-isn length` of each segment; numbers relative to the default initial ones, 1000000 and 2000000. */
function numbers(script: string): string[] {
  const lines: string[] = [];
  const packet = new Packet();
  eachFrame(parseScript(script), (frame) => {
    packet.decode(frame);
    const { tcp } = packet;
    const flags = LETTERS.filter((_, bit) => (tcp.flags & (1 << bit)) !== 0).join("");
    const own = tcp.sourcePort === 40000 ? 1000000 : 2000000;
    const acknowledgment = (tcp.flags & 0x10) === 0 ? "-" : tcp.acknowledgment - (3000000 - own);
    lines.push(`${flags} ${tcp.sequence - own} ${acknowledgment} ${tcp.payloadLength}`);
  });
  return lines;
}

describe("the short form fills in numbers as a stack would", () => {
  test("a connection from SYN to the last ACK", () => {
    const script = "0 > S\n+0.01 < S.\n+0 > .\n+1 > P(100)\n+0 < .\n+0 < P(7)\n+0 > F.\n+0 < F.\n+0 > .";
    expect(numbers(script)).toEqual([
      "S 0 - 0",
      "S. 0 1 0",
      ". 1 1 0",
      "P. 1 1 100",
      ". 1 101 0",
      "P. 1 101 7",
      "F. 101 8 0",
      "F. 8 102 0",
      ". 102 9 0",
    ]);
  });

  test("what is lost is not acknowledged until it is sent again", () => {
    const script = "0 > S\n0 < S.\n0 > .\n1 > P(10) lost\n1 > P(20)\n1 < .\n2 > P 1:11(10)\n2 < .";
    expect(numbers(script).slice(4)).toEqual(["P. 11 1 20", ". 1 1 0", "P. 1 1 10", ". 1 31 0"]);
  });

  test("a SYN, a FIN and a refusal repeat themselves", () => {
    expect(numbers("0 > S\n1 > S")).toEqual(["S 0 - 0", "S 0 - 0"]);
    expect(numbers("0 > S\n0 < R.").at(-1)).toBe("R. -2000000 1 0");
    expect(numbers("0 > S\n0 < S.\n0 > .\n1 > F.\n2 > F.").slice(3)).toEqual(["F. 1 1 0", "F. 1 1 0"]);
  });

  test("an end that knows no connection resets with the number that was acknowledged", () => {
    expect(numbers("0 > P(5)\n0 < R")).toEqual(["P. 1 1 5", "R 1 - 0"]);
  });

  test("a connection after the close has another initial number", () => {
    const script = "0 > S\n0 < S.\n0 > .\n1 > F.\n1 < F.\n1 > .\n9 > S\n9 < S.";
    expect(numbers(script).slice(6)).toEqual(["S 1000000 - 0", "S. 1000000 1000001 0"]);
  });
});

test("holes are reported as SACK blocks", () => {
  const packet = new Packet();
  const options = new TcpOptionValues();
  eachFrame(parseScript("0 > S\n0 < S.\n0 > .\n1 > P(10) lost\n1 > P(20)\n1 < ."), (frame) => {
    packet.decode(frame);
    options.read(frame.view, packet.tcp.at + 20, packet.tcp.payloadAt, frame.end);
  });
  expect(options.sackBlocks).toBe(1);
  expect([...options.sackEdges.subarray(0, 2)]).toEqual([1000011, 1000031]);
});

test("an ICMP error quotes the packet that it names, as it was after some hops", () => {
  const packet = new Packet();
  let ttl = 0;
  let next = "";
  eachFrame(parseScript("0 > S\n1 > S\n2 < icmp 10.0.0.254 unreachable host quotes 1 hops 3"), (frame) => {
    packet.decode(frame);
    if (!packet.hasIcmp) return;
    next = `${packet.icmp.type}/${packet.icmp.code} to ${frame.view.getUint8(packet.destinationAt + 3)}`;
    ttl = frame.view.getUint8(packet.icmp.quoteAt + 8);
  });
  expect([next, ttl]).toEqual(["3/1 to 1", 61]);
});

test("times are since the start, since the line before, or of the day", () => {
  const script = "precision nano\nstart 2011-11-11 23:59:59.5\n0.25 > S\n+0.000000001 > S\n00:00:01 > S";
  const times = parseScript(script).map((packet) => [packet.seconds, packet.nanoseconds]);
  const midnight = Date.UTC(2011, 10, 12) / 1000;
  expect(times).toEqual([
    [midnight - 1, 750000000],
    [midnight - 1, 750000001],
    [midnight + 1, 0],
  ]);
});

test("hidden packets move the numbers but are not captured", () => {
  expect(numbers("0 > S hidden\n0 < S. hidden\n1 > P(5)")).toEqual(["P. 1 1 5"]);
});

test.each([
  ["0 > S\nnonsense", 'script line 2: "nonsense" is neither a time nor a directive'],
  ["0 > Q", 'script line 1: flags, icmp or udp expected, not "Q"'],
  ["0 S", 'script line 1: direction, arp or nd expected, not "S"'],
  ["0 > P 1:14(12)", "script line 1: 1:14(12): 12 bytes from 1 end at 13"],
  ["0 > S win 70000", "script line 1: tcp window: 70000 is not a whole number in 0..65535"],
  ["0 > S <mss>", 'script line 1: option "mss": number expected, not ""'],
  [
    "0 > S\n0 < icmp 10.0.0.9 unreachable nowhere",
    'script line 2: what is unreachable: "nowhere" is none of net, host,',
  ],
  ["0 > S\n0 < icmp 10.0.0.9 3/1 quotes 7", "script line 2: there is no IP packet 7 to quote"],
  ["0 > S\n0 > icmp 10.0.0.9 3/1 quotes 1", "script line 2: packet 1 was sent by 10.0.0.1, not by 10.0.0.2"],
  ["0 a > b S", 'script line 1: no end is called "a"'],
  ["0 > S extra", 'script line 1: "extra" is not understood here'],
  ["0.0000001 > S", 'script line 1: time 0.0000001 needs "precision nano"'],
  ["start 2011-02-40", "script line 1: there is no day 2011-02-40"],
  ["0 > S\nlink sll", "script line 2: link comes before the first packet"],
])("%j fails with the line", (script, message) => {
  expect(() => captureFromScript(script)).toThrow(message);
});
