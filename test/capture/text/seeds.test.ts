import fs from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { fixtureText } from "../../support/write-fixtures.ts";
import { analyseTrace, printTrace, readTrace } from "./trace.ts";

vi.stubEnv("TZ", "UTC");

/** The articles themselves, where they are at hand. */
const SEEDS = path.join(import.meta.dirname, "../../../../shared/seeds");
const HAS_SEEDS = fs.existsSync(SEEDS);

function seed(number: string): string {
  const file = fs.readdirSync(SEEDS).find((name) => name.startsWith(number))!;
  return fs.readFileSync(path.join(SEEDS, file), "utf8");
}

/** Prose around a trace, as in an article: it names hosts, ports, times and flags, and is no packet. */
function article(trace: string): string {
  return `# 从抓包的角度分析

  • 114:12:45.104687 时间带有精确到微妙
  • localhost.39870 > localhost.9502 表示通信的流向
int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);

${trace}
  • [S] 表示这是一个SYN请求, win 4099 是指滑动窗口大小
`;
}

describe("refused after a second", () => {
  const check = async (text: string): Promise<void> => {
    const trace = await readTrace(text);
    expect(printTrace(trace)).toBe(fixtureText("refused-after-a-second.tcpdump.txt"));
    const { verdicts } = analyseTrace(trace);
    expect(verdicts.map(({ errno, cause, seconds }) => [errno, cause.word, Math.round(seconds ?? 0)])).toEqual([
      ["ECONNREFUSED", "refused-by-middlebox", 1],
    ]);
    expect(trace.notices).toEqual([]);
  };
  test("the trace, with its line numbers", () => check(article(fixtureText("refused-after-a-second.seed.txt"))));
  test.skipIf(!HAS_SEEDS)("the article", () => check(seed("000")));
});

describe("telnet session", () => {
  const check = async (text: string): Promise<void> => {
    const trace = await readTrace(text);
    expect(printTrace(trace)).toBe(fixtureText("telnet-session.tcpdump.txt"));
    const { connections, verdicts } = analyseTrace(trace);
    expect(connections).toHaveLength(1);
    expect(
      connections[0]!.ends.map(({ state, payloadBytes, repetitions }) => [
        state,
        payloadBytes,
        repetitions.retransmissions,
      ]),
    ).toEqual([
      ["ESTABLISHED", 7, 0],
      ["ESTABLISHED", 18, 0],
    ]);
    expect(verdicts.map(({ cause }) => cause.word)).toEqual(["ok"]);
  };
  test("the trace, with its marks", () => check(article(fixtureText("telnet-session.seed.txt"))));
  test.skipIf(!HAS_SEEDS)("the article, which goes through the lines again", async () => {
    await check(seed("001"));
    expect((await readTrace(seed("001"))).notices).toEqual([
      expect.stringContaining("7 lines passed over that repeat earlier ones"),
    ]);
  });
});

describe("abort", () => {
  test("Stevens' trace, wrapped as in the article", async () => {
    const trace = await readTrace(article(fixtureText("abort.seed.txt")));
    expect(trace.notices).toEqual(["addresses were chosen for names: bsd1 is 192.0.2.1, svr4 is 192.0.2.2"]);
    expect(trace.names).toEqual([
      { address: "192.0.2.1", name: "bsd1" },
      { address: "192.0.2.2", name: "svr4" },
    ]);
    expect(printTrace(trace)).toMatchInlineSnapshot(`
      "00:00:00.000000 IP 192.0.2.1.1099 > 192.0.2.2.8888: Flags [S], seq 671112193, win 65535, options [mss 1024], length 0
      00:00:00.004975 IP 192.0.2.2.8888 > 192.0.2.1.1099: Flags [S.], seq 3224959489, ack 671112194, win 65535, options [mss 1024], length 0
      00:00:00.006656 IP 192.0.2.1.1099 > 192.0.2.2.8888: Flags [.], ack 1, win 65535, length 0
      00:00:04.833073 IP 192.0.2.1.1099 > 192.0.2.2.8888: Flags [P.], seq 1:14, ack 1, win 65535, length 13
      00:00:05.026224 IP 192.0.2.2.8888 > 192.0.2.1.1099: Flags [.], ack 14, win 65535, length 0
      00:00:09.527634 IP 192.0.2.1.1099 > 192.0.2.2.8888: Flags [R.], seq 14, ack 1, win 0, length 0
      "
    `);
    const { verdicts } = analyseTrace(trace);
    expect(
      verdicts.map(({ cause, failures }) => [cause.word, failures.map(({ end, errno }) => `${end} ${errno}`)]),
    ).toEqual([["aborted", ["1 ECONNRESET"]]]);
  });
});

