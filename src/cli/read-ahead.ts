import { IndexThread } from "../capture/index-thread.ts";
import { yieldToMainThread } from "./helper-threads.ts";

/** Begins the thread that will read a large capture ahead, while this one loads the rest of the program. */
export function beginReadingAhead(): void {
  // It is no helper: those are the threads that there are before it.
  yieldToMainThread();
  IndexThread.begin();
}
