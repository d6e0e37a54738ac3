/** Names of the commands; a test holds them against the program. */
export const COMMAND_NAMES: readonly string[] = [
  "dump",
  "flows",
  "diagnose",
  "why",
  "connect",
  "run",
  "ladder",
  "report",
  "explain",
  "interfaces",
  "completion",
  "help",
];

/** The command that was probably meant by a word that is none; undefined when none is near. */
export function suggestCommand(word: string): string | undefined {
  if (word.length < 3) return undefined;
  return COMMAND_NAMES.find(
    (name) => name.startsWith(word) || distance(word, name) <= (word.length > 4 && name.length > 4 ? 2 : 1),
  );
}

/** The name that was probably meant: the one with the fewest changes, if these are few; undefined when none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, changes: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes);
  return best !== undefined && best.changes <= Math.max(1, Math.floor(word.length / 2)) ? best.name : undefined;
}

/** With so many changes, it was probably a slip. */
const FEW_CHANGES = 2;

/** The same for names whose parts are joined by dots: one with the same last part, for who put it elsewhere, before one with more changes. */
export function nearestPath(name: string, paths: readonly string[]): string | undefined {
  const near = nearest(name, paths);
  if (near !== undefined && distance(name.toLowerCase(), near.toLowerCase()) <= FEW_CHANGES) return near;
  const lastPart = `.${name.slice(name.lastIndexOf(".") + 1)}`;
  return paths.find((path) => path.endsWith(lastPart)) ?? near;
}

/** How many suggestions are made at most. */
const MAX_NEAR = 3;

/** Words that were probably meant by one that is none of them, the nearest first; case does not matter. */
export function nearestNames(word: string, known: readonly string[]): string[] {
  const meant = word.toLowerCase();
  const most = Math.max(1, Math.floor(meant.length / 3));
  const rated = known.map((name) => {
    const other = name.toLowerCase();
    const isPart = meant.length >= 3 && other.includes(meant);
    return { name, far: isPart ? 0.5 : distance(meant, other) };
  });
  const near = rated.filter(({ far }) => far <= most).sort((a, b) => a.far - b.far || a.name.length - b.name.length);
  return [...new Set(near.map(({ name }) => name))].slice(0, MAX_NEAR);
}

/** Letters to insert, remove, exchange or swap with their neighbour to make one word of the other. */
export function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
