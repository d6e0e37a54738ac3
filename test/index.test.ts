import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import * as library from "../src/index.ts";

const ROOT = path.join(import.meta.dirname, "..");

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), "utf8");
}

/** The examples of the library's own documentation and of the README. */
function examples(): { readonly from: string; readonly code: string }[] {
  const comment = read("src/index.ts")
    .split("*/", 1)[0]!
    .replaceAll(/^ \* ?/gm, "");
  const blocks = (text: string): string[] => [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  return [
    ...blocks(comment).map((code) => ({ from: "src/index.ts", code })),
    ...blocks(read("README.md")).map((code, index) => ({ from: `README.md, example ${index + 1}`, code })),
  ];
}

/** A project that has the package installed, as a user's is; removed after the test. */
function userProject(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-user-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.mkdirSync(path.join(folder, "node_modules/@types"), { recursive: true });
  fs.symlinkSync(ROOT, path.join(folder, "node_modules/tcpscope"));
  fs.symlinkSync(path.join(ROOT, "node_modules/@types/node"), path.join(folder, "node_modules/@types/node"));
  fs.writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
  fs.copyFileSync(path.join(ROOT, "fixtures/refused.pcap"), path.join(folder, "trace.pcap"));
  return folder;
}

/** Compiles an example strictly, runs it, and gives what it printed. */
function outputOf(code: string): string {
  const folder = userProject();
  fs.writeFileSync(path.join(folder, "example.ts"), code);
  const options = ["--module", "nodenext", "--target", "es2023", "--strict", "--types", "node", "example.ts"];
  const compiled = spawnSync(process.execPath, [path.join(ROOT, "node_modules/typescript/bin/tsc"), ...options], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([compiled.status, compiled.stdout]).toEqual([0, ""]);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["example.js"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

describe("the library", () => {
  test("has these names", () => {
    expect(Object.keys(library).toSorted()).toEqual([
      "ANALYSIS_NAMES",
      "Analysis",
      "CONNECTION_FIELDS",
      "CONNECT_SCHEMA",
      "CaptureError",
      "Connection",
      "ConnectionSubject",
      "Connections",
      "DEFAULT_OPTIONS",
      "FLOW_SCHEMA",
      "Frame",
      "JsonPrinter",
      "Names",
      "PACKET_FIELDS",
      "PACKET_SCHEMA",
      "PHASES",
      "Packet",
      "PacketSubject",
      "PcapWriter",
      "PcapngWriter",
      "QueryError",
      "RUN_SCHEMA",
      "Rotation",
      "StatesColumn",
      "StevensPrinter",
      "TcpdumpPrinter",
      "TextSink",
      "TimingObserver",
      "VERDICT_SCHEMA",
      "compileQuery",
      "connState",
      "diagnoseAll",
      "errnoByOs",
      "flowObject",
      "isFailure",
      "openCapture",
      "openLive",
      "outcome",
      "printed",
      "readCaptures",
      "timingObject",
      "vantageOf",
      "verdictObject",
    ]);
  });

  test("has examples", () => {
    expect(examples().map(({ from }) => from)).toEqual([
      "src/index.ts",
      "README.md, example 1",
      "README.md, example 2",
    ]);
  });

  test.each(examples())("does what its example says: $from", ({ code }) => {
    expect(outputOf(code)).toMatch(
      /ECONNREFUSED connect\(\) to 10\.0\.0\.2:81 failed|Flags \[R\.\], seq 0, ack 1693673521/,
    );
  });

  test("gives the error of a capture that cannot be read", async () => {
    const error = await library.readCaptures(["nothing.pcap"], () => {});
    expect(error).toBeInstanceOf(library.CaptureError);
    expect(error).toMatchObject({ code: "no-such-file" });
  });

  test("ends the reading when it is told to", async () => {
    const controller = new AbortController();
    let frames = 0;
    const error = await library.readCaptures(
      [path.join(ROOT, "fixtures/refused.pcap"), path.join(ROOT, "fixtures/healthy.pcap")],
      () => void frames++,
      { signal: controller.signal, onIdle: () => controller.abort() },
    );
    expect([error, frames]).toEqual([undefined, 2]);
  });
});
