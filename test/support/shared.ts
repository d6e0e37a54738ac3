import fs from "node:fs";
import path from "node:path";

/** Captures, many and large, that are kept beside the project's folder. */
export const SHARED: string = path.join(import.meta.dirname, "../../../shared");

/** Whether these folders of them are here: a clone on another machine has none, and tests over them are skipped there. */
export function hasShared(...folders: readonly string[]): boolean {
  return folders.every((folder) => fs.existsSync(path.join(SHARED, folder)));
}
