/**
 * The classic BPF machine (McCanne and Jacobson 1993; bpf(4)): accumulator A,
 * index register X, 16 memory cells, all of 32 bits. A code is the sum of a
 * class, and by class of a size and a mode, or of an operation and a source.
 */

/** Memory cells. */
export const MEMORY_CELLS = 16;

// Classes: the lowest three bits.
export const CLASS = 0x07;
export const LD = 0x00;
export const LDX = 0x01;
export const ST = 0x02;
export const STX = 0x03;
export const ALU = 0x04;
export const JMP = 0x05;
export const RET = 0x06;
export const MISC = 0x07;

// Loads: how many bytes, and from where.
export const SIZE = 0x18;
export const WORD = 0x00;
export const HALF = 0x08;
export const BYTE = 0x10;
export const MODE = 0xe0;
/** The constant itself. */
export const IMM = 0x00;
/** The frame, at the constant. */
export const ABS = 0x20;
/** The frame, at X plus the constant. */
export const IND = 0x40;
export const MEM = 0x60;
/** The frame's length on the wire. */
export const LEN = 0x80;
/** Four times the low half of the frame's byte at the constant: an IPv4 header's length. */
export const MSH = 0xa0;

// Arithmetic.
export const OPERATION = 0xf0;
export const ADD = 0x00;
export const SUB = 0x10;
export const MUL = 0x20;
export const DIV = 0x30;
export const OR = 0x40;
export const AND = 0x50;
export const LSH = 0x60;
export const RSH = 0x70;
export const NEG = 0x80;
export const MOD = 0x90;
export const XOR = 0xa0;

// Jumps; comparisons are of unsigned numbers.
export const JA = 0x00;
export const JEQ = 0x10;
export const JGT = 0x20;
export const JGE = 0x30;
/** Some bit of A is set in the other number too. */
export const JSET = 0x40;

// The other operand of arithmetic and jumps: the constant, or X.
export const SOURCE = 0x08;
export const K = 0x00;
export const X = 0x08;

// What a program returns: the constant, or A.
export const RETURN = 0x18;
export const RETURN_K = 0x00;
export const RETURN_A = 0x10;

export const TAX = 0x00;
export const TXA = 0x80;

/** At these offsets a load does not read the frame: the Linux kernel's packet metadata, which a file does not have. */
export const ANCILLARY = 0xfffff000;
export const ANCILLARY_LENGTH = 64;

/** Bytes that a load of a size reads. */
export function sizeInBytes(code: number): number {
  if ((code & SIZE) === WORD) return 4;
  return (code & SIZE) === HALF ? 2 : 1;
}
