/** Why segments are sent again; `RetransmissionCause` without the empty one. */
export const RETRANSMISSION_CAUSES: readonly string[] = [
  "syn",
  "syn-ack",
  "fin",
  "rto",
  "fast",
  "spurious",
  "network-duplicate",
  "unknown",
];

export const CALLS: readonly string[] = ["connect", "send", "recv", "accept", "bind"];
