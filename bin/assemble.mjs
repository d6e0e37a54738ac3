// Compiles assembly/ to WebAssembly, each file into a module of its own: a few kilobytes, which need not be looked for at run time.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.join(import.meta.dirname, "..");
const COMPILER = fileURLToPath(new URL("../bin/asc.js", import.meta.resolve("assemblyscript/asc")));
const OPTIONS =
  "-O3 --runtime stub --noAssert --importMemory --noExportMemory --initialMemory 1 --maximumMemory 65536 --sharedMemory --enable threads --trapMode clamp";

/** What is compiled, and where it goes. */
const MODULES = [
  { file: "assembly/indexer.ts", target: "src/wire/indexer-code.ts", name: "INDEXER_CODE" },
  { file: "assembly/header-prediction.ts", target: "src/flow/prediction-code.ts", name: "PREDICTION_CODE" },
  { file: "assembly/json-text.ts", target: "src/report/json-text-code.ts", name: "JSON_TEXT_CODE" },
];

/**
 * @param {string} file
 * @param {string} folder for what is made meanwhile
 */
function compile(file, folder) {
  const binary = path.join(folder, "code.wasm");
  const { status, stderr, error } = spawnSync(
    process.execPath,
    [COMPILER, file, ...OPTIONS.split(" "), "--outFile", path.relative(ROOT, binary)],
    { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" },
  );
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${file} was not compiled: ${stderr}`);
  return fs.readFileSync(binary).toString("base64");
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-"));
try {
  for (const { file, target, name } of MODULES) {
    const text = `/** ${file} in WebAssembly, in base64; made by bin/assemble.mjs. */\nexport const ${name} = "${compile(file, folder)}";\n`;
    const at = path.join(ROOT, target);
    // A file that stays as it is keeps its time.
    if (!fs.existsSync(at) || fs.readFileSync(at, "utf8") !== text) fs.writeFileSync(at, text);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
