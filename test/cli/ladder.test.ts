import { describe, expect, test } from "vitest";
import { captureFromScript } from "../support/script.ts";
import { fixture, fixtureBytes, tcpscope, temporaryFile } from "./run.ts";

const DRAWN = [
  "refused",
  "unanswered",
  "host-unreachable",
  "healthy",
  "abort",
  "simultaneous-open",
  "simultaneous-close",
  "close-last-ack-lost",
  "final-ack-lost",
  "half-open-ssh",
];

describe("ladder", () => {
  test.each(DRAWN)("of %s", async (name) => {
    const { status, stdout, stderr } = tcpscope(["ladder", "-r", fixture(name)]);
    expect([status, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(`expected/ladder-${name}.txt`);
  });

  test.each(DRAWN)("of %s is the same from standard input", (name) => {
    expect(tcpscope(["ladder", "-r", "-"], { input: fixtureBytes(name) })).toEqual(
      tcpscope(["ladder", "-r", fixture(name)]),
    );
  });

  test("as Mermaid", async () => {
    const { stdout } = tcpscope(["ladder", "--mermaid", "-r", fixture("host-unreachable")]);
    await expect(stdout).toMatchFileSnapshot("expected/ladder-mermaid.txt");
  });

  test("as objects", () => {
    const { stdout } = tcpscope(["ladder", "--json", "-r", fixture("refused")]);
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(rows).toMatchObject([
      { stream: 0, frame: 1, from: "client", text: "SYN seq 0", states: { client: "SYN_SENT" } },
      {
        frame: 2,
        from: "server",
        seconds: 0.000214,
        states: { client: "CLOSED" },
        calls: [{ end: "client", text: "connect() fails: ECONNREFUSED", failed: true }],
      },
    ]);
  });

  test("by default draws the first connection that failed", () => {
    const files = ["-r", fixture("refused"), "-r", fixture("healthy")];
    expect(tcpscope(["ladder", ...files]).stdout).toContain("10.0.0.2:81");
    expect(tcpscope(["ladder", "--flow", "1", ...files]).stdout).toContain("10.0.0.2:80");
    expect(tcpscope(["ladder", "--flow", "0", ...files]).stdout).toBe(tcpscope(["ladder", ...files]).stdout);
  });

  test("of a number that no connection has says which there are", () => {
    const { status, stdout, stderr } = tcpscope(["ladder", "--flow", "7", "-r", fixture("refused")]);
    expect([status, stdout, stderr]).toEqual([
      1,
      "",
      "tcpscope: no connection has number 7: they are 0 to 0, see tcpscope flows\n",
    ]);
  });

  test("of a number that is none is wrong usage", () => {
    const { status, stderr } = tcpscope(["ladder", "--flow", "x", "-r", fixture("refused")]);
    expect(status).toBe(2);
    expect(stderr).toContain("--flow");
  });
});

describe("a long connection", () => {
  test("is shortened in its middle, but for what is unusual", async () => {
    const { stdout } = tcpscope(["ladder", "-r", temporaryFile("long.pcap", longConnection())]);
    await expect(stdout).toMatchFileSnapshot("expected/ladder-long.txt");
  });

  test("is drawn in full with --all", () => {
    const frames = tcpscope(["ladder", "--all", "--json", "-r", temporaryFile("long.pcap", longConnection())])
      .stdout.trimEnd()
      .split("\n")
      .map((line): { frame?: number } => JSON.parse(line));
    expect(frames.flatMap(({ frame }) => frame ?? [])).toEqual(Array.from({ length: 406 }, (_, index) => index + 1));
  });

  test("needs no second reading with --flow", () => {
    const bytes = longConnection();
    const drawn = tcpscope(["ladder", "-r", temporaryFile("long.pcap", bytes)]).stdout;
    expect(tcpscope(["ladder", "--flow", "0", "-r", "-"], { input: bytes }).stdout).toBe(drawn);
    expect(tcpscope(["ladder", "-r", "-"], { input: bytes }).stdout).toBe(drawn);
  });
});

/** 200 segments of 100 bytes, each acknowledged; the hundredth is lost and sent again. */
function longConnection(): Uint8Array {
  const lines = ["0 > S", "+0.01 < S.", "+0.0001 > ."];
  for (let i = 1; i <= 200; i++) {
    if (i === 100) lines.push("+0.001 > .(100) lost", "+0.3 > . 9901:10001(100)", "+0.01 < .");
    else lines.push("+0.001 > .(100)", "+0.01 < .");
  }
  return captureFromScript([...lines, "+0.1 > F.", "+0.01 < ."].join("\n"));
}
