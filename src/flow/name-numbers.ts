/** What the analysis in Wireshark's names keeps of one end. Ends have their own where there is that analysis (see `End.names`). */
export class NameNumbers {
  /** Wireshark's "next sequence number": highest end of any segment seen, be it a forged RST; and what brought it. */
  hasNext = false;
  next = 0;
  nextFrame = 0;
  /** In nanoseconds since the first frame. */
  nextTimeNs = 0;
  hasContiguous = false;
  /** Highest end seen without a hole before it. */
  contiguous = 0;
  /** Its count of duplicate acknowledgments; `End.repeatedAcks` is our own. */
  duplicateAcks = 0;
  lastNonDuplicateAckFrame = 0;
  /** Bits `ANALYSIS_…` of its last segment. */
  lastAnalysis = 0;
  /** Nothing that it sent is missing since the last acknowledgment. */
  inFlightValid = true;
  /** An acknowledgment beyond `contiguous` was reported. */
  lossTold = false;
}

/** Of all ends without the analysis. */
export const NO_NAMES: Readonly<NameNumbers> = new NameNumbers();
