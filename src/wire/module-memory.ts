/** What is used of WebAssembly, for which Node's types have no names. */
interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (pages: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Instance: new <T>(module: object, imports: { env: { memory: SharedMemory } }) => { readonly exports: T };
};

export type { SharedMemory };

const PAGE = 65_536;
/** A cache line: what starts on one does not share it with what another thread writes. */
const ALIGNMENT = 64;

/** Compiled modules, by their code. */
const compiled = new Map<string, object>();

/** The functions `T` of a module of WebAssembly, whose bytes are given in base64, in this memory. */
export function functionsOf<T>(code: string, memory: SharedMemory): T {
  let module = compiled.get(code);
  if (module === undefined) {
    module = new WebAssembly.Module(Buffer.from(code, "base64"));
    compiled.set(code, module);
  }
  return new WebAssembly.Instance<T>(module, { env: { memory } }).exports;
}

/**
 * Memory that JavaScript, modules of WebAssembly and other threads see. All that can be needed is reserved from the
 * start: what was not written to yet takes no memory of the system.
 */
export class ModuleMemory {
  /** As other threads get it. */
  readonly shared: SharedMemory;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly unsigned: Uint32Array<SharedArrayBuffer>;
  readonly doubles: Float64Array<SharedArrayBuffer>;
  #used = 0;

  /** `size` in bytes. Throws a RangeError when the system has no room for so much. */
  constructor(size: number) {
    const pages = Math.ceil(size / PAGE);
    this.shared = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { buffer } = this.shared;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.unsigned = new Uint32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Where the next so many bytes are, all 0, on a cache line of their own. */
  reserve(size: number): number {
    const from = this.#used;
    this.#used = from + alignedSize(size);
    if (this.#used > this.bytes.length)
      throw new RangeError(`${size} bytes of a memory of ${this.bytes.length} are not left`);
    return from;
  }
}

/** What `reserve` takes for so many bytes. */
export function alignedSize(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}
