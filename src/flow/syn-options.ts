import type { TcpOptionValues } from "../wire/tcp-options.ts";
import { ACK, SYN } from "../wire/tcp.ts";
import type { End } from "./end.ts";
import type { Segment } from "./segment.ts";
import { Trail } from "./trail.ts";

/** What the options of a segment say of its sender: SACK blocks of each, the rest of a SYN. */
export function takeOptions(segment: Segment, forward: End, reverse: End, options: TcpOptionValues): void {
  forward.sackBlocks = options.sackBlocks;
  if (options.sackBlocks > 0) {
    if (forward.sackEdges.length === 0) forward.sackEdges = new Uint32Array(options.sackEdges.length);
    forward.sackEdges.set(options.sackEdges);
  }
  if ((segment.flags & SYN) === 0) return;
  if (options.windowScale >= 0) {
    // A scale in the SYN-ACK is void when the SYN offered none (RFC 7323 section 2.2).
    const refused = (segment.flags & ACK) !== 0 && reverse.windowScale === -2;
    forward.windowScale = refused ? -2 : Math.min(14, options.windowScale);
  } else if (forward.windowScale === -1) {
    forward.windowScale = -2;
    reverse.windowScale = -2;
  }
  if (options.mss >= 0) forward.mss = options.mss;
  forward.sackPermitted = options.sackPermitted;
  forward.timestamps = options.hasTimestamps;
  if (!forward.synSeen) {
    forward.synSeen = true;
    forward.synBase = segment.sequence;
    forward.synWindow = segment.window;
    forward.synOptionKinds = kindsText(options);
  }
}

const NO_KINDS = Trail.root(",");

function kindsText({ kinds, kindCount }: TcpOptionValues): string {
  let trail = NO_KINDS;
  for (let i = 0; i < kindCount; i++) trail = trail.then(kinds[i]!, String(kinds[i]!));
  return trail.text;
}

/** The window in bytes: scaled where both SYNs offered it, never in a SYN (RFC 7323 section 2.2). */
export function scaledWindow(segment: Segment, forward: End): number {
  if ((segment.flags & SYN) !== 0 || forward.windowScale <= 0) return segment.window;
  return segment.window << forward.windowScale;
}
