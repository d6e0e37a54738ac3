// Makes few files of the command's own code: each that is loaded takes half a millisecond of every start.
import path from "node:path";
import { rolldown } from "rolldown";

const DIST = path.join(import.meta.dirname, "../dist");
const FOLDER = path.join(DIST, "command");

/**
 * Files, each with all that these modules import and the files before it do not hold: what every command needs, what
 * prints packets, what follows connections.
 */
const FILES = Object.entries({ core: ["main", "run-dump"], text: ["dump-text"], follow: ["follow"] }).map(
  ([file, names]) => ({ file, modules: new Set(names.map((name) => path.join(DIST, "cli", `${name}.js`))) }),
);

/**
 * Whether a module is one of `wanted`, or imported by one, however far.
 * @param {string} id
 * @param {ReadonlySet<string>} wanted
 * @param {{ getModuleInfo: (id: string) => { importers: string[] } | null }} modules
 * @param {Set<string>} seen
 * @returns {boolean}
 */
function belongsTo(id, wanted, modules, seen = new Set()) {
  if (wanted.has(id)) return true;
  seen.add(id);
  const importers = modules.getModuleInfo(id)?.importers ?? [];
  return importers.some((importer) => !seen.has(importer) && belongsTo(importer, wanted, modules, seen));
}

/** Packages are not bundled. @param {string} id */
function external(id) {
  return !id.startsWith(".") && !path.isAbsolute(id);
}

/**
 * @param {string} name
 * @param {string} file in dist
 * @param {import("rolldown").OutputOptions} output
 */
async function bundle(name, file, output) {
  const input = { [name]: path.join(DIST, file) };
  const checks = { ineffectiveDynamicImport: false };
  const bundled = await rolldown({ input, platform: "node", external, checks });
  await bundled.write({ dir: FOLDER, ...output });
  await bundled.close();
}

await bundle("main", "cli/main.js", {
  cleanDir: true,
  codeSplitting: {
    groups: [
      {
        debugName: "files",
        name: (id, info) => FILES.find(({ modules }) => belongsTo(id, modules, info))?.file ?? null,
      },
    ],
  },
});
// A thread of its own, which shares nothing with the command.
await bundle("index-worker", "capture/index-worker.js", {});
