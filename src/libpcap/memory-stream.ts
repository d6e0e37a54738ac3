import type { Pointer } from "./handle.ts";
import type { LibpcapLibrary } from "./library.ts";

/**
 * A file of the C library that is memory (open_memstream(3)), for functions that
 * write to a `FILE *`. It grows as needed, and never shrinks.
 */
export class MemoryStream {
  /** `FILE *`. */
  readonly file: Pointer;
  readonly #koffi: LibpcapLibrary["koffi"];
  readonly #slots: Pointer;
  readonly #read: () => readonly [at: bigint, length: number];
  readonly #rewind: (file: Pointer) => void;
  readonly #free: (pointer: Pointer) => void;
  #at = 0n;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor({ koffi }: LibpcapLibrary) {
    const standard = koffi.load(null);
    const size = koffi.sizeof("void *");
    this.#koffi = koffi;
    // char *buffer, size_t length: the C library keeps them up to date at every flush.
    this.#slots = koffi.alloc("void *", 2);
    const slots = koffi.view(this.#slots, 2 * size);
    this.#read = slotReader(slots, size);
    this.#rewind = standard.func("void rewind(void *file)");
    this.#free = standard.func("void free(void *memory)");
    const open: (buffer: Pointer, length: Pointer) => Pointer = standard.func(
      "void *open_memstream(void *buffer, void *length)",
    );
    const address = koffi.address(this.#slots);
    this.file = open(address, address + BigInt(size));
    if (this.file === null) throw new Error("open_memstream: out of memory");
  }

  /**
   * What was written since the last `rewind`; the stream must have been flushed. The bytes
   * are the C library's: they hold until something is written, and never longer than the stream.
   */
  bytes(): Uint8Array {
    const [at, length] = this.#read();
    // A view costs about 1 µs: it is made anew only when the memory was moved or has grown.
    if (at !== this.#at || this.#bytes.length < length) {
      this.#at = at;
      this.#bytes = new Uint8Array(length === 0 ? new ArrayBuffer(0) : this.#koffi.view(at, length));
    }
    return this.#bytes.subarray(0, length);
  }

  /** What is written next overwrites what there is. */
  rewind(): void {
    this.#rewind(this.file);
  }

  /** Frees the memory; to be called once, when whoever owns the file has closed it. */
  free(): void {
    const [at] = this.#read();
    this.#bytes = new Uint8Array(0);
    this.#free(at);
    this.#koffi.free(this.#slots);
  }
}

function slotReader(slots: ArrayBuffer, size: number): () => readonly [at: bigint, length: number] {
  if (size === 8) {
    const words = new BigUint64Array(slots);
    return () => [words[0] ?? 0n, Number(words[1])];
  }
  const words = new Uint32Array(slots);
  return () => [BigInt(words[0] ?? 0), words[1] ?? 0];
}
