import type { BpfProgram } from "../libpcap/program.ts";
import { jumpTarget } from "./check.ts";
import type { Match } from "./match.ts";
import * as op from "./opcodes.ts";

/** Nested blocks beyond which the JavaScript parser may run out of stack. */
const MAX_BLOCKS = 500;

/**
 * Makes a JavaScript function of a checked program that only jumps forward:
 * every jump leaves a block that ends where it goes to, so there is no loop and
 * no dispatch. Undefined when the program is too large for that.
 *
 * Throws an `EvalError` where code may not be generated.
 */
export function generatedFunction(program: BpfProgram): Match | undefined {
  const body = functionBody(program);
  // The text holds nothing but what is written below and whole numbers of the program.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return body === undefined ? undefined : (new Function("view", "start", "captured", "wire", body) as Match);
}

/** The function's text; undefined when it would nest too deeply. */
export function functionBody(program: BpfProgram): string | undefined {
  const generator = new Generator(program);
  return generator.blocks > MAX_BLOCKS ? undefined : generator.text();
}

/** No path leads here. */
const UNREACHED = -1;

class Generator {
  /** Instructions at which a block ends, because a jump leads there. */
  readonly #targets = new Set<number>();
  readonly #program: BpfProgram;
  /** Bytes of the frame that are known to be there before each instruction, on every path. */
  readonly #proven: Float64Array;

