import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { isReadByThread, openCapture } from "../../src/capture/open.ts";
import { Frame } from "../../src/wire/frame.ts";
import { join, payload, pcapHeader, pcapRecord } from "./bytes.ts";
import { readBytes, readCapture, temporaryDirectory, temporaryFile } from "./read.ts";

const records = Array.from({ length: 2000 }, (_, index) => pcapRecord({ data: payload(index % 300, index) }));
const trace = join(pcapHeader(), ...records);
const POSIX = process.platform !== "win32";
/** User identifier of nobody on Linux. */
const NOBODY = 65534;
const ROOT = POSIX && process.getuid?.() === 0;

describe("what cannot be opened", () => {
  test("a file that does not exist", async () => {
    const { error } = await readCapture("/nowhere/trace.pcap");
    expect(error).toMatchObject({ code: "no-such-file", message: "/nowhere/trace.pcap: no such file" });
  });

  test("a directory", async () => {
    const directory = temporaryDirectory();
    const { error } = await readCapture(directory);
    expect(error).toMatchObject({ code: "is-directory", message: `${directory}: is a directory, not a capture` });
  });

  test.skipIf(!POSIX)("a file without permission", async () => {
    const file = temporaryFile(trace);
    fs.chmodSync(file, 0);
    // Root may read everything: be nobody meanwhile.
    if (ROOT) process.seteuid?.(NOBODY);
    const { error } = await readCapture(file).finally(() => {
      if (ROOT) process.seteuid?.(0);
    });
    expect(error).toMatchObject({ code: "no-permission", message: `${file}: no permission to read it` });
  });

  test.each([
    { name: "nothing", bytes: "", code: "empty-file", text: "is empty: a capture has at least 24 bytes" },
    { name: "two bytes", bytes: "\u0001\u0002", code: "not-a-capture", text: "it starts with 01 02 (pcap" },
    {
      name: "text",
      bytes: "hello, world",
      code: "not-a-capture",
      text: "not a capture and no trace that can be read: no line of it is a packet",
    },
    {
      name: "snoop",
      bytes: "snoop\0\0\0\0\0\0\u0002",
      code: "not-a-capture",
      text: "a snoop capture; convert it with",
    },
    { name: "xz", bytes: "\u00fd7zXZ\0\0", code: "not-a-capture", text: "xz data; decompress it first" },
    { name: "bzip2", bytes: "BZh91AY", code: "not-a-capture", text: "bzip2 data; decompress it first" },
  ])("$name", async ({ bytes, code, text }) => {
    const { error, source } = await readBytes(Buffer.from(bytes, "latin1"));
    expect(source).toBeUndefined();
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(text);
  });

  test.runIf(POSIX)("/dev/null is empty", async () => {
    expect((await readCapture("/dev/null")).error?.code).toBe("empty-file");
  });
});

