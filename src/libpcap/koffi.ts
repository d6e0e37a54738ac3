import type { default as Koffi } from "koffi";
import { LibpcapError } from "./error.ts";

/** Imports koffi: an optional dependency, so this may fail. */
export type KoffiLoader = () => Promise<typeof Koffi>;

export async function importKoffi(): Promise<typeof Koffi> {
  return (await import("koffi")).default;
}

/** What an error of its import means. */
export function withoutKoffi(error: unknown): LibpcapError {
  return new LibpcapError("no-koffi", isMissing(error) ? "koffi is not installed" : unusable(error), { cause: error });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
}

/** It is installed, but has no binary for this platform, for example. */
function unusable(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `koffi cannot be loaded: ${text.split("\n", 1)[0] ?? ""}`;
}
