import type { CaptureSource } from "../capture/source.ts";

/** Tells on standard error how text traces were read: what was chosen, what is odd, what could not be read. */
export function reportNotices(sources: readonly CaptureSource[]): void {
  for (const { name, notices = [] } of sources) {
    for (const notice of notices) process.stderr.write(`tcpscope: ${name}: ${notice}\n`);
  }
}
