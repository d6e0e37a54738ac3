import fs from "node:fs";
import { createRequire } from "node:module";
import type { default as Koffi } from "koffi";
import { LibpcapError } from "./error.ts";

/** Imports koffi: an optional dependency, so this may fail. */
export type KoffiLoader = () => Promise<typeof Koffi>;

/** The version whose binary is known to be all that is needed. */
export const KOFFI_VERSION: string = "3.3.4";

/** Names of the machine in koffi's binaries for Linux, and in musl's loader. */
const MACHINES: Partial<Record<NodeJS.Architecture, string>> = { x64: "x86_64", arm64: "aarch64" };

export async function importKoffi(): Promise<typeof Koffi> {
  return koffiBinary() ?? (await import("koffi")).default;
}

/**
 * koffi without the modules that look for its binary and add to it what is deprecated: they take 10 ms, the binary 2.
 * Undefined where it is not where it is expected, is of another version, or where more than one would do (glibc's and musl's).
 */
export function koffiBinary(): typeof Koffi | undefined {
  const { platform, arch } = process;
  const machine = platform === "linux" ? MACHINES[arch] : undefined;
  if (machine === undefined || fs.existsSync(`/lib/ld-musl-${machine}.so.1`)) return undefined;
  try {
    const binary: typeof Koffi = createRequire(import.meta.url)(
      `@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`,
    );
    return binary.version === KOFFI_VERSION ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** What an error of its import means. */
export function withoutKoffi(error: unknown): LibpcapError {
  return new LibpcapError("no-koffi", isMissing(error) ? "koffi is not installed" : unusable(error), { cause: error });
}

/** Of an import, and of a require. */
const MISSING = new Set<unknown>(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && MISSING.has(error.code);
}

/** It is installed, but has no binary for this platform, for example. */
function unusable(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `koffi cannot be loaded: ${text.split("\n", 1)[0] ?? ""}`;
}
