import type { FilterError } from "../filter/error.ts";

/** Exit statuses. */
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

/** A wrong expression is wrong usage; one that cannot be compiled here, or that matches nothing, leaves the input unread. */
export function statusOfFilter(error: FilterError): number {
  return error.code === "refused" ? STATUS_USAGE : STATUS_UNREADABLE;
}

/** Says that the table of connections was full, if it was. */
export function reportEvicted(evicted: number): void {
  if (evicted === 0) return;
  process.stderr.write(
    `tcpscope: ${evicted} connections were finished early: more were open at once than are followed (--max-connections)\n`,
  );
}

/** Says that memory had no room for all connections of a report, if so. */
export function reportLeftOut({ healthy, lost }: { readonly healthy: number; readonly lost: number }): void {
  if (healthy + lost === 0) return;
  const others = lost === 0 ? "" : ` and ${lost} others`;
  process.stderr.write(
    `tcpscope: ${healthy} connections without fault${others} are left out: there are more than are kept (--max-connections); an expression narrows them down, and flows lists them all\n`,
  );
}
