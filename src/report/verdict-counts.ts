import type { ChalkInstance } from "chalk";
import type { Verdict } from "../diagnosis/verdict.ts";
import { isFailure } from "./verdict-fields.ts";

/** Counts verdicts by their causes, so that the verdicts need not be kept. */
export class VerdictCounts {
  total = 0;
  failed = 0;
  readonly #causes = new Map<string, number>();

  add(verdict: Verdict): void {
    this.total++;
    if (isFailure(verdict)) this.failed++;
    const key = `${verdict.cause.word}${verdict.errno === null ? "" : ` ${verdict.errno}`}`;
    this.#causes.set(key, (this.#causes.get(key) ?? 0) + 1);
  }

  /** A line with the numbers, then one for each cause, most frequent first. */
  text(colour: ChalkInstance): string {
    const what = this.total === 1 ? "connection or attempt" : "connections and attempts";
    const rows = [...this.#causes]
      .sort((a, b) => b[1] - a[1])
      .map(([key, count]) => `${String(count).padStart(7)}  ${key}`);
    return [colour.bold(`${this.total} ${what}, ${this.failed} failed`), ...rows].join("\n");
  }
}
