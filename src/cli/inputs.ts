import type { CaptureError } from "../capture/error.ts";
import { standardPipe } from "../capture/file-output.ts";
import type { CaptureSource, IndexTaker } from "../capture/source.ts";
import { FilterError } from "../filter/error.ts";
import type { Filter } from "../filter/filter.ts";
import { type FrameVisitor, type Input, readCaptures } from "../capture/read-captures.ts";
import { explained } from "./expression.ts";
import { inTimeOrder } from "./file-order.ts";
import { Interrupt } from "./interrupt.ts";
import { Progress } from "./progress.ts";
import { reportNotices } from "./notices.ts";
import { STATUS_UNREADABLE, statusOfFilter } from "./status.ts";
import { isTerminal } from "./terminal.ts";

/** What a command wants to know besides the frames. */
interface ReadingHooks {
  /** What frames have to match; all are read when it is left out. */
  readonly filter?: Filter | undefined;
  /** The expression, where something else than `filter` sees to it. */
  readonly expression?: string | undefined;
  /** Takes what it can of the frames of files: these are not visited. */
  readonly taker?: IndexTaker | undefined;
  readonly onOpen?: (source: CaptureSource) => void;
  readonly onIdle?: () => void;
  /** Whether standard output is written while reading: then a terminal shows no progress between its lines. */
  readonly printsMeanwhile?: boolean;
}

/** Reads as every command does: ^C ends the reading, not the program, and a terminal shows how far a long read is. */
export async function readInputs(
  files: readonly Input[],
  visit: FrameVisitor,
  hooks: ReadingHooks = {},
): Promise<CaptureError | FilterError | undefined> {
  const expression = hooks.filter?.expression ?? hooks.expression;
  const interrupt = new Interrupt();
  const shown = isTerminal("stderr") && !(hooks.printsMeanwhile === true && isTerminal("stdout"));
  const notices: CaptureSource[] = [];
  const inputs = await inTimeOrder(files, (text) => process.stderr.write(`tcpscope: ${text}\n`));
  const progress = new Progress((text) => process.stderr.write(text), shown);
  try {
    const error = await readCaptures(inputs, visit, {
      filter: hooks.filter,
      taker: hooks.taker,
      signal: interrupt.signal,
      onOpen(source) {
        interrupt.reads(source);
        if (source.notices !== undefined) notices.push(source);
        hooks.onOpen?.(source);
      },
      onIdle(source) {
        hooks.onIdle?.();
        progress.update(source);
        const drained = standardPipe.drained();
        if (drained !== undefined) interrupt.waitsForReader();
        return drained;
      },
    });
    return error instanceof FilterError ? explained(error, expression) : error;
  } catch (error) {
    throw error instanceof FilterError ? explained(error, expression) : error;
  } finally {
    interrupt.release();
    progress.end();
    reportNotices(notices);
  }
}

/** After everything that was read has been printed: the one line that says why it is not all. */
export function reportUnreadable(error: CaptureError | FilterError | undefined): void {
  // Whoever read what -w - wrote has seen enough.
  if (error === undefined || error.code === "broken-pipe") return;
  process.stderr.write(`tcpscope: ${error.message}\n`);
  process.exitCode = error instanceof FilterError ? statusOfFilter(error) : STATUS_UNREADABLE;
}