describe("simultaneous open", () => {
  test("one connection, and the misprint of line 5 is told", async () => {
    const trace = await readTrace(article(fixtureText("simultaneous-open.seed.txt")));
    expect(trace.frames).toHaveLength(12);
    expect(trace.notices[1]).toBe("line 11 acknowledges 13 bytes that no line before has sent");
    const { connections, verdicts } = analyseTrace(trace);
    expect(connections.map(({ simultaneousOpen }) => simultaneousOpen)).toEqual([true]);
    expect(verdicts.map(({ cause }) => cause.word)).toEqual(["ok"]);
  });
});

describe("refused by Windows' account", () => {
  test("three tries are one call of connect()", async () => {
    const trace = await readTrace(article(fixtureText("windows-refused.seed.txt")));
    const { verdicts } = analyseTrace(trace);
    expect(verdicts.map(({ cause, errno, evidence }) => [cause.word, errno, evidence.length])).toEqual([
      ["refused", "ECONNREFUSED", 6],
      ["refused", "ECONNREFUSED", 6],
    ]);
    expect(trace.frames.map(({ wireLength }) => wireLength)).toEqual([72, 56, 72, 56, 72, 56, 72, 56, 72, 56, 72, 56]);
    expect(printTrace(trace, { verbosity: 1, time: 4 }).split("\n").slice(0, 2)).toEqual([
      "2016-09-02 15:03:35.987518 IP (tos 0x0, ttl 68, id 443, offset 0, flags [DF], proto TCP (6), length 40)",
      "    192.168.42.222.61383 > 192.168.42.129.5001: Flags [S], cksum 0xd5e1 (correct), seq 0, win 65535, length 0",
    ]);
  });
});

test("a table without ports and flags is refused with the reason", async () => {
  await expect(readTrace(article(fixtureText("half-open-ssh.seed.txt")))).rejects.toMatchObject({
    code: "not-a-capture",
    message: expect.stringMatching(
      /not a capture and no trace that can be read: 18 rows give neither ports nor flags \(SSHv2\), such as line 8: the table needs its Info column$/,
    ),
  });
});

describe.skipIf(!HAS_SEEDS)("the article with four traces", () => {
  test("gives each of them", async () => {
    const trace = await readTrace(seed("004"));
    const { connections, verdicts } = analyseTrace(trace);
    expect(connections.map(({ client, server }) => `${client.port} ${server.port}`)).toEqual([
      "61383 5001",
      "64114 5001",
      "1099 8888",
      "8888 7777",
    ]);
    expect(verdicts.map(({ cause }) => cause.word)).toEqual(["refused", "refused", "aborted", "ok"]);
    expect(trace.notices).toEqual([
      "addresses were chosen for names: bsd1 is 192.0.2.1, svr4 is 192.0.2.2, bsdi is 192.0.2.3, vangogh is 192.0.2.4",
      "line 177 acknowledges 13 bytes that no line before has sent",
      "22 rows give neither ports nor flags (SSHv2), such as line 136; their packets are left out",
    ]);
  });

  test.each(["002", "003"])("article %s has no trace", async (number) => {
    await expect(readTrace(seed(number))).rejects.toMatchObject({ code: "not-a-capture" });
  });
});
