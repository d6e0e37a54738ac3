import fs from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "..");

/** Which rooms of `src` a room may import from, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  libpcap: [],
  filter: ["libpcap"],
  capture: ["wire", "libpcap", "filter"],
  flow: ["wire"],
  diagnosis: ["flow", "wire"],
  print: ["diagnosis", "flow", "wire"],
  query: ["diagnosis", "flow", "wire"],
  report: ["print", "query", "diagnosis", "flow", "wire"],
  pipeline: ["capture", "filter", "flow", "diagnosis", "wire"],
  index: ["pipeline", "capture", "filter", "print", "query", "report", "diagnosis", "flow", "wire"],
  cli: ["pipeline", "capture", "filter", "print", "query", "report", "diagnosis", "flow", "wire", "libpcap"],
};

/** Who may use a package. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commander: ["cli"],
  chalk: ["report", "cli"],
  fzstd: ["capture"],
  koffi: ["libpcap"],
  cap: ["capture"],
};

/** Packages that only the command uses, whose bundle holds them. */
const BUNDLED = ["commander"];

/** Rooms that touch the system; all others compute only. */
const MAY_USE_NODE = new Set(["capture", "libpcap", "filter", "cli"]);

const MOST_LINES = 400;

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

/** Source files below a folder of the project, relative to its root. */
function sources(folder: string): string[] {
  const files = fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /\.[jt]s$/.test(file))
    .map((file) => path.posix.join(folder, file.replaceAll("\\", "/")))
    .toSorted();
}

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), "utf8");
}

/** The room of a file below `src`: its folder, or its name. */
function roomOf(file: string): string {
  return file.split("/")[1]!.replace(/\.ts$/, "");
}

/** Text without comments: an example in one is no import. */
function code(file: string): string {
  return read(file).replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

function importsOf(file: string): Import[] {
  const text = code(file);
  const statements =
    /^(?:import\s[^;"]*?|export\s+(?:type\s+)?(?:\*[^;"]*?|\{[^}]*\})\s*)\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"/gm;
  const calls = /\b(?:import|require)\(\s*"([^"]+)"/g;
  const targets = [...text.matchAll(statements), ...text.matchAll(calls)].map((match) => match[1] ?? match[2] ?? "");
  return targets.map((target) => ({ file, room: roomOf(file), target }));
}

const files = sources("src");
const imports = files.flatMap(importsOf);

/** Imports that break a rule, as text. */
function broken(rule: (each: Import) => boolean): string[] {
  return imports.filter((each) => !rule(each)).map(({ file, target }) => `${file} imports ${target}`);
}

test("the imports of all rooms are found", () => {
  expect([...new Set(imports.map(({ room }) => room))].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  expect(imports.length).toBeGreaterThan(300);
});

describe("imports", () => {
  test("of rooms go in the one direction", () => {
    const rule = ({ file, room, target }: Import): boolean => {
      if (!target.startsWith(".")) return true;
      const other = roomOf(path.posix.join(path.posix.dirname(file), target));
      return other === room || MAY_IMPORT[room]!.includes(other);
    };
    expect(broken(rule)).toEqual([]);
  });

  test("of our own files end in .ts and stay in src", () => {
    const rule = ({ file, target }: Import): boolean =>
      !target.startsWith(".") ||
      (target.endsWith(".ts") && path.posix.join(path.posix.dirname(file), target).startsWith("src/"));
    expect(broken(rule)).toEqual([]);
  });

  test("of Node.js have their prefix and are for the rooms that touch the system", () => {
    const rule = ({ room, target }: Import): boolean =>
      target.startsWith("node:") ? MAY_USE_NODE.has(room) : !builtinModules.includes(target);
    expect(broken(rule)).toEqual([]);
  });

  test("of packages are for the rooms that may use them", () => {
    const rule = ({ room, target }: Import): boolean =>
      target.startsWith(".") || target.startsWith("node:") || (PACKAGES[target]?.includes(room) ?? false);
    expect(broken(rule)).toEqual([]);
  });

  test("of packages are the dependencies, all of them", () => {
    const manifest: Partial<
      Record<"dependencies" | "devDependencies" | "optionalDependencies" | "peerDependencies", object>
    > = JSON.parse(read("package.json"));
    const declared = [
      ...BUNDLED.filter((name) => manifest.devDependencies !== undefined && name in manifest.devDependencies),
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.optionalDependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
    ];
    const used = new Set(imports.map(({ target }) => target).filter((target) => !/^(?:\.|node:)/.test(target)));
    expect([...used].toSorted()).toEqual(declared.toSorted());
  });
});

describe("files", () => {
  test("have named exports only", () => {
    expect(files.filter((file) => /^export\s+(?:default\b|\{[^}]*\bdefault\b)/m.test(code(file)))).toEqual([]);
  });

  test(`have at most ${MOST_LINES} lines, but tables`, () => {
    const long = [...files, ...sources("bin")].filter((file) => read(file).split("\n").length - 1 > MOST_LINES);
    expect(long.filter((file) => !isTable(file))).toEqual([]);
  });

  test("have no any", () => {
    const any = /\bas any\b|<any\b|[:|,]\s*any\s*[,;)=|>[]|\bany\[\]/;
    expect(files.filter((file) => any.test(code(file)))).toEqual([]);
  });

  test("silence the linter for one line at most, and the compiler never", () => {
    const silencers = /@ts-(?:ignore|nocheck|expect-error)|eslint-disable|oxlint-disable(?!-next-line [a-z])/;
    expect(files.filter((file) => silencers.test(read(file)))).toEqual([]);
  });

  test("of the fixtures are all in their README", () => {
    const readme = read("fixtures/README.md");
    const names = fs.readdirSync(path.join(ROOT, "fixtures")).filter((file) => file !== "README.md");
    expect(names.filter((file) => !readme.includes(`| \`${file.split(".")[0]}\` |`))).toEqual([]);
  });

  test("of the package are what package.json says", () => {
    const manifest: { files: string[]; bin: Record<string, string>; man: string } = JSON.parse(read("package.json"));
    const named = [
      ...Object.values(manifest.bin),
      manifest.man,
      ...manifest.files.filter((file) => !/[!*]/.test(file)),
    ];
    expect(named.filter((file) => !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

/** A file that is one table: nearly all its lines are rows. */
function isTable(file: string): boolean {
  const lines = code(file)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const rows = lines.filter((line) => /^\s*(?:\[.*\]|\{.*\}|"[^"]*"|[\w"]+:.*|\d[\w.]*),?$/.test(line));
  return rows.length > 0.8 * lines.length;
}
