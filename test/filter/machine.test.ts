import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkProgram } from "../../src/filter/check.ts";
import { functionBody, generatedFunction } from "../../src/filter/generate.ts";
import { interpreter } from "../../src/filter/interpret.ts";
import { matcher } from "../../src/filter/matcher.ts";
import type { Match } from "../../src/filter/match.ts";
import * as op from "../../src/filter/opcodes.ts";
import type { BpfProgram } from "../../src/libpcap/program.ts";
import { assemble, type Instruction } from "./assemble.ts";
import { isValid, nativeFilter, nativeProgram } from "./native.ts";

/** A program's function, made on purpose in one of the two ways. */
function ways(program: BpfProgram): readonly (readonly [string, Match])[] {
  checkProgram(program);
  const generated = generatedFunction(program);
  if (generated === undefined) throw new Error("no function was generated");
  return [
    ["generated", generated],
    ["interpreted", interpreter(program)],
  ];
}

/** Runs a program on a frame that lies somewhere in a larger buffer. */
function run(match: Match, frame: Uint8Array, wireLength: number): number {
  const bytes = new Uint8Array(frame.length + 24).fill(0xee);
  bytes.set(frame, 11);
  return match(new DataView(bytes.buffer), 11, frame.length, wireLength);
}

const FRAME = Uint8Array.of(0x80, 0x01, 0x02, 0xff, 0x45, 0x06, 0x07, 0xf8);
const WIRE = 1000;

/** A program that returns A after `instructions`. */
function returningA(...instructions: readonly Instruction[]): BpfProgram {
  return assemble([...instructions, [op.RET + op.RETURN_A]]);
}

/** A program that returns X after `instructions`. */
function returningX(...instructions: readonly Instruction[]): BpfProgram {
  return returningA(...instructions, [op.MISC + op.TXA]);
}

/** A constant in A, another in X. */
function loaded(a: number, x: number): Instruction[] {
  return [
    [op.LDX + op.IMM, x],
    [op.LD + op.IMM, a],
  ];
}

