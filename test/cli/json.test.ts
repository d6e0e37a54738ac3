import { describe, expect, test } from "vitest";
import { fixture, tcpscope } from "./run.ts";

function objects(args: readonly string[]): Record<string, unknown>[] {
  const { stdout, stderr } = tcpscope(args);
  expect(stderr).toBe("");
  expect(stdout.endsWith("\n")).toBe(true);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));
}

const SECONDS = expect.stringMatching(/^\d+\.\d{9}$/);

describe("dump --json", () => {
  test("has the keys of a segment", () => {
    const [syn, synAck] = objects(["--json", "-r", fixture("healthy")]);
    expect(syn).toEqual({
      frame: 1,
      time: "1709284200.000000000",
      capturedLength: 74,
      wireLength: 74,
      ethernet: { source: "02:00:0a:00:00:01", destination: "02:00:0a:00:00:02", etherType: 2048 },
      ip: {
        version: 4,
        source: "10.0.0.1",
        destination: "10.0.0.2",
        ttl: 64,
        identification: expect.any(Number),
        dscp: 0,
        ecn: 0,
        length: 60,
        protocol: 6,
      },
      tcp: {
        stream: 0,
        sourcePort: 48130,
        destinationPort: 80,
        sequence: 2016634411,
        acknowledgment: 0,
        relativeSequence: 0,
        relativeAcknowledgment: 0,
        payloadLength: 0,
        flags: "S",
        window: 64240,
        scaledWindow: 64240,
        options: [
          { kind: 2, name: "mss", value: 1460 },
          { kind: 4, name: "sackPermitted" },
          { kind: 8, name: "timestamps", value: 1000, echoReply: 0 },
          { kind: 1, name: "nop" },
          { kind: 3, name: "windowScale", value: 7 },
        ],
        states: { client: "SYN_SENT", server: "LISTEN" },
      },
    });
    expect(synAck).toMatchObject({
      tcp: {
        flags: "S.",
        relativeAcknowledgment: 1,
        acksFrame: 1,
        ackRtt: 0.020114,
        states: { client: "ESTABLISHED", server: "SYN_RCVD" },
      },
    });
  });

  test("names what is sent again, and why", () => {
    const [, second, third] = objects(["--json", "-r", fixture("unanswered")]);
    expect(second).toMatchObject({
      tcp: { flags: "S", analysis: ["retransmission"], rtoFrame: 1, retransmission: { cause: "syn", of: 1 } },
    });
    expect(third).toMatchObject({ tcp: { rtoFrame: 1, retransmission: { cause: "syn" } } });
    const last = objects(["--json", "-r", fixture("close-last-ack-lost")]).filter((each) =>
      JSON.stringify(each).includes('"retransmission":{'),
    );
    expect(last).toMatchObject([
      { tcp: { flags: "F.", analysis: ["retransmission"], retransmission: { cause: "fin" } } },
    ]);
  });

  test("says which segment an ICMP error quotes", () => {
    const errors = objects(["--json", "-r", fixture("host-unreachable")]).filter((each) => "icmp" in each);
    expect(errors).toMatchObject([{ icmp: { type: 3, code: 1, quotes: { stream: 0, frame: 1 } } }]);
  });
});

