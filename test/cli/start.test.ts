import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "../..");
const CAPTURE = path.join(ROOT, "fixtures/refused.pcap");
const FILTERED = ["-nr", CAPTURE, "-w", os.devNull, "tcp port 80"];

/** The folder of the code that the build has kept, from the root. */
const CODE = path.relative(ROOT, createRequire(import.meta.url)("../../bin/tcpscope.js").codeFolder());

interface Loaded {
  /** Modules of the bundle, and whether V8 refused the code that was kept of them. */
  readonly modules: Readonly<Record<string, boolean | undefined>>;
  /** Modules of Node. */
  readonly node: readonly string[];
}

/** What a command loads. */
function loadedBy(args: readonly string[]): Loaded {
  const script = `
    const { Bundle, codeFolder } = require("./bin/tcpscope.js");
    const bundle = new Bundle(codeFolder());
    bundle.start().main(${JSON.stringify(args)}).then(() => {
      const node = process.moduleLoadList.map((name) => name.replace("NativeModule ", ""));
      const modules = Object.fromEntries([...bundle.modules].map(([id, { script }]) => [id, script.cachedDataRejected]));
      require("node:fs").writeSync(2, JSON.stringify({ modules, node }));
    });`;
  const { stderr } = spawnSync(process.execPath, ["-e", script], {
    cwd: ROOT,
    env: {},
    encoding: "utf8",
    // A pipe as standard output is opened as a stream: see src/cli/terminal.ts.
    stdio: ["ignore", "ignore", "pipe"],
  });
  const loaded: Loaded = JSON.parse(stderr.slice(stderr.indexOf("{")));
  return loaded;
}

describe("a command loads what it needs", () => {
  test("code that was kept, and V8 takes it", () => {
    const { modules } = loadedBy(FILTERED);
    expect(Object.keys(modules)).toContain("./core.js");
    expect(new Set(Object.values(modules))).toEqual(new Set([false]));
  });

  test("to write packets: nothing that prints, follows connections, or talks to programs, terminals and networks", () => {
    const { modules, node } = loadedBy(FILTERED);
    expect(Object.keys(modules)).not.toContain("./text.js");
    expect(Object.keys(modules)).not.toContain("./follow.js");
    expect(
      node.filter((name) => /^(?:child_process|dgram|dns|net|readline|stream|tty|worker_threads|zlib)$/.test(name)),
    ).toEqual([]);
  });

  test("to print packets: nothing that talks to networks", () => {
    const { node } = loadedBy(["-r", CAPTURE]);
    expect(node.filter((name) => /^(?:child_process|dns|net|stream)$/.test(name))).toEqual([]);
  });

  test("to print packets: nothing that follows connections, and the other way round", () => {
    expect(Object.keys(loadedBy(["-nr", CAPTURE]).modules)).not.toContain("./follow.js");
    expect(Object.keys(loadedBy(["flows", "-r", CAPTURE]).modules)).not.toContain("./text.js");
  });

  test("to follow connections of a small file: nothing of threads", () => {
    const { modules, node } = loadedBy(["flows", "-r", CAPTURE]);
    expect(Object.keys(modules)).not.toContain("./ahead.js");
    expect(node).not.toContain("worker_threads");
  });

  test.skipIf(os.availableParallelism() < 2)(
    "to follow those of a large one: code that was kept, before V8's flags are others; a thread only where it will read",
    () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-large-"));
      const file = path.join(folder, "large.pcap");
      // Its end is damaged.
      fs.copyFileSync(CAPTURE, file);
      fs.appendFileSync(file, Buffer.alloc(16, 0xff));
      fs.truncateSync(file, 64 << 20);
      const { modules } = loadedBy(["flows", "--json", "-r", file]);
      const { node } = loadedBy(["report", "-r", file]);
      fs.rmSync(folder, { recursive: true });
      expect(Object.keys(modules)).toContain("./ahead.js");
      expect(new Set(Object.values(modules))).toEqual(new Set([false]));
      expect(node).not.toContain("worker_threads");
    },
  );
});

describe("a copy starts", () => {
  let folder = "";
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-start-"));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  /** The installed files, without packages. */
  function copy(name: string): string {
    const root = path.join(folder, name);
    for (const part of ["package.json", "bin", "dist/command"])
      fs.cpSync(path.join(ROOT, part), path.join(root, part), { recursive: true });
    return root;
  }

  /** What it prints, on both outputs; Node's own cache is not to be used. */
  function printed(root: string): unknown {
    const program = path.join(root, "bin/tcpscope.js");
    const env = { TZ: "UTC", NODE_DISABLE_COMPILE_CACHE: "1" };
    return [["-nr", CAPTURE], ["flows", "--json", "-r", CAPTURE], ["--version"]].map((args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: "utf8" });
      return { status, stdout, stderr };
    });
  }

  function codeFiles(root: string): string[] {
    const code = path.join(root, CODE);
    return fs.readdirSync(code).map((name) => path.join(code, name));
  }

  test.each<[string, (root: string) => void]>([
    [
      "with code of another Node.js only",
      (root) => fs.renameSync(path.join(root, CODE), path.join(root, `${CODE}-other`)),
    ],
    ["with a folder of code that is empty", (root) => codeFiles(root).forEach((file) => fs.rmSync(file))],
    [
      "with code that is cut",
      (root) => codeFiles(root).forEach((file) => fs.truncateSync(file, fs.statSync(file).size / 2)),
    ],
    ["with code that is empty", (root) => codeFiles(root).forEach((file) => fs.truncateSync(file))],
    [
      "with something else in place of code",
      (root) => codeFiles(root).forEach((file) => fs.writeFileSync(file, "code")),
    ],
  ])("%s", (name, change) => {
    const root = copy(name);
    change(root);
    expect(printed(root)).toEqual(printed(ROOT));
  });

  test("and writes nothing where it is installed", () => {
    const root = copy("whole");
    const files = () =>
      fs
        .readdirSync(root, { recursive: true, encoding: "utf8" })
        .map((name) => [name, fs.statSync(path.join(root, name)).mtimeMs]);
    const before = files();
    printed(root);
    expect(files()).toEqual(before);
  });
});

test("the licences of the packages in the bundle are beside it", () => {
  const text = fs.readFileSync(path.join(ROOT, "dist/command/LICENCES.txt"), "utf8");
  for (const name of ["commander", "chalk", "fzstd"]) expect(text).toContain(`${name}\n\n`);
  expect(text.match(/Permission is hereby granted/g)).toHaveLength(3);
});
