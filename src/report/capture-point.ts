import type { CapturePoint } from "../flow/vantage.ts";

/** Where a capture was made, in words. */
export const POINT_TEXTS: Readonly<Record<CapturePoint, string>> = {
  client: "at the client",
  server: "at the server",
  middle: "between the ends",
  loopback: "on the host of both ends",
  unknown: "nothing tells where",
};
