import type { Packet } from "../wire/packet.ts";
import type { End } from "./end.ts";
import { linkOf } from "./link.ts";
import type { RetransmissionCause, Segment } from "./segment.ts";

/** A network that doubles a packet brings both within this; what comes later was sent again, in nanoseconds. */
const NETWORK_NS = 100_000_000;
/** From one place of the capture to the other, where only the time tells: no kernel sends again so soon. In nanoseconds. */
const HOST_NS = 3_000_000;
/** Identifications that grow with each packet are compared only where they are as near as this. */
const NEAR = 4096;

/**
 * Whether a segment that repeats is the very packet once more, not sent again: doubled by a network, or captured at two
 * places, such as a bridge and its ports, or a pair of interfaces; "" when it was sent again. `tsval`: -1 without timestamps.
 */
export function causeOfCopy(
  segment: Segment,
  packet: Packet,
  forward: End,
  tsval: number,
): Extract<RetransmissionCause, "" | "network-duplicate" | "duplicate-capture"> {
  const waited = segment.timeNs - forward.lastTimeNs;
  if (waited >= NETWORK_NS) return "";
  const isElsewhere = segment.ttl !== forward.firstTtl || linkOf(packet) !== forward.link;
  if (isSame(segment, forward, tsval)) return isElsewhere ? "duplicate-capture" : "network-duplicate";
  if (!isElsewhere || isLater(tsval, forward)) return "";
  return wasBefore(segment, forward, waited) ? "duplicate-capture" : "";
}

/** Same identification and timestamp as the newest segment, or as the one that was sent again last. */
function isSame({ identification }: Segment, forward: End, tsval: number): boolean {
  if (identification === 0) return false;
  const { highestIdentification, highestTsval } = forward;
  const { resentIdentification, resentTsval } = forward.repetitions;
  if (identification === highestIdentification) return tsval < 0 || (tsval | 0) === highestTsval;
  return identification === resentIdentification && (tsval < 0 || (tsval | 0) === resentTsval);
}

/** Its timestamp is newer than all before: then it was sent after them. */
function isLater(tsval: number, { hasHighestTsval, highestTsval, repetitions }: End): boolean {
  const { resentIdentification, resentTsval } = repetitions;
  if (tsval < 0 || !hasHighestTsval) return false;
  const newest = resentIdentification >= 0 && ((resentTsval - highestTsval) | 0) > 0 ? resentTsval : highestTsval;
  return ((tsval - newest) | 0) > 0;
}

/** Of what came another way than the end's first packet: the identification, or where there is none the time, says that it was sent before. */
function wasBefore({ identification }: Segment, { highestIdentification }: End, waited: number): boolean {
  if (identification === 0 || highestIdentification === 0) return waited < HOST_NS;
  const gap = ((identification - highestIdentification) << 16) >> 16;
  return gap <= 0 && gap > -NEAR;
}
