import type { BpfProgram } from "../libpcap/program.ts";
import { FilterError } from "./error.ts";
import * as op from "./opcodes.ts";

/** The longest program that is run. */
const MAX_LENGTH = 1 << 20;

/** What a program is, apart from its instructions. */
export interface ProgramShape {
  /** Some jump goes back (`ip protochain`), so that how long it runs depends on the frame. */
  readonly loops: boolean;
}

/**
 * Makes sure that a program stays within itself, its memory and the frame.
 * Throws a `FilterError` when it does not, and when it asks for what only a
 * live capture has.
 */
export function checkProgram(program: BpfProgram): ProgramShape {
  if (program.length === 0 || program.length > MAX_LENGTH) throw bad(`it has ${program.length} instructions`);
  let loops = false;
  for (let i = 0; i < program.length; i++) {
    if (!isKnown(program.codes[i]!)) throw bad(`instruction ${i} has the unknown code ${program.codes[i]!}`);
    checkOperand(program, i);
    loops = checkSuccessors(program, i) || loops;
  }
  return { loops };
}

/** Where an unconditional jump goes; its operand is signed, counted from the next instruction. */
export function jumpTarget(program: BpfProgram, at: number): number {
  return at + 1 + (program.operands[at]! | 0);
}

/** Whether a jump at `at` goes back. */
function checkSuccessors(program: BpfProgram, at: number): boolean {
  const code = program.codes[at]!;
  const kind = code & op.CLASS;
  if (kind === op.RET) return false;
  if (kind !== op.JMP) return inside(program, at, at + 1);
  if ((code & op.OPERATION) === op.JA) return inside(program, at, jumpTarget(program, at));
  inside(program, at, at + 1 + program.jumpTrue[at]!);
  return inside(program, at, at + 1 + program.jumpFalse[at]!);
}

/** Whether `target` is before the instruction after `at`. */
function inside(program: BpfProgram, at: number, target: number): boolean {
  if (target < 0 || target >= program.length) throw bad(`instruction ${at} leads to ${target} of ${program.length}`);
  return target <= at;
}

function checkOperand({ codes, operands }: BpfProgram, at: number): void {
  const code = codes[at]!;
  const operand = operands[at]!;
  const kind = code & op.CLASS;
  const mode = code & op.MODE;
  const usesMemory = kind === op.ST || kind === op.STX || ((kind === op.LD || kind === op.LDX) && mode === op.MEM);
  if (usesMemory && operand >= op.MEMORY_CELLS)
    throw bad(`instruction ${at} uses memory cell ${operand} of ${op.MEMORY_CELLS}`);
  if (kind === op.LD && mode === op.ABS && isAncillary(operand)) {
    throw new FilterError(
      "refused",
      "the expression asks for what only a live capture knows (direction, interface or mark): a file does not tell it",
    );
  }
}

/** libpcap makes such loads for devices only; other offsets as large as that are merely beyond the frame. */
function isAncillary(offset: number): boolean {
  return offset >= op.ANCILLARY && offset < op.ANCILLARY + op.ANCILLARY_LENGTH && offset % 4 === 0;
}

function bad(what: string): FilterError {
  return new FilterError("refused", `the compiled filter expression cannot be run: ${what}`);
}

const ARITHMETIC: readonly number[] = [op.ADD, op.SUB, op.MUL, op.DIV, op.OR, op.AND, op.LSH, op.RSH, op.MOD, op.XOR];
const CONDITIONS: readonly number[] = [op.JEQ, op.JGT, op.JGE, op.JSET];
const SIZES: readonly number[] = [op.WORD, op.HALF, op.BYTE];

/** All codes that there are. */
const KNOWN: ReadonlySet<number> = new Set([
  ...SIZES.flatMap((size) => [op.LD + op.ABS + size, op.LD + op.IND + size]),
  ...[op.IMM, op.MEM, op.LEN].flatMap((mode) => [op.LD + mode, op.LDX + mode]),
  op.LDX + op.MSH + op.BYTE,
  op.ST,
  op.STX,
  ...ARITHMETIC.flatMap((operation) => [op.ALU + operation + op.K, op.ALU + operation + op.X]),
  op.ALU + op.NEG,
  op.JMP + op.JA,
  ...CONDITIONS.flatMap((condition) => [op.JMP + condition + op.K, op.JMP + condition + op.X]),
  op.RET + op.RETURN_K,
  op.RET + op.RETURN_A,
  op.MISC + op.TAX,
  op.MISC + op.TXA,
]);

function isKnown(code: number): boolean {
  return KNOWN.has(code);
}
