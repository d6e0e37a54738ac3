// Makes few files of the command's own code: each that is loaded takes half a millisecond of every start.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { rolldown } from "rolldown";

const DIST = path.join(import.meta.dirname, "../dist");
const FOLDER = path.join(DIST, "command");

/**
 * Files, each with all that these modules import and the files before it do not hold: what every command needs,
 * what reads large files ahead, what decodes packets, what prints them, what follows connections, what compiles expressions.
 */
const FILES = Object.entries({
  core: ["cli/main", "cli/run-dump", "cli/helper-threads", "capture/loading"],
  ahead: ["cli/read-ahead"],
  wire: ["wire/packet", "wire/checksum", "wire/dns", "wire/tcp-options", "flow/key-table"],
  text: ["cli/dump-text"],
  follow: ["cli/follow"],
  filter: ["filter/filter"],
}).map(([file, names]) => ({ file, modules: new Set(names.map((name) => path.join(DIST, `${name}.js`))) }));

/** @type {import("rolldown").OutputOptions} */
const OUTPUT = {
  dir: FOLDER,
  format: "cjs",
  dynamicImportInCjs: false,
  chunkFileNames: "[name].js",
  // Read without being decoded, and V8 keeps a byte for each character.
  charset: "ascii",
  comments: { legal: true, annotation: false, jsdoc: false },
};

/** Packages that are not bundled: who installs the program has them or not. */
const EXTERNAL = new Set(["koffi", "cap"]);
/** Packages that are; what their licences ask to be kept is written beside the files. */
const BUNDLED = ["commander", "chalk", "fzstd"];

/**
 * commander can run other programs as its commands. Ours has none such, and what runs programs takes milliseconds to load.
 * @type {import("rolldown").Plugin}
 */
const programsLater = {
  name: "programs-later",
  transform(code, id) {
    if (!id.includes(path.join("node_modules", "commander"))) return null;
    return code.replace(
      "const childProcess = require('node:child_process');",
      'const childProcess = { spawn: (...given) => require("node:child_process").spawn(...given) };',
    );
  },
};

/** @param {string} id */
function external(id) {
  return id.startsWith("node:") || EXTERNAL.has(id);
}

/**
 * @param {string} name
 * @param {string} file in dist
 * @param {import("rolldown").OutputOptions} output
 */
async function bundle(name, file, output) {
  const input = { [name]: path.join(DIST, file) };
  const checks = { ineffectiveDynamicImport: false };
  const plugins = [programsLater];
  const bundled = await rolldown({ input, platform: "node", external, checks, plugins });
  await bundled.write({ ...OUTPUT, ...output });
  await bundled.close();
}

/** In a process of its own, without flags of V8 that others do not have. */
function keepCode() {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { status, stderr, error } = spawnSync(process.execPath, [path.join(import.meta.dirname, "keep-code.mjs")], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`no code was kept: ${stderr}`);
}

/** The licences of what the files hold. */
function licences() {
  const { resolve } = createRequire(import.meta.url);
  return BUNDLED.map((name) => {
    const root = path.join(resolve(name).split(path.join("node_modules", name))[0] ?? "", "node_modules", name);
    const file = fs.readdirSync(root).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence in ${root}`);
    return `${name}\n\n${fs.readFileSync(path.join(root, file), "utf8").trim()}\n`;
  }).join("\n---\n\n");
}

await bundle("main", "cli/main.js", {
  cleanDir: true,
  codeSplitting: {
    // With all that they import.
    groups: FILES.map(({ file, modules }, index) => ({
      name: file,
      test: (id) => modules.has(id),
      priority: FILES.length - index,
    })),
  },
});
// A thread of its own, which shares nothing with the command.
await bundle("index-worker", "capture/index-worker.js", {});
fs.writeFileSync(path.join(FOLDER, "package.json"), '{ "type": "commonjs" }\n');
fs.writeFileSync(path.join(FOLDER, "LICENCES.txt"), licences());
keepCode();
