import { type CompileRequest, LibpcapCompiler } from "../libpcap/compile.ts";
import { LibpcapError } from "../libpcap/error.ts";
import { type LibpcapLibrary, loadLibpcap } from "../libpcap/library.ts";
import type { BpfProgram } from "../libpcap/program.ts";
import { FilterError } from "./error.ts";
import type { TcpdumpCompiler } from "./tcpdump.ts";

/** Makes programs of expressions. */
export interface ExpressionCompiler {
  /** Throws a `FilterError`. */
  compile(request: CompileRequest): BpfProgram;
}

type FallBack = Pick<TcpdumpCompiler, "isThere" | "compile">;

async function loadFallBack(): Promise<FallBack> {
  const { TcpdumpCompiler } = await import("./tcpdump.ts");
  return new TcpdumpCompiler();
}

/**
 * The system's libpcap, or tcpdump where it cannot be called. Rejects with a
 * `FilterError` that says what to install when there is neither.
 */
export async function findCompiler(
  load: () => Promise<LibpcapLibrary> = loadLibpcap,
  loadTcpdump: () => Promise<FallBack> = loadFallBack,
): Promise<ExpressionCompiler> {
  let compiler: ExpressionCompiler;
  try {
    compiler = new LibpcapCompiler(await load());
  } catch (error) {
    if (!(error instanceof LibpcapError)) throw error;
    const tcpdump = await loadTcpdump();
    if (!tcpdump.isThere()) throw nothingThere(error);
    compiler = tcpdump;
  }
  return { compile: (request) => compiled(compiler, request) };
}

function compiled(compiler: ExpressionCompiler, request: CompileRequest): BpfProgram {
  if (request.expression.includes("\0")) throw new FilterError("refused", "filter expression has a zero byte");
  try {
    return compiler.compile(request);
  } catch (error) {
    if (!(error instanceof LibpcapError)) throw error;
    const code = error.code === "rejects-all" ? "rejects-all" : "refused";
    throw new FilterError(code, error.message, { cause: error });
  }
}

function nothingThere(cause: LibpcapError): FilterError {
  return new FilterError(
    "no-compiler",
    `filter expressions need libpcap, and koffi to call it: ${cause.message}; ` +
      `${cause.code === "no-koffi" ? "npm install koffi" : installation()}, or install tcpdump, which is used instead`,
    { cause },
  );
}

function installation(): string {
  if (process.platform === "win32") return "install Npcap (https://npcap.com)";
  return "install it (Debian, Ubuntu: libpcap0.8; elsewhere: libpcap)";
}
