import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TcpdumpOptions } from "../../../src/print/tcpdump/options.ts";
import { bytesOf, frameOf, textOf } from "./frames.ts";

/** One protocol's frames, each with what tcpdump 4.99.3 prints for it, by options. */
interface Group {
  readonly group: string;
  readonly frames: readonly {
    readonly title: string;
    readonly linkType: number;
    readonly captured: number;
    readonly hex: string;
    readonly lines: Readonly<Record<string, string>>;
  }[];
}

const GROUPS: readonly Group[] = JSON.parse(readFileSync(new URL("lines.json", import.meta.url), "utf8"));

/** The options that tcpdump was given: `-vv -e`. */
function optionsOf(words: string): Partial<TcpdumpOptions> {
  const count = (letter: string): number => words.split(letter).length - 1;
  return {
    verbosity: count("v"),
    linkLayer: count("e") > 0,
    quiet: count("q") > 0,
    absoluteSequence: count("S") > 0,
    skipChecksums: count("K") > 0,
  };
}

describe.each(GROUPS)("$group", ({ frames }) => {
  test.each(frames)("$title", ({ linkType, captured, hex, lines }) => {
    for (const [words, line] of Object.entries(lines)) {
      const frame = frameOf(bytesOf(hex), linkType, captured);
      expect(textOf([frame], optionsOf(words)), `with "${words}"`).toBe(line);
    }
  });
});
