import type { default as Koffi, LibraryHandle } from "koffi";
import { LibpcapError } from "./error.ts";
import { importKoffi, type KoffiLoader, withoutKoffi } from "./koffi.ts";

/** libpcap, loaded, and the koffi that calls it. */
export interface LibpcapLibrary {
  readonly koffi: typeof Koffi;
  readonly handle: LibraryHandle;
}

/** What the library is called, best first: Debian kept the name of version 0.8, macOS has it without a file to be seen. */
const NAMES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"],
  android: ["libpcap.so"],
  darwin: ["/usr/lib/libpcap.A.dylib", "libpcap.dylib"],
  freebsd: ["libpcap.so.8", "libpcap.so"],
  openbsd: ["libpcap.so"],
  win32: [`${process.env["SystemRoot"] ?? "C:\\Windows"}\\System32\\Npcap\\wpcap.dll`, "wpcap.dll"],
};

/** Names under which a platform may have libpcap, in the order in which they are tried. */
export function libraryNames(platform: NodeJS.Platform = process.platform): readonly string[] {
  return NAMES[platform] ?? ["libpcap.so"];
}

/** Stack of calls, in bytes, the most that koffi gives: libpcap goes through an expression's parts recursively. */
const STACK = 16 << 20;

/** Loads the system's libpcap. Rejects with a `LibpcapError` when koffi or libpcap is missing. */
export async function loadLibpcap(
  load: KoffiLoader = importKoffi,
  names: readonly string[] = libraryNames(),
): Promise<LibpcapLibrary> {
  let koffi: typeof Koffi;
  try {
    koffi = await load();
  } catch (error) {
    throw withoutKoffi(error);
  }
  enlargeStack(koffi);
  let last: unknown = undefined;
  for (const name of names) {
    try {
      return { koffi, handle: koffi.load(name) };
    } catch (error) {
      last = error;
    }
  }
  throw new LibpcapError("no-library", `libpcap is not installed (tried ${names.join(", ")})`, { cause: last });
}

/** What libpcap says of itself: "libpcap version 1.10.3 (with TPACKET_V3)". */
export function libpcapVersion({ handle }: LibpcapLibrary): string {
  const version: () => string = handle.func("const char *pcap_lib_version()");
  return version();
}

/** Possible only before koffi has loaded its first library: where another part of the program was first, its choice stays. */
function enlargeStack(koffi: typeof Koffi): void {
  if (koffi.config().sync_stack_size === STACK) return;
  try {
    koffi.config({ sync_stack_size: STACK });
  } catch {
    // The compiler asks for the size that there is.
  }
}