describe("instructions", () => {
  const big = 0xfffffff0;
  const cases: readonly (readonly [string, BpfProgram, number])[] = [
    ["ld #k", returningA([op.LD + op.IMM, big]), big],
    ["ld [k]", returningA([op.LD + op.ABS + op.WORD, 0]), 0x800102ff],
    ["ldh [k]", returningA([op.LD + op.ABS + op.HALF, 3]), 0xff45],
    ["ldb [k]", returningA([op.LD + op.ABS + op.BYTE, 7]), 0xf8],
    ["ld [x + k]", returningA([op.LDX + op.IMM, 3], [op.LD + op.IND + op.WORD, 1]), 0x450607f8],
    ["ldh [x + k]", returningA([op.LDX + op.IMM, 3], [op.LD + op.IND + op.HALF, 0]), 0xff45],
    ["ldb [x + k]", returningA([op.LDX + op.IMM, 3], [op.LD + op.IND + op.BYTE, 4]), 0xf8],
    ["ldb [x + k] with a sum beyond 32 bits", returningA([op.LDX + op.IMM, big], [op.LD + op.IND + op.BYTE, 0x11]), 0],
    ["ld #pktlen", returningA([op.LD + op.LEN]), WIRE],
    ["ldx #k", returningX([op.LDX + op.IMM, 77]), 77],
    ["ldx #pktlen", returningX([op.LDX + op.LEN]), WIRE],
    ["ldxb 4*([k]&0xf)", returningX([op.LDX + op.MSH + op.BYTE, 4]), 20],
    ["st, ld M[k]", returningA([op.LD + op.IMM, 5], [op.ST, 15], [op.LD + op.IMM, 6], [op.LD + op.MEM, 15]), 5],
    ["stx, ldx M[k]", returningX([op.LDX + op.IMM, 5], [op.STX, 0], [op.LDX + op.IMM, 6], [op.LDX + op.MEM, 0]), 5],
    ["memory is empty at first", returningA([op.LD + op.IMM, 5], [op.LD + op.MEM, 3]), 0],
    ["tax, txa", returningX([op.LD + op.IMM, 9], [op.MISC + op.TAX], [op.LD + op.IMM, 1]), 9],
    ["ret #k", assemble([[op.RET + op.RETURN_K, big]]), big],
    [
      "ja",
      assemble([
        [op.JMP + op.JA, 1],
        [op.RET, 1],
        [op.RET, 2],
      ]),
      2,
    ],
  ];

  test.each(cases)("%s", (_, program, expected) => {
    for (const [way, match] of ways(program)) expect([way, run(match, FRAME, WIRE)]).toEqual([way, expected]);
  });

  const arithmetic: readonly (readonly [string, number, number, number, number])[] = [
    ["add", op.ADD, 0xffffffff, 3, 2],
    ["sub", op.SUB, 2, 3, 0xffffffff],
    ["mul", op.MUL, 0xffffffff, 0xffffffff, 1],
    ["div", op.DIV, 0xffffffff, 2, 0x7fffffff],
    ["div by a large number", op.DIV, 0xffffffff, 0x80000000, 1],
    ["div by 0 rejects", op.DIV, 7, 0, 0],
    ["mod", op.MOD, 0xffffffff, 10, 5],
    ["mod by 0 rejects", op.MOD, 7, 0, 0],
    ["or", op.OR, 0x80000001, 0x10, 0x80000011],
    ["and", op.AND, 0xf000000f, 0x80000001, 0x80000001],
    ["xor", op.XOR, 0xffffffff, 0x0000ffff, 0xffff0000],
    ["lsh", op.LSH, 3, 31, 0x80000000],
    ["lsh by 32 leaves nothing", op.LSH, 3, 32, 0],
    ["rsh", op.RSH, 0x80000000, 31, 1],
    ["rsh by 32 leaves nothing", op.RSH, 0xffffffff, 32, 0],
    ["neg", op.NEG, 1, 0, 0xffffffff],
    ["neg of 0", op.NEG, 0, 0, 0],
  ];

  test.each(arithmetic)("%s, with the constant and with X", (_, operation, a, other, expected) => {
    const programs = [
      returningA([op.LD + op.IMM, a], [op.ALU + operation + op.K, other]),
      ...(operation === op.NEG ? [] : [returningA(...loaded(a, other), [op.ALU + operation + op.X])]),
    ];
    for (const program of programs) {
      for (const [way, match] of ways(program)) expect([way, run(match, FRAME, WIRE)]).toEqual([way, expected]);
    }
  });

  const jumps: readonly (readonly [string, number, number, number, boolean])[] = [
    ["jeq", op.JEQ, 0xfffffffe, 0xfffffffe, true],
    ["jeq", op.JEQ, 1, 2, false],
    ["jgt is unsigned", op.JGT, 0x80000000, 1, true],
    ["jgt", op.JGT, 5, 5, false],
    ["jge is unsigned", op.JGE, 1, 0x80000000, false],
    ["jge", op.JGE, 5, 5, true],
    ["jset", op.JSET, 0x80000000, 0xc0000000, true],
    ["jset", op.JSET, 0x0f, 0xf0, false],
  ];

  test.each(jumps)(
    "%s, with the constant and with X, whatever branch comes next",
    (_, condition, a, other, expected) => {
      for (const source of [op.K, op.X]) {
        for (const [whenTrue, whenFalse] of [
          [0, 2],
          [2, 0],
          [1, 3],
          [3, 1],
        ] as const) {
          const program = assemble([
            ...loaded(a, other),
            [op.JMP + condition + source, other, whenTrue, whenFalse],
            ...[10, 11, 12, 13].flatMap((value): Instruction[] => [[op.RET, value]]),
          ]);
          for (const [way, match] of ways(program)) {
            expect([way, run(match, FRAME, WIRE)]).toEqual([way, 10 + (expected ? whenTrue : whenFalse)]);
          }
        }
      }
    },
  );
});

