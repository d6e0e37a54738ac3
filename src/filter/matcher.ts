import type { BpfProgram } from "../libpcap/program.ts";
import { checkProgram } from "./check.ts";
import { generatedFunction } from "./generate.ts";
import { interpreter } from "./interpret.ts";
import type { Match } from "./match.ts";

/** The fastest way to run a program here. Throws a `FilterError` for one that cannot be run. */
export function matcher(program: BpfProgram): Match {
  const { loops } = checkProgram(program);
  return (loops ? undefined : generated(program)) ?? interpreter(program);
}

/** Undefined where code may not be generated (`--disallow-code-generation-from-strings`), and for giant programs. */
function generated(program: BpfProgram): Match | undefined {
  try {
    return generatedFunction(program);
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
