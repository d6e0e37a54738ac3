import { CaptureError, type CaptureErrorCode } from "./error.ts";
import { errnoOf, reasonOf } from "./input.ts";

const WRITE_ERRORS: Readonly<Record<string, readonly [CaptureErrorCode, string]>> = {
  ENOSPC: ["disk-full", "the disk is full, the file is not complete"],
  EDQUOT: ["disk-full", "the disk quota is used up, the file is not complete"],
  EFBIG: ["disk-full", "the file may not become larger, it is not complete"],
  EPIPE: ["broken-pipe", "nobody reads it any more"],
};

/** What is told when `name` cannot be written; `kept`: what becomes of it. */
export function writeError(name: string, error: unknown, kept = ""): CaptureError {
  const [code, text] = WRITE_ERRORS[errnoOf(error)] ?? ["cannot-write", `writing failed: ${reasonOf(error)}`];
  return new CaptureError(code, `${name}: ${text}${kept}`, { cause: error });
}
