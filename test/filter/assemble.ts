import { type BpfProgram, emptyProgram } from "../../src/libpcap/program.ts";

/** Code, operand, and for conditional jumps how far they go. */
export type Instruction = readonly [code: number, operand?: number, jumpTrue?: number, jumpFalse?: number];

export function assemble(instructions: readonly Instruction[]): BpfProgram {
  const program = emptyProgram(instructions.length);
  for (const [i, [code, operand = 0, jumpTrue = 0, jumpFalse = 0]] of instructions.entries()) {
    program.codes[i] = code;
    program.operands[i] = operand;
    program.jumpTrue[i] = jumpTrue;
    program.jumpFalse[i] = jumpFalse;
  }
  return program;
}
