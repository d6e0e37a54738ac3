import fs from "node:fs";

/** Columns of a text that no terminal shows. */
export const DEFAULT_WIDTH = 80;
/** Less makes no text readable: a narrower terminal breaks the lines itself. */
const MIN_WIDTH = 60;
/** Longer lines are hard to read. */
const MAX_WIDTH = 120;

const NULL_DEVICE = "/dev/null";
const DESCRIPTORS = { stdout: 1, stderr: 2 };

/**
 * Whether a person looks at it. Node's own stream, which takes milliseconds to load, is asked only where it has to be.
 * It has for a pipe that is printed to: from then on that does not block, so that ^C is heard while nobody reads it.
 */
export function isTerminal(stream: "stdout" | "stderr"): boolean {
  return mayBeTerminal(DESCRIPTORS[stream]) && process[stream].isTTY;
}

function mayBeTerminal(descriptor: number): boolean {
  if (process.platform === "win32") return true;
  try {
    const status = fs.fstatSync(descriptor);
    if (status.isCharacterDevice()) return status.rdev !== fs.statSync(NULL_DEVICE).rdev;
    return !status.isFile() && descriptor === DESCRIPTORS.stdout;
  } catch {
    return true;
  }
}

/** How wide texts for people are that go there, in columns. */
export function textWidth(stream: "stdout" | "stderr" = "stdout"): number {
  const columns = isTerminal(stream) ? process[stream].columns : DEFAULT_WIDTH;
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns === 0 ? DEFAULT_WIDTH : columns));
}

/** How long the first sentence of a verdict may be: one line where programs read, as wide as the rest on a terminal. */
export function sentenceWidth(): number {
  return isTerminal("stdout") ? textWidth() : Number.POSITIVE_INFINITY;
}
