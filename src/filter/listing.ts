import type { BpfProgram } from "../libpcap/program.ts";
import { jumpTarget } from "./check.ts";
import * as op from "./opcodes.ts";

/** How a program is printed: as tcpdump does with -d, -dd and -ddd. */
export type ListingStyle = "assembly" | "c" | "numbers";

/** The program's text, with a line end after each line. */
export function listing(program: BpfProgram, style: ListingStyle): string {
  const { length, codes, jumpTrue, jumpFalse, operands } = program;
  const lines: string[] = style === "numbers" ? [String(length)] : [];
  for (let i = 0; i < length; i++) {
    const code = codes[i]!;
    const k = operands[i]!;
    if (style === "assembly") lines.push(assembly(program, i));
    else if (style === "numbers") lines.push(`${code} ${jumpTrue[i]!} ${jumpFalse[i]!} ${k}`);
    else
      lines.push(
        `{ 0x${code.toString(16)}, ${jumpTrue[i]!}, ${jumpFalse[i]!}, 0x${k.toString(16).padStart(8, "0")} },`,
      );
  }
  return `${lines.join("\n")}\n`;
}

/** One instruction, in the notation of the paper with libpcap's columns. */
function assembly(program: BpfProgram, at: number): string {
  const code = program.codes[at]!;
  const name = instructionName(code).padEnd(8);
  const operand = operandText(program, at);
  const line = `(${String(at).padStart(3, "0")}) ${name} `;
  if ((code & op.CLASS) !== op.JMP || (code & op.OPERATION) === op.JA) return line + operand;
  const whenTrue = at + 1 + program.jumpTrue[at]!;
  return `${line}${operand.padEnd(16)} jt ${whenTrue}\tjf ${at + 1 + program.jumpFalse[at]!}`;
}

const ARITHMETIC_NAMES: ReadonlyMap<number, string> = new Map([
  [op.ADD, "add"],
  [op.SUB, "sub"],
  [op.MUL, "mul"],
  [op.DIV, "div"],
  [op.MOD, "mod"],
  [op.OR, "or"],
  [op.AND, "and"],
  [op.XOR, "xor"],
  [op.LSH, "lsh"],
  [op.RSH, "rsh"],
  [op.NEG, "neg"],
]);

const JUMP_NAMES: ReadonlyMap<number, string> = new Map([
  [op.JA, "ja"],
  [op.JEQ, "jeq"],
  [op.JGT, "jgt"],
  [op.JGE, "jge"],
  [op.JSET, "jset"],
]);

function instructionName(code: number): string {
  switch (code & op.CLASS) {
    case op.LD:
      return `ld${(code & op.MODE) === op.ABS || (code & op.MODE) === op.IND ? sizeLetter(code) : ""}`;
    case op.LDX:
      return (code & op.MODE) === op.MSH ? "ldxb" : "ldx";
    case op.ST:
      return "st";
    case op.STX:
      return "stx";
    case op.ALU:
      return ARITHMETIC_NAMES.get(code & op.OPERATION) ?? "";
    case op.JMP:
      return JUMP_NAMES.get(code & op.OPERATION) ?? "";
    case op.RET:
      return "ret";
    default:
      return (code & op.TXA) === op.TXA ? "txa" : "tax";
  }
}

function sizeLetter(code: number): string {
  if ((code & op.SIZE) === op.BYTE) return "b";
  return (code & op.SIZE) === op.HALF ? "h" : "";
}

function operandText(program: BpfProgram, at: number): string {
  const code = program.codes[at]!;
  const k = program.operands[at]!;
  switch (code & op.CLASS) {
    case op.LD:
    case op.LDX:
      return loadOperand(code, k);
    case op.ST:
    case op.STX:
      return `M[${k}]`;
    case op.ALU:
      return arithmeticOperand(code, k);
    case op.JMP:
      if ((code & op.OPERATION) === op.JA) return String(jumpTarget(program, at));
      return (code & op.SOURCE) === op.X ? "x" : hexadecimal(k);
    case op.RET:
      return (code & op.RETURN) === op.RETURN_A ? "" : `#${k | 0}`;
    default:
      return "";
  }
}

/** Offsets are printed as signed numbers. */
function loadOperand(code: number, k: number): string {
  switch (code & op.MODE) {
    case op.IMM:
      return hexadecimal(k);
    case op.ABS:
      return `[${ANCILLARY_NAMES.get(k - op.ANCILLARY) ?? k | 0}]`;
    case op.IND:
      return `[x + ${k | 0}]`;
    case op.MEM:
      return `M[${k}]`;
    case op.LEN:
      return "#pktlen";
    default:
      return `4*([${k | 0}]&0xf)`;
  }
}

function arithmeticOperand(code: number, k: number): string {
  const operation = code & op.OPERATION;
  if (operation === op.NEG) return "";
  if ((code & op.SOURCE) === op.X) return "x";
  return operation === op.AND || operation === op.OR || operation === op.XOR ? hexadecimal(k) : `#${k | 0}`;
}

function hexadecimal(k: number): string {
  return `#0x${k.toString(16)}`;
}

/** The Linux kernel's packet metadata that libpcap's programs for live captures load, by offset from `ANCILLARY`. */
const ANCILLARY_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "proto"],
  [4, "type"],
  [8, "ifidx"],
  [12, "nla"],
  [16, "nlan"],
  [20, "mark"],
  [24, "queue"],
  [28, "hatype"],
  [32, "rxhash"],
  [36, "cpu"],
  [40, "xor_x"],
  [44, "vlan_tci"],
  [48, "vlanp"],
  [52, "poff"],
  [56, "random"],
  [60, "vlan_tpid"],
]);
