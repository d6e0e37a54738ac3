import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** What tests compare with and machines may lack: they are skipped there. In CI, programs are never missing. */

const OPTIONAL = process.env["CI"] === undefined;
/** Captures that are kept beside the project: real ones, and those of our own laboratory. */
export const SHARED: string = path.join(import.meta.dirname, "../../../shared");
export const CORPUS: string = path.join(SHARED, "corpus");
export const LAB: string = path.join(SHARED, "lab");

/** Whether tests are to be skipped for want of a program, or of the one version that they are written for. */
export function lacksProgram(name: string, version = ""): boolean {
  if (!OPTIONAL) return false;
  const { error, stdout, stderr } = spawnSync(name, ["--version"], { encoding: "utf8" });
  return error !== undefined || !`${stdout}${stderr}`.includes(version);
}

/** Whether tests over these captures are to be skipped: a clone on another machine does not have them. */
export function lacksFolder(folder: string): boolean {
  return !fs.existsSync(folder);
}

/** The captures below a folder of the corpus; none where it may be missing. */
export function corpusCaptures(folder: string): string[] {
  if (lacksFolder(CORPUS)) return [];
  const files = fs.readdirSync(path.join(CORPUS, folder), { recursive: true, encoding: "utf8" });
  return files
    .map((name) => path.join(CORPUS, folder, name))
    .filter((file) => fs.statSync(file).isFile() && !/\.(?:out|tsv|\d)$/.test(file))
    .toSorted();
}
