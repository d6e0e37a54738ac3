import type { Failure, LaterCall } from "./verdict.ts";

/**
 * What the program's calls return after the one that failed (Linux 6.18, measured). The error is told once; then a
 * socket that was connected is at the end of its stream, and one whose connect() failed was never connected.
 */
export function laterOf(failures: readonly Failure[]): LaterCall[] {
  return failures.flatMap(({ end, call, errno }): LaterCall[] => {
    // Who reads after the peer's FIN never sees the error: the next send() does.
    if (errno === "EPIPE") return [{ end, call: "recv", returns: "0" }];
    return [
      { end, call: "send", returns: "EPIPE" },
      { end, call: "recv", returns: call === "connect" ? "ENOTCONN" : "0" },
    ];
  });
}
