#!/usr/bin/env node
// Starts the bundle of src/cli that `npm run build` makes. CommonJS: Node's loader of ES modules takes longer to start.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { Script } = require("node:vm");

const FOLDER = path.join(__dirname, "../dist/command");

/**
 * Where the code is that V8 made of the bundle when it was built: none but the same V8 may have it, so the program
 * that runs has to be the same, to its size.
 */
function codeFolder() {
  const { version, platform, arch, execPath } = process;
  return path.join(FOLDER, `code-${version}-${platform}-${arch}-${fs.statSync(execPath).size}`);
}

/** Runs the modules of the bundle, with the code that is kept of them where it fits, so that they need not be compiled. */
class Bundle {
  /** By name, in the order in which they were loaded. @type {Map<string, { file: string, script: Script, exports: unknown }>} */
  modules = new Map();
  #code;

  /** @param {string} code the folder with `<name>.code` */
  constructor(code) {
    this.#code = code;
  }

  /** @returns {{ main: (args: readonly string[]) => Promise<number> }} */
  start() {
    return this.load("./main.js");
  }

  /** What a module exports. @param {string} id @returns {any} */
  load(id) {
    if (!id.startsWith("./")) return require(id);
    const loaded = this.modules.get(id);
    if (loaded !== undefined) return loaded.exports;
    const file = path.join(FOLDER, id);
    const source = fs.readFileSync(file, "latin1");
    // What V8 refuses, it compiles.
    const script = new Script(`(function (require, module, exports, __filename) { ${source}\n})`, {
      filename: file,
      cachedData: this.#codeOf(id),
    });
    const module = { file, script, exports: {} };
    this.modules.set(id, module);
    script.runInThisContext()((/** @type {string} */ name) => this.load(name), module, module.exports, file);
    return module.exports;
  }

  /** @param {string} id */
  #codeOf(id) {
    try {
      return fs.readFileSync(path.join(this.#code, `${id}.code`));
    } catch {
      return undefined;
    }
  }
}

/** Without code that fits, Node keeps its own where it can (22.1 and later): the next start is faster. */
function compileAsUsual() {
  const nodeModule = require("node:module");
  if ("enableCompileCache" in nodeModule && typeof nodeModule.enableCompileCache === "function")
    Reflect.apply(nodeModule.enableCompileCache, nodeModule, []);
  return require(path.join(FOLDER, "main.js"));
}

async function start() {
  const code = codeFolder();
  /** @type {{ main: (args: readonly string[]) => Promise<number> }} */
  const { main } = fs.existsSync(code) ? new Bundle(code).start() : compileAsUsual();
  process.exitCode = await main(process.argv.slice(2));
  // Left to itself, Node would wait for V8's compiler, and take the heap apart: 10 to 50 ms.
  if (process.getActiveResourcesInfo().length === 0) process.exit();
}

module.exports = { Bundle, codeFolder };
if (require.main === module) void start();
