import type { LibpcapLibrary } from "./library.ts";

/** The socket behind a device. */
export interface Socket {
  readonly descriptor: number;
  /** libpcap leaves it open in programs that we start, where it would keep the kernel's buffer filling. */
  closeOnExec(): void;
  /** Has the kernel take no more packets; false where that is not possible. */
  refuseAll(): boolean;
}

const F_SETFD = 2;
const FD_CLOEXEC = 1;
/** Linux, but on MIPS and SPARC, where Node.js hardly is. */
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
/** BPF_RET | BPF_K, with 0: no byte of any packet. A `struct sock_filter`: code, two jumps, operand. */
const RETURN_NOTHING = Uint16Array.of(0x06, 0, 0, 0);

export function socketOf({ koffi }: LibpcapLibrary, descriptor: number): Socket {
  if (descriptor < 0 || process.platform === "win32") {
    return { descriptor: -1, closeOnExec() {}, refuseAll: () => false };
  }
  const standard = koffi.load(null);
  return {
    descriptor,
    closeOnExec() {
      const control = standard.func("int fcntl(int descriptor, int command, ...)");
      control(descriptor, F_SETFD, "int", FD_CLOEXEC);
    },
    refuseAll() {
      if (process.platform !== "linux") return false;
      const programType = koffi.struct({ length: "uint16_t", instructions: "uint8_t *" });
      const set = standard.func("setsockopt", "int", ["int", "int", "int", koffi.pointer(programType), "uint32_t"]);
      const program = { length: 1, instructions: new Uint8Array(RETURN_NOTHING.buffer) };
      return set(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, koffi.sizeof(programType)) === 0;
    },
  };
}
