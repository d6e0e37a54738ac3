import type { BpfProgram } from "../libpcap/program.ts";
import type { Match } from "./match.ts";
import * as op from "./opcodes.ts";

/**
 * Runs a checked program step by step: where no code may be generated, and for
 * programs that jump back. Numbers are signed 32-bit integers; comparisons,
 * divisions and offsets take them as unsigned.
 *
 * libpcap's loops pass eight bytes of the frame at least each time round, so
 * whoever takes more steps than instructions times bytes would never end: 0.
 */
export function interpreter(program: BpfProgram): Match {
  const { length, codes, jumpTrue, jumpFalse, operands } = program;
  const memory = new Int32Array(op.MEMORY_CELLS);
  return (view, start, captured, wire) => {
    let a = 0;
    let x = 0;
    let at = 0;
    memory.fill(0);
    for (let left = length * (captured + 1); left > 0; left--) {
      const code = codes[at]!;
      const k = operands[at]!;
      const kind = code & op.CLASS;
      at++;
      if (kind === op.LD) {
        const mode = code & op.MODE;
        if (mode === op.ABS || mode === op.IND) {
          const offset = mode === op.ABS ? k : k + (x >>> 0);
          if (offset + op.sizeInBytes(code) > captured) return 0;
          a = load(view, start + offset, code & op.SIZE);
        } else if (mode === op.IMM) a = k | 0;
        else a = mode === op.MEM ? memory[k]! : wire | 0;
      } else if (kind === op.JMP) {
        if ((code & op.OPERATION) === op.JA) at += k | 0;
        else
          at += holds(code & op.OPERATION, a, (code & op.SOURCE) === op.X ? x : k | 0)
            ? jumpTrue[at - 1]!
            : jumpFalse[at - 1]!;
      } else if (kind === op.ALU) {
        const other = (code & op.SOURCE) === op.X ? x : k | 0;
        const operation = code & op.OPERATION;
        if (other === 0 && (operation === op.DIV || operation === op.MOD)) return 0;
        a = calculate(operation, a, other);
      } else if (kind === op.LDX) {
        const mode = code & op.MODE;
        if (mode === op.MSH) {
          if (k >= captured) return 0;
          x = (view.getUint8(start + k) & 0xf) << 2;
        } else if (mode === op.IMM) x = k | 0;
        else x = mode === op.MEM ? memory[k]! : wire | 0;
      } else if (kind === op.RET) {
        return (code & op.RETURN) === op.RETURN_A ? a >>> 0 : k;
      } else if (kind === op.ST) {
        memory[k] = a;
      } else if (kind === op.STX) {
        memory[k] = x;
      } else if ((code & op.TXA) === op.TXA) {
        a = x;
      } else {
        x = a;
      }
    }
    return 0;
  };
}

function load(view: DataView, at: number, size: number): number {
  if (size === op.WORD) return view.getInt32(at);
  return size === op.HALF ? view.getUint16(at) : view.getUint8(at);
}

function holds(condition: number, a: number, other: number): boolean {
  if (condition === op.JEQ) return a === other;
  if (condition === op.JSET) return (a & other) !== 0;
  return condition === op.JGT ? a >>> 0 > other >>> 0 : a >>> 0 >= other >>> 0;
}

/** The divisor is not 0. Shifts by 32 bits and more leave nothing. */
function calculate(operation: number, a: number, other: number): number {
  switch (operation) {
    case op.ADD:
      return (a + other) | 0;
    case op.SUB:
      return (a - other) | 0;
    case op.MUL:
      return Math.imul(a, other);
    case op.DIV:
      return ((a >>> 0) / (other >>> 0)) | 0;
    case op.MOD:
      return ((a >>> 0) % (other >>> 0)) | 0;
    case op.OR:
      return a | other;
    case op.AND:
      return a & other;
    case op.XOR:
      return a ^ other;
    case op.LSH:
      return other >>> 0 < 32 ? a << other : 0;
    case op.RSH:
      return other >>> 0 < 32 ? (a >>> other) | 0 : 0;
    default:
      return -a | 0;
  }
}
