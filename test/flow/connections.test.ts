import fc from "fast-check";
import { expect, test } from "vitest";
import type { Connection } from "../../src/flow/connection.ts";
import { Connections } from "../../src/flow/connections.ts";
import { CLIENT, SERVER } from "../../src/flow/states.ts";
import { Packet } from "../../src/wire/packet.ts";
import { analyseScript } from "../support/analyse.ts";
import { eachFrame } from "../support/frames.ts";
import { Analysis } from "../../src/pipeline.ts";
import { parseScript } from "../support/script.ts";

/** Follows SYNs of clients with these ports in a table of `maxConnections`. */
function follow(ports: readonly number[], maxConnections: number): { finished: Connection[]; table: Connections } {
  const finished: Connection[] = [];
  const table = new Connections({ maxConnections, onFinished: (connection) => finished.push(connection) });
  const packet = new Packet();
  const script = ports
    .map((port, index) => `client 10.0.0.1:${port}\nserver 10.0.0.2:80\n${index} > S ${port}(0)`)
    .join("\n");
  eachFrame(parseScript(script), (frame) => {
    packet.decode(frame);
    table.observe(packet);
  });
  return { finished, table };
}

const clientPorts = (connections: readonly Connection[]): number[] =>
  connections.map((connection) => connection.ends[CLIENT].port);

test("a full table finishes the connection that was idle for longest", () => {
  const { finished, table } = follow([1, 2, 3, 1, 4, 5], 3);
  expect(clientPorts(finished)).toEqual([2, 3]);
  expect(table.evicted).toBe(2);
});

test("every connection is finished once", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 80 }),
      fc.integer({ min: 1, max: 12 }),
      (ports, max) => {
        const { finished, table } = follow(ports, max);
        table.finish();
        table.finish();
        expect(new Set(finished).size).toBe(finished.length);
        expect(new Set(clientPorts(finished))).toEqual(new Set(ports));
        // At most so many are open at once: all beyond were finished early.
        expect(finished.length - table.evicted).toBeLessThanOrEqual(max);
      },
    ),
    { numRuns: 60 },
  );
});

test("both directions are one connection, whichever end has the higher port or address", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 1, max: 65535 }), fc.boolean(), (a, b, swap) => {
      fc.pre(a !== b);
      const [client, server] = swap ? ["10.0.0.9", "10.0.0.1"] : ["10.0.0.1", "10.0.0.9"];
      const { connections } = analyseScript(
        `client ${client}:${a}\nserver ${server}:${b}\nnumbers relative\nstack linux\n0 > S\n+0.1 < S.\n+0.1 > .`,
      );
      expect(connections).toHaveLength(1);
      expect(connections[0]?.ends.map((end) => end.port)).toEqual([a, b]);
      expect(connections[0]?.ends.map((end) => end.packets)).toEqual([2, 1]);
    }),
    { numRuns: 50 },
  );
});

test("IPv6 connections are followed like those of IPv4", () => {
  const { connections } = analyseScript(
    "client [2001:db8::1]:40000\nserver [2001:db8::2]:443\nnumbers relative\nstack linux\n0 > S\n+0.1 < S.\n+0.1 > .\n+0.1 > P.(100)\n+0.1 < .",
  );
  expect(connections.map((connection) => connection.ipVersion)).toEqual([6]);
  expect(connections[0]?.ends[CLIENT].payloadBytes).toBe(100);
});

test("without a SYN the lower port is the server, and that is marked", () => {
  const [connection] = analyseScript(
    "client 10.0.0.1:22\nserver 10.0.0.2:50000\nnumbers relative\nstack linux\n0 > P.(10)\n+0.1 < .",
  ).connections;
  expect(connection?.clientInferred).toBe(true);
  expect(connection?.ends[SERVER].port).toBe(22);
});

test("the SYN-ACK alone tells who is the client", () => {
  const [connection] = analyseScript(
    "client 10.0.0.1:22\nserver 10.0.0.2:50000\nnumbers relative\nstack linux\n0 > S\n+0.1 < S.",
    0,
    [1],
  ).connections;
  expect(connection?.ends.map((end) => end.port)).toEqual([22, 50000]);
});

test("the halves of the handshake, the round trips and the bytes of each direction", () => {
  const [connection] = analyseScript(
    "0 > S\n+0.02 < S.\n+0.001 > .\n+0.1 > P.(100)\n+0.03 < .\n+0.1 < P.(2000)\n+0.0002 > .",
  ).connections;
  expect(connection?.synAckTimeNs).toBe(20_000_000);
  expect(connection?.handshakeAckTimeNs).toBe(21_000_000);
  expect(connection?.initialRttNs).toBe(21_000_000);
  const [client, server] = connection?.ends ?? [];
  expect([client?.payloadBytes, server?.payloadBytes]).toEqual([100, 2000]);
  expect([client?.packets, server?.packets]).toEqual([4, 3]);
  expect(client?.rtt.maximum).toBe(30_000_000);
});

test("a frame before the first one in time (a clock step) has negative time and breaks nothing", () => {
  const { connections } = analyseScript("start 2020-01-01 00:00:10\n5 > S\n1 < S.\n1.1 > .");
  expect(connections).toHaveLength(1);
  expect(connections[0]?.ends.map((end) => end.state)).toEqual(["ESTABLISHED", "ESTABLISHED"]);
});

test("segments in fragments are followed when the last fragment is there", () => {
  const [syn] = parseScript("0 > S 100(0) <mss 1460>");
  if (syn === undefined) throw new Error("no packet");
  const analysis = new Analysis();
  const streams: (number | undefined)[] = [];
  // Ethernet, IPv4: the TCP header of 24 bytes in pieces of 8 and 16.
  const part = (from: number, to: number, offset: number): typeof syn => {
    const bytes = new Uint8Array(34 + to - from);
    bytes.set(syn.bytes.subarray(0, 34));
    bytes.set(syn.bytes.subarray(34 + from, 34 + to), 34);
    const view = new DataView(bytes.buffer);
    view.setUint16(16, 20 + to - from);
    view.setUint16(20, offset);
    return { ...syn, bytes, wireLength: bytes.length };
  };
  const length = syn.bytes.length - 34;
  eachFrame([part(8, length, 1), part(0, 8, 0x2000)], (frame) =>
    streams.push(analysis.observe(frame)?.connection.stream),
  );
  expect(streams).toEqual([undefined, 0]);
  expect(analysis.transport.tcp.flags).toBe(2);
});
