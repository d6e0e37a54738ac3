import fs from "node:fs";
import type { Filter } from "../filter/filter.ts";
import { readCaptures } from "../pipeline.ts";
import { TextSink } from "../print/sink.ts";
import type { Counts, DumpOptions } from "./dump-options.ts";
import { printing } from "./dump-visitor.ts";
import { asked } from "./names.ts";
import type { AnalysisLoader } from "./shared-analysis.ts";
import type { PacketTest } from "./where.ts";

/** Packets whose names are asked for before anything is printed. */
const FIRST = 1000;
/** How long they are waited for in all, in milliseconds. */
const PATIENCE = 500;

interface Shown {
  readonly files: readonly string[];
  readonly filter: Filter | undefined;
  readonly where: PacketTest | undefined;
  readonly shared: AnalysisLoader;
}

/**
 * With --resolve: asks for the names that the first lines will show, and waits for them a moment, once. A short file would
 * be printed before an answer can come. What comes from a pipe or an interface is never kept back.
 */
export async function askForFirstNames(options: DumpOptions, counts: Counts, shown: Shown): Promise<void> {
  const files = shown.files.filter((path) => fs.statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  // Whatever prints knows which names it would show.
  const printer = await printing(options, counts, new TextSink(discard), shown.shared);
  let left = Math.min(FIRST, options.c ?? FIRST);
  await readCaptures(
    files,
    (frame, source) => {
      if (shown.where !== undefined && !shown.where(frame, source)) return true;
      return printer.frame(frame, source) !== false && --left > 0;
    },
    { filter: shown.filter, onOpen: (source) => printer.open(source) },
  );
  await asked(options)?.answered(PATIENCE);
}

function discard(): void {}