  constructor(program: BpfProgram) {
    this.#program = program;
    this.#proven = new Float64Array(program.length).fill(UNREACHED);
    this.#proven[0] = 0;
    for (let i = 0; i < program.length; i++) {
      if ((program.codes[i]! & op.CLASS) !== op.JMP) continue;
      for (const target of this.#successors(i))
        if (target !== i + 1 && !this.#returns(target)) this.#targets.add(target);
    }
  }

  get blocks(): number {
    return this.#targets.size;
  }

  text(): string {
    const cells = Array.from({ length: op.MEMORY_CELLS }, (_, i) => `m${i}=0`).join(",");
    const opened = [...this.#targets].sort((a, b) => b - a).map((target) => `L${target}:{`);
    const lines = [`let a=0,x=0,at=0,${cells};`, opened.join("")];
    for (let i = 0; i < this.#program.length; i++) {
      if (this.#targets.has(i)) lines.push("}");
      if (this.#proven[i] !== UNREACHED) lines.push(this.#statement(i));
    }
    return lines.join("\n");
  }

  #successors(at: number): readonly [whenTrue: number, whenFalse: number] {
    const { codes, jumpTrue, jumpFalse } = this.#program;
    if ((codes[at]! & op.OPERATION) === op.JA) {
      const target = jumpTarget(this.#program, at);
      return [target, target];
    }
    return [at + 1 + jumpTrue[at]!, at + 1 + jumpFalse[at]!];
  }

  /** Whether the instruction returns a constant: who jumps there can return it as well. */
  #returns(at: number): boolean {
    return this.#program.codes[at] === op.RET + op.RETURN_K;
  }

  #statement(at: number): string {
    const code = this.#program.codes[at]!;
    const k = this.#program.operands[at]!;
    const kind = code & op.CLASS;
    if (kind === op.RET) return (code & op.RETURN) === op.RETURN_A ? "return a>>>0;" : `return ${k};`;
    if (kind === op.JMP) return this.#jump(at, code, k);
    const have = this.#proven[at]!;
    this.#reach(at + 1, Math.max(have, provenBy(code, k)));
    if (kind === op.LD || kind === op.LDX) return loadStatement(code, k, have);
    if (kind === op.ALU) return arithmeticStatement(code, k);
    if (kind === op.ST || kind === op.STX) return `m${k}=${kind === op.ST ? "a" : "x"};`;
    return (code & op.TXA) === op.TXA ? "a=x;" : "x=a;";
  }

  #jump(at: number, code: number, k: number): string {
    const have = this.#proven[at]!;
    const [yes, no] = this.#successors(at);
    this.#reach(yes, have);
    this.#reach(no, have);
    if (yes === no) return this.#goTo(yes, at);
    const test = condition(code, k);
    if (yes === at + 1) return `if(!(${test}))${this.#goTo(no, at)}`;
    return `if(${test})${this.#goTo(yes, at)}${this.#goTo(no, at)}`;
  }

  #goTo(target: number, from: number): string {
    if (this.#returns(target)) return `return ${this.#program.operands[target]!};`;
    return target === from + 1 ? "" : `break L${target};`;
  }

  /** A path leads to `at` on which `have` bytes are known to be there. */
  #reach(at: number, have: number): void {
    const before = this.#proven[at]!;
    this.#proven[at] = before === UNREACHED ? have : Math.min(before, have);
  }
}

/** Bytes that the frame has when it has passed a load. */
function provenBy(code: number, k: number): number {
  const kind = code & op.CLASS;
  const mode = code & op.MODE;
  const reads = (kind === op.LD && mode === op.ABS) || (kind === op.LDX && mode === op.MSH);
  return reads ? k + op.sizeInBytes(code) : 0;
}

function loadStatement(code: number, k: number, have: number): string {
  const mode = code & op.MODE;
  const register = (code & op.CLASS) === op.LD ? "a" : "x";
  if (mode === op.IMM) return `${register}=${k | 0};`;
  if (mode === op.MEM) return `${register}=m${k};`;
  if (mode === op.LEN) return `${register}=wire|0;`;
  const size = op.sizeInBytes(code);
  if (mode === op.IND) return `at=(x>>>0)+${k};if(at+${size}>captured)return 0;a=${readFrame(size, "at")};`;
  const check = have >= k + size ? "" : `if(captured<${k + size})return 0;`;
  if (mode === op.MSH) return `${check}x=(${readFrame(size, String(k))}&15)<<2;`;
  return `${check}a=${readFrame(size, String(k))};`;
}

function readFrame(size: number, offset: string): string {
  if (size === 4) return `view.getInt32(start+${offset})`;
  return `view.getUint${size * 8}(start+${offset})`;
}

const SYMBOLS: ReadonlyMap<number, string> = new Map([
  [op.ADD, "+"],
  [op.SUB, "-"],
  [op.OR, "|"],
  [op.AND, "&"],
  [op.XOR, "^"],
]);

function arithmeticStatement(code: number, k: number): string {
  const operation = code & op.OPERATION;
  const isX = (code & op.SOURCE) === op.X;
  const other = isX ? "x" : `(${k | 0})`;
  const symbol = SYMBOLS.get(operation);
  if (symbol !== undefined) return `a=(a${symbol}${other})|0;`;
  if (operation === op.NEG) return "a=-a|0;";
  if (operation === op.MUL) return `a=Math.imul(a,${other});`;
  if (operation === op.LSH || operation === op.RSH) return shiftStatement(operation === op.LSH ? "<<" : ">>>", isX, k);
  const sign = operation === op.DIV ? "/" : "%";
  if (isX) return `if(x===0)return 0;a=((a>>>0)${sign}(x>>>0))|0;`;
  return k === 0 ? "return 0;" : `a=((a>>>0)${sign}${k})|0;`;
}

/** Shifts by 32 bits and more leave nothing. */
function shiftStatement(sign: string, isX: boolean, k: number): string {
  if (isX) return `a=(x>>>0)<32?(a${sign}x)|0:0;`;
  return k < 32 ? `a=(a${sign}${k})|0;` : "a=0;";
}

function condition(code: number, k: number): string {
  const isX = (code & op.SOURCE) === op.X;
  const other = isX ? "x" : `(${k | 0})`;
  const unsigned = isX ? "(x>>>0)" : String(k);
  switch (code & op.OPERATION) {
    case op.JEQ:
      return `a===${other}`;
    case op.JSET:
      return `(a&${other})!==0`;
    case op.JGT:
      return `(a>>>0)>${unsigned}`;
    default:
      return `(a>>>0)>=${unsigned}`;
  }
}
