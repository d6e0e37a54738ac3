import type { Output } from "../output.ts";

/** What a route's printer says in the place of its length: its prefix is longer than an address. */
export const ILLEGAL = -1;
/** The route is cut. */
export const CUT = -2;
/** The list ends within the route, which is not said. */
export const UNFINISHED = -3;

/** Prints `lead` and the route at `at`, for which the list has `left` bytes; its length, or what it is else. */
export type PrintRoute = (out: Output, lead: string, at: number, left: number) => number;
