import { describe, expect, test } from "vitest";
import { fixture, tcpscope } from "./run.ts";

const SHOWN = ["healthy", "unanswered", "refused", "final-ack-lost", "time-wait-reuse", "ecn"];

describe("report", () => {
  test.each(SHOWN)("as text: %s", async (name) => {
    const { status, stdout, stderr } = tcpscope(["report", "-r", fixture(name)]);
    expect([status, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(`expected/report-${name}.txt`);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("as Markdown", async () => {
    const { stdout } = tcpscope(["report", "--markdown", "-r", fixture("healthy"), "-r", fixture("unanswered")]);
    await expect(stdout).toMatchFileSnapshot("expected/report.md");
  });

  test("as CSV: as many cells in each line as there are names", () => {
    const { stdout } = tcpscope(["report", "--csv", "-r", fixture("refused"), "-r", fixture("healthy")]);
    const [names = "", ...rows] = stdout.trimEnd().split("\r\n");
    expect(names.split(",").slice(0, 6)).toEqual(["stream", "client", "server", "start", "duration", "outcome"]);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row.split(",")).toHaveLength(names.split(",").length);
  });

  test("as JSON: what flows says, and the timing", () => {
    const [report] = lines(["report", "--json", "-r", fixture("healthy")]);
    const [flow] = lines(["flows", "--json", "-r", fixture("healthy")]);
    expect(report).toMatchObject({
      ...flow,
      capturePoint: { point: "client" },
      tcptrace: { clientToServer: { packets: 6 } },
    });
  });
});

function lines(args: readonly string[]): Record<string, unknown>[] {
  return tcpscope(args)
    .stdout.trimEnd()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));
}

describe("which connections, and in which order", () => {
  const both = ["-r", fixture("refused"), "-r", fixture("unanswered")];

  test("the one that lost most time first", () => {
    expect(lines(["report", "--json", ...both]).map(({ stream }) => stream)).toEqual([1, 0]);
  });

  test("--sort stream: in the order of their start", () => {
    expect(lines(["report", "--json", "--sort", "stream", ...both]).map(({ stream }) => stream)).toEqual([0, 1]);
  });

  test("--top: only the first", () => {
    expect(lines(["report", "--json", "--top", "1", ...both]).map(({ stream }) => stream)).toEqual([1]);
    expect(tcpscope(["report", "--top", "1", ...both]).stdout).toContain("1 more connection: --top 0 shows all");
  });

  test("--flow: only this one", () => {
    expect(lines(["report", "--json", "--flow", "0", ...both]).map(({ stream }) => stream)).toEqual([0]);
  });

  test("--flow of a number that there is not", () => {
    expect(tcpscope(["report", "--flow", "7", ...both])).toMatchObject({
      status: 2,
      stderr: "tcpscope: no connection 7: tcpscope flows lists them by their numbers\n",
    });
  });

  test.each([
    ["--top", "-3"],
    ["--top", "x"],
    ["--sort", "size"],
  ])("%s %s is refused", (option, value) => {
    expect(tcpscope(["report", option, value, ...both]).status).toBe(2);
  });

  test("--csv and --json exclude each other", () => {
    expect(tcpscope(["report", "--csv", "--json", ...both]).status).toBe(2);
  });
});
