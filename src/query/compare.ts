import type { Operator } from "./syntax.ts";

/** How one value stands to another: below (-1), equal (0), above (1). */
export function orderOf(one: number | string, other: number | string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Which orders an operator accepts, and whether all values have to be so, or one (as Wireshark 4 defines them). */
interface Quantified {
  readonly accepts: (order: number) => boolean;
  readonly ofAll: boolean;
}

const COMPARISONS: Readonly<Record<Exclude<Operator, "contains" | "matches">, Quantified>> = {
  "==": { accepts: (order) => order === 0, ofAll: false },
  "!=": { accepts: (order) => order !== 0, ofAll: true },
  "~=": { accepts: (order) => order !== 0, ofAll: false },
  "===": { accepts: (order) => order === 0, ofAll: true },
  ">": { accepts: (order) => order > 0, ofAll: false },
  "<": { accepts: (order) => order < 0, ofAll: false },
  ">=": { accepts: (order) => order >= 0, ofAll: false },
  "<=": { accepts: (order) => order <= 0, ofAll: false },
};

export function quantified(operator: Exclude<Operator, "contains" | "matches">): Quantified {
  return COMPARISONS[operator];
}
