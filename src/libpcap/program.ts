/**
 * A program of the classic BPF machine (McCanne and Jacobson 1993; bpf(4)), as
 * libpcap compiles an expression to one. Index i of each array is instruction i.
 */
export interface BpfProgram {
  /** Instructions. */
  readonly length: number;
  /** What they do: class, size, mode, operation and source in one number. */
  readonly codes: Uint16Array;
  /** Instructions to skip when a conditional jump's condition holds, and when it does not. */
  readonly jumpTrue: Uint8Array;
  readonly jumpFalse: Uint8Array;
  /** The constant of each: an offset, a value to compare with, a memory cell; unsigned. */
  readonly operands: Uint32Array;
}

/** A program of `length` instructions that are yet to be filled in. */
export function emptyProgram(length: number): BpfProgram {
  return {
    length,
    codes: new Uint16Array(length),
    jumpTrue: new Uint8Array(length),
    jumpFalse: new Uint8Array(length),
    operands: new Uint32Array(length),
  };
}
