import type { TypeObject } from "koffi";
import { dataLinkOf } from "./data-link.ts";
import { LibpcapError } from "./error.ts";
import type { LibpcapLibrary } from "./library.ts";
import { type BpfProgram, emptyProgram } from "./program.ts";

/** What to compile, and for which frames. */
export interface CompileRequest {
  /** pcap-filter(7); "" matches everything. */
  readonly expression: string;
  /** LINKTYPE_ value of the frames, or a link type's name as tcpdump's -y takes it. */
  readonly link: number | string;
  /** What the program returns for a frame that matches, in bytes; above 0. */
  readonly snapLength: number;
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
/** pcap_datalink_name_to_val's answer for a name that is none. */
const NO_SUCH_NAME = -1;

/** The byte order of this machine, in which libpcap keeps its numbers. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** libpcap keeps pointers to itself. */
type Pointer = bigint | number | null;

/** The functions of libpcap that compile expressions. Synchronous; `host NAME` waits for the resolver. */
export class LibpcapCompiler {
  /** Characters of an expression at most; beyond, libpcap might run out of stack, which it does not notice. */
  readonly maximumLength: number;
  readonly #koffi: LibpcapLibrary["koffi"];
  readonly #programType: TypeObject;
  readonly #openDead: (dataLink: number, snapLength: number) => Pointer;
  readonly #compile: (handle: Pointer, program: unknown, text: string, optimize: number, mask: number) => number;
  readonly #errorText: (handle: Pointer) => string;
  readonly #freeCode: (program: unknown) => void;
  readonly #close: (handle: Pointer) => void;
  readonly #nameToValue: (name: string) => number;

  constructor({ koffi, handle }: LibpcapLibrary) {
    this.maximumLength = Math.floor((koffi.config().sync_stack_size ?? DEFAULT_STACK) / STACK_PER_CHARACTER);
    this.#koffi = koffi;
    this.#programType = koffi.struct({ length: "unsigned int", instructions: "void *" });
    this.#openDead = handle.func("void *pcap_open_dead(int linktype, int snaplen)");
    this.#compile = handle.func(
      "int pcap_compile(void *p, void *program, const char *text, int optimize, uint32_t mask)",
    );
    this.#errorText = handle.func("const char *pcap_geterr(void *p)");
    this.#freeCode = handle.func("void pcap_freecode(void *program)");
    this.#close = handle.func("void pcap_close(void *p)");
    this.#nameToValue = handle.func("int pcap_datalink_name_to_val(const char *name)");
  }

  /** Compiles as for a file, not for a device. Throws a `LibpcapError` with libpcap's own words. */
  compile(request: CompileRequest): BpfProgram {
    const { length } = request.expression;
    if (length > this.maximumLength) {
      const advice = "match networks instead of single addresses, or filter several times";
      throw new LibpcapError(
        "refused",
        `filter expression has ${length} characters, ${this.maximumLength} at most are compiled; ${advice}`,
      );
    }
    const handle = this.#openDead(this.#dataLink(request.link), request.snapLength);
    if (handle === null) throw new LibpcapError("refused", "libpcap is out of memory");
    const program: unknown = this.#koffi.alloc(this.#programType, 1);
    try {
      const answer = this.#compile(handle, program, request.expression, Number(request.optimize), NETMASK);
      if (answer < 0) throw refusal(this.#errorText(handle));
      try {
        return this.#copy(program);
      } finally {
        this.#freeCode(program);
      }
    } finally {
      this.#koffi.free(program);
      this.#close(handle);
    }
  }

  #dataLink(link: number | string): number {
    if (typeof link === "number") return dataLinkOf(link);
    const value = this.#nameToValue(link);
    if (value === NO_SUCH_NAME) throw new LibpcapError("refused", `invalid data link type ${link}`);
    return value;
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
