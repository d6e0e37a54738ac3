/** Columns of a text that no terminal shows. */
const DEFAULT_WIDTH = 80;
/** Less makes no text readable: a narrower terminal breaks the lines itself. */
const MIN_WIDTH = 60;
/** Longer lines are hard to read. */
const MAX_WIDTH = 120;

/** How wide texts for people are, in columns. */
export function textWidth(): number {
  const columns = process.stdout.isTTY ? process.stdout.columns : DEFAULT_WIDTH;
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns === 0 ? DEFAULT_WIDTH : columns));
}

/** How long the first sentence of a verdict may be: one line where programs read, as wide as the rest on a terminal. */
export function sentenceWidth(): number {
  return process.stdout.isTTY ? textWidth() : Number.POSITIVE_INFINITY;
}
