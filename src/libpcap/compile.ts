import type { TypeObject } from "koffi";
import { LibpcapError } from "./error.ts";
import { handleOpener, type HandleOpener, type Pointer, type Target } from "./handle.ts";
import type { LibpcapLibrary } from "./library.ts";
import { type BpfProgram, emptyProgram } from "./program.ts";

/** What to compile, and for which frames. The program returns the snap length for a frame that matches. */
export interface CompileRequest extends Target {
  /** pcap-filter(7); "" matches everything. */
  readonly expression: string;
  readonly optimize: boolean;
}

/**
 * The network's mask, that `ip broadcast` asks for. A file does not tell it; tcpdump takes 0 then, with
 * which the addresses of all ones and of all zeros are broadcasts.
 */
const NETMASK = 0;
/** Length of `struct bpf_insn`, in bytes: code 2, jt 1, jf 1, k 4. */
const INSTRUCTION = 8;
/** Stack that an expression may need for each of its characters, in bytes: about 550 were seen. */
const STACK_PER_CHARACTER = 1024;
/** koffi's own default, in bytes. */
const DEFAULT_STACK = 2 << 20;
/** The byte order of this machine, in which libpcap keeps its numbers. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The functions of libpcap that compile expressions. Synchronous; `host NAME` waits for the resolver. */
export class LibpcapCompiler {
  /** Characters of an expression at most; beyond, libpcap might run out of stack, which it does not notice. */
  readonly maximumLength: number;
  readonly #koffi: LibpcapLibrary["koffi"];
  readonly #programType: TypeObject;
  readonly #open: HandleOpener;
  readonly #compile: (handle: Pointer, program: unknown, text: string, optimize: number, mask: number) => number;
  readonly #errorText: (handle: Pointer) => string;
  readonly #freeCode: (program: unknown) => void;

  constructor(library: LibpcapLibrary) {
    const { koffi, handle } = library;
    this.maximumLength = Math.floor((koffi.config().sync_stack_size ?? DEFAULT_STACK) / STACK_PER_CHARACTER);
    this.#koffi = koffi;
    this.#programType = koffi.struct({ length: "unsigned int", instructions: "void *" });
    this.#open = handleOpener(library);
    this.#compile = handle.func(
      "int pcap_compile(void *p, void *program, const char *text, int optimize, uint32_t mask)",
    );
    this.#errorText = handle.func("const char *pcap_geterr(void *p)");
    this.#freeCode = handle.func("void pcap_freecode(void *program)");
  }

  /** Throws a `LibpcapError` with libpcap's own words. */
  compile(request: CompileRequest): BpfProgram {
    this.#refuseGiant(request.expression.length);
    const { pointer, close } = this.#open(request);
    try {
      return this.compileFor(pointer, request, NETMASK, (program) => this.#copy(program));
    } finally {
      close();
    }
  }

  /**
   * Compiles for a handle that is open, and hands the program (`struct bpf_program *`,
   * valid during the call) to `use`. Throws a `LibpcapError` with libpcap's own words.
   */
  compileFor<T>(
    handle: Pointer,
    { expression, optimize }: Pick<CompileRequest, "expression" | "optimize">,
    netmask: number,
    use: (program: unknown) => T,
  ): T {
    this.#refuseGiant(expression.length);
    const program: unknown = this.#koffi.alloc(this.#programType, 1);
    try {
      const answer = this.#compile(handle, program, expression, Number(optimize), netmask);
      if (answer < 0) throw refusal(this.#errorText(handle));
      try {
        return use(program);
      } finally {
        this.#freeCode(program);
      }
    } finally {
      this.#koffi.free(program);
    }
  }

  #refuseGiant(length: number): void {
    if (length <= this.maximumLength) return;
    throw new LibpcapError(
      "refused",
      `filter expression has ${length} characters, ${this.maximumLength} at most are compiled; ` +
        "match networks instead of single addresses, or filter several times",
    );
  }

  #copy(program: unknown): BpfProgram {
    const { length, instructions }: { length: number; instructions: Pointer } = this.#koffi.decode(
      program,
      this.#programType,
    );
    const view = new DataView(this.#koffi.view(instructions, length * INSTRUCTION));
    const copy = emptyProgram(length);
    for (let i = 0; i < length; i++) {
      const at = i * INSTRUCTION;
      copy.codes[i] = view.getUint16(at, LITTLE_ENDIAN);
      copy.jumpTrue[i] = view.getUint8(at + 2);
      copy.jumpFalse[i] = view.getUint8(at + 3);
      copy.operands[i] = view.getUint32(at + 4, LITTLE_ENDIAN);
    }
    return copy;
  }
}

/** The error for what libpcap says when it does not compile an expression. */
export function refusal(text: string): LibpcapError {
  return new LibpcapError(text.endsWith("rejects all packets") ? "rejects-all" : "refused", text);
}
