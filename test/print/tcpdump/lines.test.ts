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
    /** Frames that came before, whole. */
    readonly before?: readonly string[];
    readonly lines: Readonly<Record<string, string>>;
    /** What is printed when fewer bytes were captured: from which number of bytes on. */
    readonly cuts?: { readonly options: string; readonly texts: readonly (readonly [number, string])[] };
  }[];
}

const FILES = [
  "lines.json",
  "lines-applications.json",
  "lines-bgp.json",
  "lines-links.json",
  "lines-nfs.json",
  "lines-wireless.json",
];
const GROUPS: readonly Group[] = FILES.flatMap((name) =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")),
);

/** The options that tcpdump was given: `-vv -e`. */
function optionsOf(words: string): Partial<TcpdumpOptions> {
  const count = (letter: string): number => words.split(letter).length - 1;
  return {
    verbosity: count("v"),
    linkLayer: count("e") > 0,
    mesh: count("H") > 0,
    quiet: count("q") > 0,
    absoluteSequence: count("S") > 0,
    skipChecksums: count("K") > 0,
    asDot: count("b") > 0,
    rawHandles: count("u") > 0,
  };
}

/** What is printed for the frame, of which `captured` bytes are there, behind those `before` it. */
function lineOf({ linkType, hex, before = [] }: Group["frames"][number], captured: number, words: string): string {
  const options = optionsOf(words);
  const earlier = before.map((each) => frameOf(bytesOf(each), linkType));
  const text = textOf([...earlier, frameOf(bytesOf(hex), linkType, captured)], options);
  return earlier.length === 0 ? text : text.slice(textOf(earlier, options).length + 1);
}

describe.each(GROUPS)("$group", ({ frames }) => {
  test.each(frames)("$title", (frame) => {
    for (const [words, line] of Object.entries(frame.lines)) {
      expect(lineOf(frame, frame.captured, words), `with "${words}"`).toBe(line);
    }
  });

  const cut = frames.filter((frame) => frame.cuts !== undefined);
  test.skipIf(cut.length === 0).each(cut)("$title, cut at every length", (frame) => {
    const { options, texts } = frame.cuts ?? { options: "", texts: [] };
    for (const [i, [from, text]] of texts.entries()) {
      const to = texts[i + 1]?.[0] ?? frame.captured;
      for (let length = from; length < to; length++) {
        expect(lineOf(frame, length, options), `${length} bytes`).toBe(text);
      }
    }
  });
});
