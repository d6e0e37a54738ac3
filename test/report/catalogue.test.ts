import os from "node:os";
import { Chalk } from "chalk";
import { describe, expect, test } from "vitest";
import { CAUSE_TABLE } from "../../src/diagnosis/cause-table.ts";
import * as causes from "../../src/diagnosis/causes.ts";
import { errnoByOs } from "../../src/diagnosis/errno.ts";
import { ANALYSIS_NAMES } from "../../src/flow/analysis.ts";
import { STATES } from "../../src/flow/states.ts";
import { topicText } from "../../src/report/explain-text.ts";
import { findTopics, TOPICS } from "../../src/report/explain/catalogue.ts";
import { ERRNO_NUMBERS } from "../../src/report/explain/errno-numbers.ts";
import { FLAG_TOPICS } from "../../src/report/explain/flags.ts";
import { OPTION_TOPICS } from "../../src/report/explain/options.ts";
import type { TopicKind } from "../../src/report/explain/topic.ts";
import * as tcp from "../../src/wire/tcp.ts";
import * as options from "../../src/wire/tcp-options.ts";

const named = (kind: TopicKind): string[] => TOPICS.filter((topic) => topic.kind === kind).map(({ name }) => name);
const plain = new Chalk({ level: 0 });

describe("there is a topic", () => {
  test("for every cause", () => {
    const words = [...CAUSE_TABLE.map(({ cause }) => cause.word), ...Object.values(causes).map(({ word }) => word)];
    expect([...new Set(words)].filter((word) => !named("cause").includes(word))).toEqual([]);
  });

  test("for every state", () => {
    expect(named("state")).toEqual([...STATES]);
  });

  test("for every flag", () => {
    const bits = [tcp.FIN, tcp.SYN, tcp.RST, tcp.PSH, tcp.ACK, tcp.URG, tcp.ECE, tcp.CWR, tcp.AE];
    expect(FLAG_TOPICS.map(({ bit }) => bit)).toEqual(bits);
    expect(
      FLAG_TOPICS.every(({ name, bit }) => Object.entries(tcp).some((each) => each[0] === name && each[1] === bit)),
    ).toBe(true);
  });

  test("for every option that the decoder has a name for", () => {
    const kinds = Object.entries(options).flatMap(([name, kind]) => (name.startsWith("OPTION_") ? [kind] : []));
    const known = new Set(OPTION_TOPICS.flatMap((topic) => topic.kinds));
    expect(kinds.length).toBeGreaterThan(15);
    expect(kinds.filter((kind) => typeof kind !== "number" || !known.has(kind))).toEqual([]);
    // No kind is told twice.
    expect(OPTION_TOPICS.flatMap((topic) => topic.kinds).length).toBe(known.size);
  });

  test("for every finding of the analysis", () => {
    expect(named("analysis")).toEqual([...ANALYSIS_NAMES]);
  });

  test("for every errno that has a number, and for its names elsewhere", () => {
    expect(Object.keys(ERRNO_NUMBERS).filter((name) => !named("errno").includes(name))).toEqual([]);
    for (const name of Object.keys(ERRNO_NUMBERS)) {
      const { bsd, windows } = errnoByOs(name);
      expect([bsd, windows].filter((other) => findTopics(other).length === 0)).toEqual([]);
    }
  });

  test.each(["3/0", "3/15", "11/0", "12/0", "icmp 5", "icmp6 1/4", "icmp6 2", "ICMP-3/1", "host unreachable"])(
    "for ICMP %s",
    (word) => {
      expect(findTopics(word).map(({ kind }) => kind)).toEqual(["icmp"]);
    },
  );
});

describe("numbers of errors", () => {
  test.runIf(process.platform === "linux")("are Linux'", () => {
    const numbers = Object.entries(os.constants.errno);
    const differ = numbers.filter(([name, number]) => (ERRNO_NUMBERS[name]?.linux ?? number) !== number);
    expect(differ).toEqual([]);
    expect(numbers.filter(([name]) => name in ERRNO_NUMBERS).length).toBeGreaterThan(30);
  });

  test("of Windows are those of BSD, 10,000 higher", () => {
    const differ = Object.entries(ERRNO_NUMBERS).filter(
      ([, { bsd, windows }]) => bsd !== null && windows !== null && windows[1] !== bsd + 10_000,
    );
    expect(differ.map(([name]) => name)).toEqual([]);
  });

  test.each([
    ["10054", ["ECONNRESET"]],
    ["111", ["ECONNREFUSED"]],
    ["61", ["ECONNREFUSED"]],
    ["wsaetimedout", ["ETIMEDOUT"]],
    ["EWOULDBLOCK", ["EAGAIN"]],
    ["No route to host", ["EHOSTUNREACH"]],
    ["broken-pipe", ["EPIPE"]],
    ["8", ["TS"]],
    ["11", ["EAGAIN", "obsolete-options"]],
  ])("%s means %s", (word, names) => {
    expect(findTopics(word).map(({ name }) => name)).toEqual(names);
  });
});

describe.each(TOPICS.map((topic) => [`${topic.kind} ${topic.name}`, topic] as const))("%s", (_, topic) => {
  test("says everything", () => {
    const texts = [topic.title, topic.what, topic.wire, topic.program, ...topic.next, ...topic.aliases, ...topic.trace];
    expect(texts.filter((text) => text.trim() === "")).toEqual([]);
    expect(topic.next).not.toEqual([]);
    const saysNothing = ["Nothing", "Your own FIN, long before", "A SYN that has just left"].some((start) =>
      topic.wire.startsWith(start),
    );
    if (topic.trace.length === 0) expect(saysNothing, topic.wire).toBe(true);
    for (const text of [topic.what, topic.wire, topic.program]) expect(text).toMatch(/[.:…]$/);
  });

  test("is found under its name and its other names", () => {
    for (const word of [topic.name, topic.name.toUpperCase(), topic.name.toLowerCase()]) {
      expect(findTopics(word)).toContain(topic);
    }
  });

  test("refers to topics that there are", () => {
    const words = topic.next
      .flatMap((text) => /tcpscope explain ([\w -]+)/.exec(text)?.[1]?.trim().split(" ") ?? [])
      .filter((word) => word !== "--states");
    expect(words.filter((word) => findTopics(word).length === 0)).toEqual([]);
  });

  test("fits 80 columns, but for commands", () => {
    const commands = new Set(topic.next);
    const lines = topicText(topic, plain, 80).split("\n");
    const long = lines.filter((line) => line.length > 80 && !commands.has(line.slice(11)));
    expect(long).toEqual([]);
  });
});

test("no two topics of a kind have one name", () => {
  const keys = TOPICS.map(({ kind, name }) => `${kind} ${name.toLowerCase()}`);
  expect(keys.length).toBe(new Set(keys).size);
});
