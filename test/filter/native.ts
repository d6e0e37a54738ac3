import koffi from "koffi";
import { loadLibpcap } from "../../src/libpcap/library.ts";
import type { BpfProgram } from "../../src/libpcap/program.ts";

const { handle } = await loadLibpcap();
const filter = handle.func(
  "unsigned int bpf_filter(const void *program, const void *bytes, unsigned int wire, unsigned int captured)",
);
const validate = handle.func("int bpf_validate(const void *program, int length)");
const image = handle.func("const char *bpf_image(const void *instruction, int number)");

/** Instructions as libpcap holds them: code, jt, jf, k. */
export function nativeProgram({ length, codes, jumpTrue, jumpFalse, operands }: BpfProgram): Uint8Array {
  const bytes = new Uint8Array(8 * length);
  for (let i = 0; i < length; i++) {
    koffi.encode(bytes, 8 * i, "uint16_t", codes[i]);
    koffi.encode(bytes, 8 * i + 4, "uint32_t", operands[i]);
    bytes[8 * i + 2] = jumpTrue[i]!;
    bytes[8 * i + 3] = jumpFalse[i]!;
  }
  return bytes;
}

/** What libpcap's own interpreter makes of a program and a frame. */
export function nativeFilter(program: Uint8Array, frame: Uint8Array, wireLength: number): number {
  return Number(filter(program, frame, wireLength, frame.length));
}

/** Whether libpcap takes the program for one that can be run. */
export function isValid(program: Uint8Array): boolean {
  return validate(program, program.length / 8) !== 0;
}

/** An instruction as libpcap prints it. */
export function nativeImage(program: Uint8Array, number: number): string {
  return String(image(program.subarray(8 * number, 8 * number + 8), number));
}
