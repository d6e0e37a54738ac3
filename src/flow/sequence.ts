/**
 * Sequence numbers (RFC 9293 section 3.4) are held as signed 32-bit integers,
 * which V8 keeps without a heap object; their order is that of the wrapped
 * difference.
 */

/** Whether `a` comes before `b`. */
export function less(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** Whether `a` comes before `b` or is it. */
export function lessOrEqual(a: number, b: number): boolean {
  return ((a - b) | 0) <= 0;
}

/** How far `a` lies after `b`, 0 to 2^32 - 1. */
export function distance(a: number, b: number): number {
  return (a - b) >>> 0;
}
