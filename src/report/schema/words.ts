/** Why segments are sent again; `RetransmissionCause` without the empty one. */
export const RETRANSMISSION_CAUSES: readonly string[] = [
  "syn",
  "syn-ack",
  "fin",
  "rto",
  "tlp",
  "fast",
  "sack",
  "spurious",
  "window-probe",
  "keep-alive",
  "network-duplicate",
  "duplicate-capture",
  "unknown",
];

export const CALLS: readonly string[] = ["connect", "send", "recv", "accept", "bind"];