describe("bounds", () => {
  const reads: readonly (readonly [string, Instruction, number])[] = [
    ["ld [5]", [op.LD + op.ABS + op.WORD, 5], 9],
    ["ldh [5]", [op.LD + op.ABS + op.HALF, 5], 7],
    ["ldb [5]", [op.LD + op.ABS + op.BYTE, 5], 6],
    ["ld [x + 2]", [op.LD + op.IND + op.WORD, 2], 9],
    ["ldh [x + 2]", [op.LD + op.IND + op.HALF, 2], 7],
    ["ldb [x + 2]", [op.LD + op.IND + op.BYTE, 2], 6],
    ["ldxb 4*([5]&0xf)", [op.LDX + op.MSH + op.BYTE, 5], 6],
  ];

  test.each(reads)("%s needs all its bytes, at every length", (_, read, need) => {
    const program = assemble([[op.LDX + op.IMM, 3], read, [op.RET, 1]]);
    for (const [way, match] of ways(program)) {
      for (let length = 0; length < 12; length++) {
        expect([way, length, run(match, new Uint8Array(length), WIRE)]).toEqual([way, length, length >= need ? 1 : 0]);
      }
    }
  });

  test("what one branch has read is not known to be there on the other", () => {
    const program = assemble([
      [op.LD + op.LEN],
      [op.JMP + op.JEQ + op.K, 1, 0, 1],
      [op.LD + op.ABS + op.WORD, 4],
      [op.LD + op.ABS + op.BYTE, 7],
      [op.RET, 1],
    ]);
    for (const [way, match] of ways(program)) {
      expect([way, run(match, FRAME, 1), run(match, FRAME.subarray(0, 7), 1)]).toEqual([way, 1, 0]);
      expect([way, run(match, FRAME, 2), run(match, FRAME.subarray(0, 7), 2)]).toEqual([way, 1, 0]);
    }
  });
});

const OFFSET = fc.oneof({ weight: 8, arbitrary: fc.nat(70) }, { weight: 1, arbitrary: fc.nat(0xffffefff) });
const CONSTANT = fc.oneof(fc.nat(40), fc.nat(0xffffffff), fc.constantFrom(0x7fffffff, 0x80000000, 0xffffffff));
const SIZES = [op.WORD, op.HALF, op.BYTE];
const OPERATIONS = [op.ADD, op.SUB, op.MUL, op.OR, op.AND, op.XOR];
const CONDITIONS = [op.JEQ, op.JGT, op.JGE, op.JSET];

/** One instruction; those that jump go at most to the end of `left` further ones. */
function instruction(left: number): fc.Arbitrary<Instruction> {
  const jump = fc.nat(Math.min(left - 1, 255));
  const one = (codes: readonly number[], operand: fc.Arbitrary<number>): fc.Arbitrary<Instruction> =>
    fc.tuple(fc.constantFrom(...codes), operand);
  return fc.oneof(
    one(
      SIZES.flatMap((size) => [op.LD + op.ABS + size, op.LD + op.IND + size]),
      OFFSET,
    ),
    one([op.LD + op.IMM, op.LDX + op.IMM], CONSTANT),
    one([op.LD + op.LEN, op.LDX + op.LEN, op.ALU + op.NEG, op.MISC + op.TAX, op.MISC + op.TXA], fc.constant(0)),
    one([op.LD + op.MEM, op.LDX + op.MEM, op.ST, op.STX], fc.nat(15)),
    one([op.LDX + op.MSH + op.BYTE], OFFSET),
    one(
      OPERATIONS.map((operation) => op.ALU + operation + op.K),
      CONSTANT,
    ),
    one(
      [op.DIV, op.MOD].map((operation) => op.ALU + operation + op.K),
      CONSTANT.map((value) => value || 3),
    ),
    one(
      [op.LSH, op.RSH].map((operation) => op.ALU + operation + op.K),
      fc.nat(31),
    ),
    one(
      [...OPERATIONS, op.DIV, op.MOD, op.LSH, op.RSH].map((operation) => op.ALU + operation + op.X),
      fc.constant(0),
    ),
    fc.tuple(
      fc.constantFrom(...CONDITIONS.flatMap((each) => [op.JMP + each, op.JMP + each + op.X])),
      CONSTANT,
      jump,
      jump,
    ),
    fc.tuple(fc.constant(op.JMP + op.JA), jump),
    one([op.RET + op.RETURN_K, op.RET + op.RETURN_A], CONSTANT),
  );
}

/** libpcap's memory holds anything at first, so that programs fill theirs before they do something else. */
const FILL: readonly Instruction[] = Array.from({ length: op.MEMORY_CELLS }, (_, i): Instruction => [op.ST, i]);

const PROGRAM: fc.Arbitrary<BpfProgram> = fc
  .nat(40)
  .chain((length) => fc.tuple(...Array.from({ length }, (_, i) => instruction(length - i))))
  .map((body) => assemble([...FILL, ...body, [op.RET + op.RETURN_A]]));

