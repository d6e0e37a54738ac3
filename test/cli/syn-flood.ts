import { fixtureBytes } from "./run.ts";

/** A capture of so many SYNs, each of a connection of its own. */
export function synFlood(count: number): Uint8Array {
  const template = fixtureBytes("refused").subarray(24, 24 + 16 + 74);
  const bytes = Buffer.alloc(24 + count * template.length);
  bytes.set(fixtureBytes("refused").subarray(0, 24));
  for (let i = 0; i < count; i++) {
    const at = 24 + i * template.length;
    bytes.set(template, at);
    bytes.writeUInt32BE(0x0a000000 + i, at + 16 + 14 + 12);
  }
  return bytes;
}
