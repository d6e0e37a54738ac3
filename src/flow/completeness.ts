import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";

// Bits of `completeness`, as Wireshark counts them.
export const COMPLETE_SYN = 1;
const COMPLETE_SYN_ACK = 2;
const COMPLETE_ACK = 4;
const COMPLETE_DATA = 8;
const COMPLETE_FIN = 16;
const COMPLETE_RST = 32;

/** What one segment adds to its conversation's completeness. The first one counts only when it is a SYN. */
export function completenessOf(flags: number, payloadLength: number, isFirst: boolean): number {
  if (isFirst) return (flags & (SYN | ACK)) === SYN ? COMPLETE_SYN : 0;
  let bits = 0;
  if ((flags & SYN) !== 0) bits |= (flags & ACK) !== 0 ? COMPLETE_SYN_ACK : COMPLETE_SYN;
  else if ((flags & ACK) !== 0) bits |= payloadLength > 0 ? COMPLETE_DATA : COMPLETE_ACK;
  if ((flags & (FIN | ACK)) === (FIN | ACK)) bits |= COMPLETE_FIN;
  if ((flags & RST) !== 0) bits |= COMPLETE_RST;
  return bits;
}
