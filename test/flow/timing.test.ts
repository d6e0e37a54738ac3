import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Connection } from "../../src/flow/connection.ts";
import { CLIENT, SERVER } from "../../src/flow/states.ts";
import { PHASES } from "../../src/flow/timing-budget.ts";
import { vantageOf } from "../../src/flow/vantage.ts";
import { type ConnectionTiming, TimingObserver } from "../../src/flow/timing.ts";
import { Analysis, readCaptures } from "../../src/pipeline.ts";
import type { Frame } from "../../src/wire/frame.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript } from "../support/script.ts";
import { lacksFolder, SHARED } from "../support/peers.ts";

interface Timed {
  readonly connection: Connection;
  readonly timing: ConnectionTiming;
}

/** Follows what is visited to its end. */
class Follower {
  readonly #connections: Connection[] = [];
  readonly #observer = new TimingObserver();
  readonly #analysis = new Analysis({ onFinished: (connection) => void this.#connections.push(connection) });

  frame(frame: Frame): void {
    const segment = this.#analysis.observe(frame);
    if (segment !== undefined) this.#observer.observe(segment, this.#analysis.packet);
  }

  finish(): Timed[] {
    this.#analysis.finish();
    return this.#connections.map((connection) => ({ connection, timing: this.#observer.timingOf(connection)! }));
  }
}

function timed(script: string): Timed {
  const follower = new Follower();
  eachFrame(parseScript(script), (frame) => follower.frame(frame));
  const [first] = follower.finish();
  if (first === undefined) throw new Error("no connection");
  return first;
}

/** Phases in milliseconds. */
function budget(script: string): Record<string, number> {
  const { spent } = timed(script).timing.budget;
  return Object.fromEntries(PHASES.map((phase): [string, number] => [phase, spent[phase] / 1e6]));
}

const HANDSHAKE = "0 > S\n+0.01 < S.\n+0.0001 > .\n";

test.each([
  { what: "no answer", script: "0 > S\n1 > S\n3 > S", spent: { handshake: 3000 } },
  {
    what: "request, thought and answer, at the client",
    script: `${HANDSHAKE}+0.0001 > P.(100)\n+0.01 < .\n+0.05 < P.(1000)\n+0.0001 > .`,
    spent: { handshake: 10.1, transfer: 0.1, request: 10.1, think: 49.9 },
  },
  {
    what: "a client that pauses between two requests",
    script: `${HANDSHAKE}+0.0001 > P.(100)\n+0.01 < P.(100)\n+2 > P.(100)\n+0.01 < P.(100)`,
    spent: { handshake: 10.1, transfer: 0.1, request: 20, application: 1999.9, think: 0 },
  },
  {
    what: "data that is lost twice",
    script: `${HANDSHAKE}+0.0001 > P.(100)\n+0.2 > P. 1:101(100)\n+0.4 > P. 1:101(100)\n+0.01 < .`,
    spent: { handshake: 10.1, transfer: 0, application: 0, loss: 610 },
  },
  {
    what: "a closed window that is probed",
    script: `${HANDSHAKE}+0.0001 > P.(100)\n+0.01 < . win 0\n+0.2 > . 100:100(0)\n+0.01 < . win 0\n+0.3 < . win 1000\n+0.0001 > P.(50)\n+0.01 < .`,
    spent: { handshake: 10.1, request: 20.1, window: 510 },
  },
  {
    what: "a close that takes its time",
    script: `${HANDSHAKE}+0.0001 > P.(100)\n+0.01 < .\n+0.5 > F.\n+0.01 < .\n+1 < F.\n+0 > .`,
    spent: { handshake: 10.1, request: 10, application: 500, close: 1010 },
  },
  {
    what: "an answer after the client's FIN",
    script: `${HANDSHAKE}+0.0001 > P.(100)\n+0 > F.\n+0.01 < .\n+0.09 < P.(100)\n+0 < F.\n+0.0001 > .`,
    spent: { handshake: 10.1, request: 10, think: 90, close: 0.1 },
  },
])("time budget of $what", ({ script, spent }) => {
  const found = budget(script);
  for (const phase of PHASES) {
    expect([phase, found[phase] ?? 0]).toEqual([
      phase,
      expect.closeTo((spent as Record<string, number>)[phase] ?? 0, 0),
    ]);
  }
});

const segment = fc
  .record({
    wait: fc.constantFrom("0", "0.0001", "0.01", "0.05", "0.3", "2"),
    from: fc.constantFrom(">", "<"),
    kind: fc.constantFrom(
      "P.(1)",
      "P.(100)",
      ".(1460)",
      ". win 0",
      ". 1:101(100)",
      ". 100:100(0)",
      ". ack 1",
      "P. 50(70) ack 1",
      "F.",
      "F.(10)",
      "R.",
      "S",
      "S.",
      "none",
      "SF",
    ),
  })
  .map(({ wait, from, kind }) => `+${wait} ${from} ${kind}`);

function expectWhole({ connection, timing }: Timed): void {
  const { spent, total } = timing.budget;
  for (const phase of PHASES) expect(spent[phase]).toBeGreaterThanOrEqual(0);
  const duration = connection.lastTimeNs - connection.firstTimeNs;
  // Where frames are out of the order of their times, the time that goes back is not counted.
  if (timing.clock.outOfOrder + timing.clock.steps.length === 0) expect(total).toBeCloseTo(duration, 0);
  for (const { limits } of timing.directions) expect(limits.total).toBeLessThanOrEqual(total * (1 + 1e-9));
}

