import { encodeIp } from "../../src/capture/encode-ip.ts";
import { SYN } from "../../src/wire/tcp.ts";

/** A SYN with five bytes, and a packet that carries it: what tests wrap in one link layer or another. */
export const TRANSPORT = {
  protocol: "tcp",
  sourcePort: 40000,
  destinationPort: 80,
  sequence: 1,
  flags: SYN,
  payload: 5,
} as const;
export const IPV4: Uint8Array<ArrayBuffer> = encodeIp(
  { version: 4, source: "10.0.0.1", destination: "10.0.0.2" },
  TRANSPORT,
);
