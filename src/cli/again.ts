import fs from "node:fs";
import type { FrameVisitor } from "../pipeline.ts";
import { filterOf } from "./expression.ts";
import { readInputs } from "./inputs.ts";
import { filesOf, type ReportOptions } from "./reading.ts";

/** Whether the inputs give the same frames when they are read again: files, and no expression from standard input. */
export function canReadAgain(options: ReportOptions, words: readonly string[]): boolean {
  if (options.F === "-" || options.read === undefined) return false;
  const files = filesOf(options.read, words);
  return files.every((file) => file !== "-" && fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** Reads the inputs of a report a second time; what is wrong with them has been told after the first. */
export async function readAgain(options: ReportOptions, words: readonly string[], visit: FrameVisitor): Promise<void> {
  const files = filesOf(options.read, words);
  await readInputs(files, visit, { filter: await filterOf(words, options) });
}
