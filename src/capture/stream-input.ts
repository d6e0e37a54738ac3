import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { isatty, ReadStream } from "node:tty";
import { type ByteInput, ChunkInput, readFailed } from "./input.ts";

/** A terminal, by its descriptor; undefined where that is no terminal's. */
export function terminalInput(name: string, descriptor: number): ByteInput | undefined {
  return isatty(descriptor) ? streamInput(name, new ReadStream(descriptor)) : undefined;
}

/** A pipe, by its descriptor. */
export function pipeInput(name: string, descriptor: number): ByteInput {
  return streamInput(name, new Socket({ fd: descriptor, readable: true, writable: false }));
}

/** What a stream gives. */
export function streamInput(name: string, stream: Readable): ByteInput {
  return new ChunkInput(streamChunks(name, stream), () => stream.destroy());
}

async function* streamChunks(name: string, stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* stream.iterator();
  } catch (error) {
    throw readFailed(name, error);
  }
}
