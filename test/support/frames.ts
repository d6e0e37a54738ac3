import { Frame } from "../../src/wire/frame.ts";
import type { ScriptPacket } from "./script.ts";

/**
 * Calls `take` for each packet as a reader would: one frame, moved from record
 * to record of one buffer.
 */
export function eachFrame(packets: readonly ScriptPacket[], take: (frame: Frame, packet: ScriptPacket) => void): void {
  const bytes = new Uint8Array(packets.reduce((sum, packet) => sum + packet.bytes.length, 0));
  const frame = new Frame();
  frame.bytes = bytes;
  frame.view = new DataView(bytes.buffer);
  for (const packet of packets) {
    frame.number += 1;
    frame.start = frame.end;
    frame.end = frame.start + packet.bytes.length;
    bytes.set(packet.bytes, frame.start);
    frame.seconds = packet.seconds;
    frame.nanoseconds = packet.nanoseconds;
    frame.wireLength = packet.wireLength;
    frame.linkType = packet.linkType;
    take(frame, packet);
  }
}
