import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fixture, fixtureBytes, fixtureText, shell, startTcpscope, temporaryFile } from "./run.ts";

/** A capture of so many copies of a fixture: more than a pipe holds. */
function longCapture(copies: number): string {
  const bytes = fixtureBytes("healthy");
  const records = Buffer.concat(Array.from({ length: copies }, () => bytes.subarray(24)));
  return temporaryFile("long.pcap", Buffer.concat([bytes.subarray(0, 24), records]));
}

/** All that a stream gives, as text. */
async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

interface Ended {
  readonly status: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

async function endOf(child: ReturnType<typeof startTcpscope>): Promise<Ended> {
  const [stdout, stderr, [status]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, "close"),
  ]);
  return { status, stdout, stderr };
}

describe("a reader that has seen enough", () => {
  test("ends dump quietly", () => {
    const { status, stdout, stderr } = shell(`tcpscope -nr ${longCapture(2000)} | head -1`);
    expect([status, stdout, stderr]).toEqual([0, fixtureText("healthy").split("\n", 1)[0] + "\n", ""]);
  });

  test("ends dump --json quietly", () => {
    const { status, stderr } = shell(`tcpscope --json -r ${longCapture(2000)} | head -1`);
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("ends -w - quietly", () => {
    const { status, stderr } = shell(`tcpscope -r ${longCapture(200)} -w - | head -c 24 | wc -c`);
    expect([status, stderr]).toEqual([0, ""]);
  });

  test.each(["--help", "help dump", "--version", "completion bash", "flows --where help", "explain"])(
    "ends %s quietly",
    (args) => {
      // It has left before anything is printed.
      const { status, stderr } = shell(`tcpscope ${args} | true`);
      expect([status, stderr]).toEqual([0, ""]);
    },
  );

  test("loses nothing when it is slow", () => {
    expect(shell(`tcpscope -nr ${longCapture(200)} | { sleep 0.3; wc -l; }`).stdout).toBe("2200\n");
  });
});

describe.skipIf(process.platform !== "linux")("a disk that is full is told in a line, by", () => {
  const args = [
    "--help",
    "-nr fixtures/healthy.pcap",
    "flows --json -r fixtures/healthy.pcap",
    "report -r fixtures/healthy.pcap",
  ];
  test.each(args)("%s", (line) => {
    const { status, stderr } = shell(`tcpscope ${line} > /dev/full`);
    const text = "tcpscope: standard output: the disk is full, the file is not complete\n";
    expect([status, stderr]).toEqual([1, text]);
  });
});

describe("a pipe that stays open", () => {
  test("is printed as it comes", async () => {
    const child = startTcpscope(["-nr", "-"]);
    const first = once(child.stdout, "data");
    child.stdin.write(fixtureBytes("refused"));
    expect(String((await first)[0])).toBe(fixtureText("refused"));
    child.stdin.end();
    expect(await endOf(child)).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends dump", async (signal) => {
    const child = startTcpscope(["-nr", "-"]);
    const first = once(child.stdout, "data");
    child.stdin.write(fixtureBytes("refused"));
    await first;
    child.kill(signal);
    expect(await endOf(child)).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  // Printing of packets tells when they have arrived.
  test("a second ^C ends the program at once", async () => {
    const child = startTcpscope(["-nr", "-"]);
    const first = once(child.stdout, "data");
    child.stdin.write(fixtureBytes("refused"));
    await first;
    const ended = once(child, "exit");
    const again = setInterval(() => child.kill("SIGINT"), 50);
    const [status, signal] = await ended;
    clearInterval(again);
    expect([status, signal]).toEqual([null, "SIGINT"]);
  });

  test.each([
    ["flows", 0, "refused"],
    ["diagnose", 3, "ECONNREFUSED"],
  ])("^C makes %s show what has come", async (command, status, text) => {
    const child = startTcpscope([command, "-r", "-"]);
    const end = endOf(child);
    await interruptWhenRead(child, fixtureBytes("refused"));
    expect(await end).toMatchObject({ status, stdout: expect.stringContaining(text), stderr: "" });
  });

  test("^C ends the reading of compressed data", async () => {
    const child = startTcpscope(["diagnose", "-r", "-"]);
    const end = endOf(child);
    // The first half of the data: no frame comes out of it before the end.
    await interruptWhenRead(child, gzipSync(fixtureBytes("refused")).subarray(0, -12));
    expect(await end).toMatchObject({ stderr: "" });
  });

  test("what comes within a second of ^C still counts", async () => {
    const child = startTcpscope(["diagnose", "-r", "-"]);
    const end = endOf(child);
    const bytes = fixtureBytes("refused");
    await interruptWhenRead(child, bytes.subarray(0, 24));
    child.stdin.end(bytes.subarray(24));
    expect(await end).toMatchObject({ status: 3, stdout: expect.stringContaining("ECONNREFUSED"), stderr: "" });
  });
});

/** Writes, waits until the program must have read it, and presses ^C. */
async function interruptWhenRead(child: ReturnType<typeof startTcpscope>, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => child.stdin.write(bytes, () => resolve()));
  // The program takes a moment to start and to listen for signals; a ^C before that ends it, as it should.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  child.kill("SIGINT");
}

test("a ^C while a file is read shows what was read", async () => {
  // Data that never ends stands for a file that takes long.
  const child = startTcpscope(["--count", "-r", fixture("refused"), "-r", "-"]);
  const end = endOf(child);
  await interruptWhenRead(child, new Uint8Array(0));
  expect(await end).toMatchObject({ stdout: "2 packets\n" });
});