describe("flows --json", () => {
  test("has the keys of a connection", () => {
    const [flow] = objects(["flows", "--json", "-r", fixture("healthy")]);
    const direction = {
      packets: expect.any(Number),
      bytes: expect.any(Number),
      payloadBytes: expect.any(Number),
      retransmissions: 0,
      retransmissionIntervals: [],
      causes: {},
      rtt: {
        count: expect.any(Number),
        min: expect.any(Number),
        mean: expect.any(Number),
        max: expect.any(Number),
        stddev: expect.any(Number),
      },
    };
    expect(flow).toMatchObject({
      stream: 0,
      client: { address: "10.0.0.1", port: 48130 },
      server: { address: "10.0.0.2", port: 80 },
      start: "1709284200.000000000",
      duration: expect.any(Number),
      outcome: "closed",
      connState: "SF",
      history: expect.stringMatching(/^ShA/),
      completeness: 31,
      states: { client: "TIME_WAIT", server: "CLOSED" },
      handshake: {
        complete: true,
        synRetransmissions: 0,
        synIntervals: [],
        synToSynAck: 0.020114,
        synAckToAck: 0.000025,
        total: 0.020139,
      },
      close: {
        how: "fin",
        activeCloser: "client",
        timeWait: { end: "client", from: SECONDS, until: SECONDS, frame: expect.any(Number) },
      },
      clientToServer: direction,
      serverToClient: direction,
    });
    expect(flow?.["transitions"]).toContainEqual({
      end: "client",
      state: "SYN_SENT",
      time: SECONDS,
      frame: 1,
      inferred: false,
    });
  });

  test("has one object a connection, in the order of their start", () => {
    const flows = objects([
      "flows",
      "--json",
      "-r",
      fixture("time-wait-reuse"),
      "-r",
      fixture("refused"),
      "-r",
      fixture("healthy"),
    ]);
    expect(flows.map(({ stream }) => stream)).toEqual(flows.map((_, index) => index));
    expect(flows.length).toBeGreaterThan(3);
  });
});

describe("diagnose --json", () => {
  test("has the keys of a verdict", () => {
    expect(objects(["diagnose", "--json", "-r", fixture("unanswered")])).toEqual([
      {
        stream: 0,
        client: { address: "10.0.0.1", port: 59200 },
        server: { address: "10.0.0.9", port: 80 },
        cause: "syn-unanswered",
        code: "C15",
        call: "connect",
        errno: "ETIMEDOUT",
        errnoByOs: { linux: "ETIMEDOUT", bsd: "ETIMEDOUT", windows: "WSAETIMEDOUT" },
        errnoHere: "ETIMEDOUT",
        seconds: expect.closeTo(134.3, 0),
        predicted: true,
        phase: "connect",
        confidence: expect.stringMatching(/^(certain|likely|possible)$/),
        doubt: expect.any(String),
        vantage: "unknown",
        vantageReason: expect.any(String),
        stacks: { client: expect.objectContaining({ family: "linux", confidence: "certain" }), server: null },
        provenance: null,
        group: null,
        evidence: Array.from({ length: 11 }, (_, index) => ({ frame: index + 1, note: expect.stringMatching(/^SYN/) })),
        schedule: {
          kind: "syn",
          stack: expect.stringContaining("Linux 6.5"),
          retries: 10,
          nextSyn: null,
          givesUp: expect.closeTo(134.3, 0),
        },
        failures: [{ end: "client", call: "connect", errno: "ETIMEDOUT", at: expect.closeTo(134.3, 0) }],
        then: [
          { end: "client", call: "send", returns: "EPIPE" },
          { end: "client", call: "recv", returns: "ENOTCONN" },
        ],
        summary: expect.stringContaining("ETIMEDOUT"),
        remarks: [],
        otherEnd: expect.stringContaining("whether the SYN arrives"),
        likelyCauses: expect.arrayContaining([expect.any(String)]),
        next: expect.arrayContaining([expect.any(String)]),
      },
    ]);
  });

  test("has null where nothing failed", () => {
    expect(objects(["diagnose", "--json", "-r", fixture("healthy")])).toMatchObject([
      { cause: "ok", call: null, errno: null, errnoByOs: null, seconds: null, schedule: null, failures: [], then: [] },
    ]);
  });

  test("says what later calls return", () => {
    expect(objects(["diagnose", "--json", "-r", fixture("abort")])).toMatchObject([
      {
        failures: [{ end: "server", call: "recv", errno: "ECONNRESET" }],
        then: [
          { end: "server", call: "send", returns: "EPIPE" },
          { end: "server", call: "recv", returns: "0" },
        ],
      },
    ]);
  });
});
