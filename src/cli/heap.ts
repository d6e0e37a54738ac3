import { setFlagsFromString } from "node:v8";

/**
 * Has the heap collected when it has grown by 60 %, where V8 would wait until it has up to doubled: for commands that
 * keep many connections. Measured with 50,000 of them: 245 MiB in place of 272, for a tenth of the time (30 %: 230 MiB).
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=60");
}
