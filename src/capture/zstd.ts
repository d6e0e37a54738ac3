import { CaptureError } from "./error.ts";
import { reasonOf, type ByteInput } from "./input.ts";
import { bestZstdEngine, type ZstdEngine } from "./zstd-engine.ts";
import { CompressedBytes, readFrames, ZstdCut, ZstdDamage } from "./zstd-frames.ts";

/**
 * Decompresses zstd data (RFC 8878, any number of frames) block by block;
 * `head` is what was already taken from `input`. Throws a `CaptureError` when
 * the data is cut, after all its whole blocks, or bad, after what is before
 * the bad block. Dictionaries are not known; checksums are compared only by a
 * Node that has zstd itself. `makeEngine` is for tests.
 */
export async function* unzstd(
  name: string,
  input: ByteInput,
  head: Uint8Array,
  makeEngine: () => ZstdEngine = bestZstdEngine,
): AsyncGenerator<Uint8Array, void, undefined> {
  const engine = makeEngine();
  let total = 0;
  try {
    for await (const part of readFrames(new CompressedBytes(input, head), engine.maximumWindow)) {
      for (const chunk of await decompressed(engine, part.bytes, part.last, part.at)) {
        total += chunk.length;
        yield chunk;
      }
      if (!part.last) continue;
      if (part.contentSize !== -1 && part.contentSize !== total) {
        throw new ZstdDamage(`its header says ${part.contentSize} bytes, there were ${total}`, part.at);
      }
      total = 0;
    }
  } catch (error) {
    throw translated(name, error);
  } finally {
    engine.close();
  }
}

async function decompressed(
  engine: ZstdEngine,
  bytes: Uint8Array,
  last: boolean,
  at: number,
): Promise<readonly Uint8Array[]> {
  try {
    return await engine.decompress(bytes, last);
  } catch (error) {
    throw new ZstdDamage(reasonOf(error), at, { cause: error });
  }
}

function translated(name: string, error: unknown): unknown {
  const rest = "what was decompressed before is read";
  if (error instanceof ZstdCut) {
    return new CaptureError("cut-compression", `${name}: the zstd data ends early; the file was cut: ${rest}`);
  }
  if (!(error instanceof ZstdDamage)) return error;
  const text = `${name}: the zstd data is damaged (${error.message}, at byte ${error.at}): ${rest}`;
  return new CaptureError("bad-compression", text, { cause: error.cause });
}
