import type { Pointer } from "./handle.ts";
import type { LibpcapLibrary } from "./library.ts";

/** IF_NAMESIZE, in bytes, of the systems that have the longest. */
const NAME_SIZE = 256;
/** Names kept at most. */
const MOST = 4096;

/**
 * Names of this host's network interfaces by their number; undefined for a number that
 * has none. A name is kept once it was seen, so that packets of an interface that is gone have it.
 */
export function interfaceNamer({ koffi }: LibpcapLibrary): (index: number) => string | undefined {
  const lookUp: (index: number, name: Uint8Array) => Pointer = koffi
    .load(null)
    .func("void *if_indextoname(unsigned int index, _Out_ uint8_t *name)");
  const names = new Map<number, string>();
  const buffer = new Uint8Array(NAME_SIZE);
  return (index) => {
    const known = names.get(index);
    if (known !== undefined) return known;
    if (lookUp(index, buffer) === null) return undefined;
    const name = new TextDecoder().decode(buffer.subarray(0, buffer.indexOf(0)));
    if (names.size < MOST) names.set(index, name);
    return name;
  };
}
