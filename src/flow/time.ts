/*
 * Times are nanoseconds since the first frame, which no small integer holds. V8
 * gives a field the representation of its first value and throws compiled code
 * away when that changes: fields for times begin with one of these.
 */

/** Not seen. */
export const NEVER: number = Number.NEGATIVE_INFINITY;

/** No nanoseconds: equal to 0, and never held as a small integer. */
export const NO_TIME: number = -0;