test("how far a file is read is known", async () => {
  const source = await openCapture(temporaryFile(trace), { bufferSize: 4096 });
  expect(source.size).toBe(trace.length);
  const seen: number[] = [];
  const frame = new Frame();
  for await (const block of source.blocks()) {
    while (block.next(frame));
    seen.push(source.bytesRead);
  }
  expect(seen[0]).toBe(4096);
  expect(seen.at(-1)).toBe(trace.length);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test.runIf(process.platform === "linux")("leaving the loop and an error both close the file", async () => {
  const open = (): number => fs.readdirSync("/proc/self/fd").length;
  const before = open();
  const frame = new Frame();
  for await (const block of (await openCapture(temporaryFile(trace))).blocks()) {
    if (block.next(frame)) break;
  }
  await readBytes(trace.subarray(0, 30));
  await readBytes(gzipSync(trace).subarray(0, 500));
  await readBytes(Buffer.from("no capture"));
  const source = await openCapture(temporaryFile(trace));
  source.close();
  source.close();
  expect(open()).toBe(before);
});

describe.runIf(POSIX)("a named pipe", () => {
  function pipeFrom(command: string, ...files: readonly string[]): string {
    const pipe = path.join(temporaryDirectory(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const child = spawn("sh", ["-c", `(${command}) > "$0"`, pipe, ...files], { stdio: "ignore" });
    onTestFinished(() => void child.kill());
    return pipe;
  }

  test("is read as it is written", async () => {
    const { frames, source, error } = await readCapture(pipeFrom('cat "$1"', temporaryFile(trace)));
    expect(error).toBeUndefined();
    expect(frames).toHaveLength(2000);
    expect(frames.at(-1)?.data).toEqual(payload(1999 % 300, 1999));
    expect(source).toMatchObject({ size: -1, bytesRead: trace.length });
  });

  test("gives each frame when it is there, not when the buffer is full", async () => {
    const first = temporaryFile(join(pcapHeader(), pcapRecord({ data: payload(10) })), "first");
    const go = path.join(temporaryDirectory(), "go");
    // The second part comes when the test has seen the first.
    const pipe = pipeFrom(
      `cat "$1"; while [ ! -e "$2" ]; do sleep 0.02; done; cat "$3"`,
      first,
      go,
      temporaryFile(records[5]!),
    );
    const source = await openCapture(pipe);
    const frame = new Frame();
    const lengths: number[] = [];
    for await (const block of source.blocks()) {
      while (block.next(frame)) {
        lengths.push(frame.capturedLength);
        fs.writeFileSync(go, "");
      }
    }
    expect(lengths).toEqual([10, 5]);
  });

  test("that is cut has no file to speak of", async () => {
    const { frames, error } = await readCapture(
      pipeFrom('cat "$1"', temporaryFile(trace.subarray(0, trace.length - 1))),
    );
    expect(frames).toHaveLength(1999);
    expect(error?.message).toMatch(/the input has \d+ left; the capture was cut: what comes before it was read$/);
  });

  test("with gzip data, and left early", async () => {
    const pipe = pipeFrom('cat "$1"', temporaryFile(gzipSync(trace)));
    const source = await openCapture(pipe);
    const frame = new Frame();
    for await (const block of source.blocks()) {
      if (block.next(frame)) break;
    }
    expect(frame.number).toBe(1);
    expect(source.compression).toBe("gzip");
  });
});

describe.runIf(POSIX)("standard input", () => {
  let script = "";

  beforeAll(() => {
    // Node 20 does not run TypeScript: a copy in JavaScript, and a program that counts.
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "capture-"));
    const options =
      "--ignoreConfig --outDir DIR --rootDir src --module nodenext --target es2023 --lib es2023 --types node";
    const flags = `${options} --rewriteRelativeImportExtensions --skipLibCheck src/capture/open.ts`;
    const tsc = path.join("node_modules", ".bin", "tsc");
    const built = spawnSync(tsc, flags.replace("DIR", directory).split(" "), { encoding: "utf8" });
    expect(built.stdout).toBe("");
    fs.writeFileSync(path.join(directory, "package.json"), '{"type":"module"}');
    fs.symlinkSync(path.resolve("node_modules"), path.join(directory, "node_modules"));
    script = path.join(directory, "count.js");
    fs.writeFileSync(
      script,
      `import { openCapture } from "./capture/open.js";
       import { Frame } from "./wire/frame.js";
       const most = Number(process.argv[2] ?? Infinity);
       const frame = new Frame();
       try {
         const source = await openCapture("-");
         reading: for await (const block of source.blocks()) {
           while (block.next(frame)) if (frame.number >= most) break reading;
         }
         console.log(frame.number, source.name, source.size, source.compression);
       } catch (error) {
         console.log(frame.number, error.code, error.message);
       }`,
    );
    return () => fs.rmSync(directory, { recursive: true });
  });

  function count(shell: string, file: string): string {
    const run = spawnSync("bash", ["-c", shell, process.execPath, script, file], { encoding: "utf8", timeout: 20_000 });
    expect(run.stderr).toBe("");
    return run.stdout.trim();
  }

  test("from a pipe", () => {
    expect(count('cat "$2" | "$0" "$1"', temporaryFile(trace))).toBe("2000 standard input -1");
  });

  test("from a file", () => {
    expect(count('"$0" "$1" < "$2"', temporaryFile(trace))).toBe(`2000 standard input ${trace.length}`);
  });

  test("gzip data from a pipe", () => {
    expect(count('cat "$2" | "$0" "$1"', temporaryFile(gzipSync(trace)))).toBe("2000 standard input -1 gzip");
  });

  test("a pipe that another program made non-blocking, and that is filled slowly", () => {
    const slow = '(head -c 1000 "$2"; sleep 0.3; tail -c +1001 "$2") | "$0" "$1"';
    expect(count(slow, temporaryFile(trace))).toBe("2000 standard input -1");
  });

  test("the program ends although the pipe does not", () => {
    expect(count('"$0" "$1" 5 < <(cat "$2"; exec sleep 8 2> /dev/null)', temporaryFile(trace))).toBe(
      "5 standard input -1",
    );
  });

  test("nothing, and a closed one", () => {
    expect(count('"$0" "$1" < /dev/null', "")).toMatch(/^0 empty-file standard input: is empty/);
    expect(count('"$0" "$1" < /', "")).toMatch(/^0 is-directory standard input/);
  });

  test("a socket, which is what Node gives to its children", async () => {
    const child: ChildProcess = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
    const output: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
    child.stdin?.end(trace);
    await new Promise((resolve) => child.once("close", resolve));
    expect(Buffer.concat(output).toString().trim()).toBe("2000 standard input -1");
  });
});

describe.skipIf(os.availableParallelism() < 2)("a file that a thread is to read", () => {
  /** A file of so many bytes that begins with these; the rest takes no room. */
  const file = (bytes: Uint8Array, size: number): string => {
    const name = temporaryFile(bytes);
    fs.truncateSync(name, size);
    return name;
  };
  const large = 64 << 20;

  test("is a large one of the usual form", () => {
    expect(isReadByThread(file(pcapHeader(), large))).toBe(true);
    expect(isReadByThread(file(pcapHeader({ magic: 0xa1b23c4d }), large))).toBe(true);
  });

  test("is none that is small, of another form, or not there", () => {
    expect(isReadByThread(file(pcapHeader(), 1 << 20))).toBe(false);
    expect(isReadByThread(file(pcapHeader({ littleEndian: false }), large))).toBe(false);
    expect(isReadByThread(file(Buffer.from("0a0d0d0a", "hex"), large))).toBe(false);
    expect(isReadByThread(temporaryDirectory())).toBe(false);
    for (const path of ["", "/nowhere/trace.pcap", "tcp port 80", "/dev/zero", "x".repeat(5000)])
      expect(isReadByThread(path)).toBe(false);
  });
});