test("random programs on random frames: generated, interpreted and libpcap's say the same", () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      PROGRAM,
      fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 3, maxLength: 3 }),
      fc.nat(0xffffffff),
      (program, frames, wire) => {
        const native = nativeProgram(program);
        expect(isValid(native)).toBe(true);
        const functions = ways(program);
        for (const frame of frames) {
          const expected = nativeFilter(native, frame, wire);
          if (expected !== 0) accepted++;
          for (const [way, match] of functions) expect([way, run(match, frame, wire)]).toEqual([way, expected]);
        }
      },
    ),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(500);
});

describe("programs that cannot be run", () => {
  test.each<readonly [string, readonly Instruction[], string]>([
    ["nothing", [], "it has 0 instructions"],
    ["an unknown code", [[0x09], [op.RET]], "instruction 0 has the unknown code 9"],
    ["a code of more than eight bits", [[0x106], [op.RET]], "instruction 0 has the unknown code 262"],
    ["no return at the end", [[op.LD + op.LEN]], "instruction 0 leads to 1 of 1"],
    ["a jump beyond the end", [[op.JMP + op.JEQ, 0, 0, 9], [op.RET]], "instruction 0 leads to 10 of 2"],
    ["a jump to before the beginning", [[op.JMP + op.JA, 0xfffffff0], [op.RET]], "instruction 0 leads to -15 of 2"],
    ["a memory cell that is not there", [[op.ST, 16], [op.RET]], "instruction 0 uses memory cell 16 of 16"],
    [
      "a memory cell that is not there",
      [[op.LDX + op.MEM, 0xffffffff], [op.RET]],
      "instruction 0 uses memory cell 4294967295 of 16",
    ],
  ])("%s", (_, instructions, reason) => {
    expect(() => matcher(assemble(instructions))).toThrow(`the compiled filter expression cannot be run: ${reason}`);
  });

  test("metadata that only a live capture has", () => {
    const program = assemble([[op.LD + op.ABS + op.HALF, 0xfffff004], [op.RET + op.RETURN_A]]);
    expect(() => matcher(program)).toThrow(/only a live capture/);
    const beyond = assemble([[op.LD + op.ABS + op.HALF, 0xfffffffe], [op.RET + op.RETURN_A]]);
    for (const [way, match] of ways(beyond)) expect([way, run(match, FRAME, WIRE)]).toEqual([way, 0]);
  });
});

describe("jumps back", () => {
  /** Looks for the byte A, from X on: A is kept in M[0]. */
  const SEARCH = assemble([
    [op.LD + op.IND + op.BYTE, 0],
    [op.JMP + op.JEQ + op.K, 0xff, 4, 0],
    [op.MISC + op.TXA],
    [op.ALU + op.ADD + op.K, 1],
    [op.MISC + op.TAX],
    [op.JMP + op.JA, 0xfffffffa],
    [op.RET, 1],
  ]);

  test("are run step by step, to the end of the frame", () => {
    expect(checkProgram(SEARCH)).toEqual({ loops: true });
    const match = matcher(SEARCH);
    expect([run(match, FRAME, WIRE), run(match, FRAME.subarray(0, 3), WIRE)]).toEqual([1, 0]);
    expect(nativeFilter(nativeProgram(SEARCH), FRAME, WIRE)).toBe(1);
  });

  test("that never end are ended", () => {
    const program = assemble([
      [op.JMP + op.JA, 0xffffffff],
      [op.RET, 1],
    ]);
    expect(run(matcher(program), FRAME, WIRE)).toBe(0);
  });
});

describe("programs that are too large for one function", () => {
  /** Jumps over one instruction, again and again: every one of them ends a block. */
  function jumps(count: number): BpfProgram {
    const pairs = Array.from({ length: count }, (): Instruction[] => [
      [op.JMP + op.JSET + op.K, 1, 1, 0],
      [op.ALU + op.ADD + op.K, 1],
    ]);
    return returningA(...pairs.flat());
  }

  test("are interpreted", () => {
    expect(functionBody(jumps(500))).toBeDefined();
    expect(functionBody(jumps(501))).toBeUndefined();
    expect([run(matcher(jumps(500)), FRAME, WIRE), run(matcher(jumps(5000)), FRAME, WIRE)]).toEqual([1, 1]);
  });
});
