import fs from "node:fs";
import type { FrameVisitor } from "../pipeline.ts";
import { filterOf } from "./expression.ts";
import { readInputs } from "./inputs.ts";
import { filesOf, type ReportOptions } from "./reading.ts";

/** Whether all inputs are files that give the same bytes when they are read again. */
export function canReadAgain(files: readonly string[]): boolean {
  return files.every((file) => file !== "-" && fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** Reads the inputs of a report a second time; what is wrong with them has been told after the first. */
export async function readAgain(options: ReportOptions, words: readonly string[], visit: FrameVisitor): Promise<void> {
  const files = filesOf(options.read, words);
  await readInputs(files, visit, { filter: await filterOf(words, options) });
}
