import { createGunzip, type Gunzip } from "node:zlib";
import { CaptureError } from "./error.ts";
import { errnoOf, reasonOf, type ByteInput } from "./input.ts";

/** Compressed bytes taken at a time: what they can grow to (a thousand times as much) is what is held in memory at most. */
const PIECE = 1 << 14;
/** Decompressed bytes per step; those of the step that meets damage are lost. */
const OUTPUT = 1 << 15;

/**
 * Decompresses gzip data (RFC 1952, any number of members) piece by piece;
 * `head` is what was already taken from `input`. Throws a `CaptureError` when
 * the data is cut, after everything that could be decompressed, or bad, after
 * all but at most the last 32 KiB of it.
 */
export async function* gunzip(
  name: string,
  input: ByteInput,
  head: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  const engine = createGunzip({ chunkSize: OUTPUT });
  const output: Uint8Array[] = [];
  let failure: Error | undefined;
  engine.on("data", (chunk: Uint8Array) => output.push(chunk));
  engine.on("error", (error) => (failure = error));
  try {
    for await (const piece of pieces(input, head)) {
      await written(engine, piece);
      yield* output.splice(0);
      if (failure !== undefined) throw damaged(name, failure);
    }
    // Only now, with everything else out: an error would take the output of the same step with it.
    await ended(engine);
    yield* output.splice(0);
    if (failure !== undefined) throw damaged(name, failure);
  } finally {
    engine.destroy();
  }
}

async function* pieces(input: ByteInput, head: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < head.length; at += PIECE) yield head.subarray(at, at + PIECE);
  const piece = new Uint8Array(PIECE);
  for (;;) {
    const got = await input.read(piece, 0);
    if (got === 0) return;
    yield piece.subarray(0, got);
  }
}

function written(engine: Gunzip, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    engine.once("close", resolve);
    engine.write(piece, () => {
      engine.off("close", resolve);
      resolve();
    });
  });
}

function ended(engine: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    engine.once("close", resolve);
    engine.end();
  });
}

function damaged(name: string, error: Error): CaptureError {
  const rest = "what was decompressed before is read";
  return errnoOf(error) === "Z_BUF_ERROR"
    ? new CaptureError("cut-compression", `${name}: the gzip data ends early; the file was cut: ${rest}`)
    : new CaptureError("bad-compression", `${name}: the gzip data is damaged (${reasonOf(error)}): ${rest}`, {
        cause: error,
      });
}
