/** Exit statuses (OUTPUT.md). */
export const STATUS_DONE = 0;
/** The input could not be read to its end, or not at all. */
export const STATUS_UNREADABLE = 1;
export const STATUS_USAGE = 2;
/** Some connection failed. */
export const STATUS_FAILED = 3;

/** Wrong usage that commander does not see: one sentence, exit status 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}
