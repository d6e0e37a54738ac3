/** The package `cap`, which has no types of its own: what is used of it. */
declare module "cap" {
  import type { EventEmitter } from "node:events";

  export class Cap extends EventEmitter {
    /** Captures into `buffer`, one packet at a time; returns a name of the link type. Throws. */
    open(device: string, filter: string, bufferSize: number, buffer: Buffer): string;
    close(): boolean;
  }
}