describe("the parts of the budget are never negative and add up to the duration", () => {
  test("of any segments", () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 40 }), fc.boolean(), (segments, handshake) => {
        const follower = new Follower();
        const lines = [handshake ? HANDSHAKE.trimEnd() : "0 > .", ...segments];
        eachFrame(parseScript(lines.join("\n")), (frame) => follower.frame(frame));
        for (const each of follower.finish()) expectWhole(each);
      }),
      { numRuns: 200 },
    );
  });

  const FOLDERS = ["corpus/tcp", "lab", "kernel-lab"].map((folder) => path.join("..", "shared", folder));
  const isMissing = lacksFolder(SHARED);
  test.skipIf(isMissing).each(FOLDERS)("of the captures in %s", { timeout: 120_000 }, async (folder) => {
    let connections = 0;
    for (const name of fs.readdirSync(folder).filter((file) => !/\.(?:json|log|md|tsv)$/.test(file))) {
      const follower = new Follower();
      await readCaptures([path.join(folder, name)], (frame) => follower.frame(frame));
      for (const each of follower.finish()) {
        expectWhole(each);
        connections++;
      }
    }
    expect(connections).toBeGreaterThan(50);
  });
});

describe("stalls", () => {
  const small = `${HANDSHAKE}+0.1 > P.(1400)\n+0.01 < .\n+0.1 > P.(100)\n+0.05 < .\n`;

  test("an acknowledgment held back, and the sender that waited for it", () => {
    const { list } = timed(`${small}+0.0001 > P.(200)\n+0.01 < .`).timing.stalls;
    expect(list).toMatchObject([{ kind: "nagle", end: CLIENT, dataFrame: 6, ackFrame: 7, nextFrame: 8 }]);
  });

  test("an acknowledgment held back for which nobody waited", () => {
    const { list, counts } = timed(`${small}+3 > P.(200)\n+0.01 < .`).timing.stalls;
    expect(list).toMatchObject([{ kind: "delayed-ack", end: CLIENT, ackFrame: 7, nextFrame: 0 }]);
    expect(counts).toEqual({ "delayed-ack": 1, nagle: 0 });
  });

  test("none where acknowledgments come at once", () => {
    expect(timed(`${HANDSHAKE}+0.1 > P.(100)\n+0.01 < .\n+0.1 > P.(100)\n+0.012 < .`).timing.stalls.list).toEqual([]);
  });
});

describe("the capture point", () => {
  test.each([
    { what: "client", script: "0 > S ttl 64\n+0.01 < S. ttl 55\n+0.0001 > . ttl 64" },
    { what: "server", script: "0 > S ttl 55\n+0.0001 < S. ttl 64\n+0.01 > . ttl 55" },
    { what: "middle", script: "0 > S ttl 60\n+0.01 < S. ttl 55\n+0.01 > . ttl 60" },
    { what: "unknown", script: "0 > S ttl 64" },
  ])("$what", ({ what, script }) => {
    expect(vantageOf(timed(script).connection).point).toBe(what);
  });
});

test("round trips by timestamps tell what acknowledgments cannot", () => {
  const { connection, timing } = timed(
    `${HANDSHAKE}+0.1 > P.(100)\n+0.2 > P. 1:101(100)\n+0.015 < .\n+0.1 > P.(100)\n+0.01 < .`,
  );
  expect(connection.client.rtt.count).toBe(2);
  expect(timing.directions[CLIENT].echoes.rtt.count).toBeGreaterThan(connection.client.rtt.count);
});

test("bytes that are sent twice are unique once", () => {
  const { timing } = timed(`${HANDSHAKE}+0.1 > P.(100)\n+0.2 > P. 1:201(200)\n+0.01 < .`);
  expect(timing.directions[CLIENT].uniqueBytes).toBe(200);
  expect(timing.directions[SERVER].uniqueBytes).toBe(0);
});

describe("the capture's clock", () => {
  test("segments out of the order of their times", () => {
    const { clock } = timed(`${HANDSHAKE}1 > P.(100)\n0.9995 < .`).timing;
    expect([clock.outOfOrder, clock.firstOutOfOrderFrame, clock.steps]).toEqual([1, 5, []]);
  });

  test("a clock that is set back", () => {
    const { clock } = timed(`${HANDSHAKE}100 > P.(100)\n40 < .`).timing;
    expect(clock.steps).toEqual([{ frame: 5, ns: -60e9, by: "order" }]);
  });
});

test("ECN against the table of RFC 3168", () => {
  const agreed = "0 > SEW\n+0.01 < S.E\n+0.0001 > .\n";
  const { ecn } = timed(`${agreed}+0.1 > P.(100) ce\n+0.01 < .\n+0.1 > P.(100) ect0\n+0.01 < .`).timing;
  expect([ecn.negotiation, ecn.counts[CLIENT].ect0, ecn.counts[CLIENT].ce]).toEqual(["agreed", 1, 1]);
  expect(ecn.oddities()).toEqual(["ce-not-echoed"]);
  expect(
    timed(`${agreed}+0.1 > P.(100) ce\n+0.01 < .E\n+0.1 > P.W(100) ect0\n+0.01 < .`).timing.ecn.oddities(),
  ).toEqual([]);
});
