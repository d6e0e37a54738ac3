import { CaptureError } from "../capture/error.ts";
import { SOON } from "../capture/live/options.ts";
import type { CaptureSource, LiveCounts } from "../capture/source.ts";
import type { InputOpener } from "../pipeline.ts";
import { expressionOf } from "./expression.ts";
import { type LiveCommandOptions, liveOptionsOf, refuseLiveOptions, wantsLive } from "./live-options.ts";
import { nothingToRead, refuseMistakenWords } from "./reading.ts";
import { UsageError } from "./status.ts";
import { distance } from "./suggest.ts";

/** What a command was told, as far as a capture is concerned. */
interface LiveCommand extends LiveCommandOptions {
  readonly read?: readonly string[];
  /** -F */
  readonly F?: string;
}

/**
 * The capture that is asked for; undefined when files are to be read. As in tcpdump, it is one when nothing
 * says what to read. `words` are those of the expression.
 */
export function liveInput(
  options: LiveCommand,
  words: readonly string[],
  manner: LiveManner = { gathering: SOON, isVerbose: false },
): LiveInput | undefined {
  if (options.read !== undefined) {
    refuseLiveOptions(options);
    return undefined;
  }
  refuseMistakenWords(words, wantsLive(options));
  return new LiveInput(options, expressionOf(words, options), manner);
}

/** What a command wants of its capture that no option says. */
export interface LiveManner {
  /** How long packets may be gathered, in milliseconds: `AT_ONCE` or `SOON`. */
  readonly gathering: number;
  /** -v */
  readonly isVerbose: boolean;
}

/** A live capture as a command sees it: an input, and what is said about it on standard error. */
export class LiveInput {
  readonly expression: string;
  readonly #options: LiveCommand;
  readonly #manner: LiveManner;
  #source: CaptureSource | undefined = undefined;
  readonly #onCounts = (): void => void this.#tellCounts();

  constructor(options: LiveCommand, expression: string, manner: LiveManner) {
    this.#options = options;
    this.expression = expression;
    this.#manner = manner;
  }

  /** Begins to capture, says so, and gives root up. */
  readonly open: InputOpener = async (firstNumber) => {
    const { accountInstead, become } = await import("./privileges.ts");
    const account = accountInstead(this.#options.relinquishPrivileges);
    const { openLive } = await import("../capture/live/open.ts");
    const { gathering, isVerbose } = this.#manner;
    const asked = { ...liveOptionsOf(this.#options, this.expression), gathering };
    let source;
    try {
      source = await openLive({ ...asked, firstNumber, ...(account && { user: account.name }) });
    } catch (error) {
      throw await this.#helpful(error);
    }
    this.#source = source;
    const { name, snapLength, live } = source;
    live.onNotice = say;
    const kind = live.linkDescription === "" ? "" : ` (${live.linkDescription})`;
    say(`listening on ${name}, link-type ${live.linkName}${kind}, snapshot length ${snapLength} bytes`);
    if (isVerbose) say(`${name}: captured by ${live.by}`);
    for (const warning of live.warnings) say(`${name}: ${warning}`);
    if (account !== undefined) {
      if (live.by === "dumpcap") {
        say(`root is kept: without it, dumpcap could not be told to end`);
      } else {
        become(account);
        if (isVerbose) say(`root given up, the user is ${account.name} (${account.uid})`);
      }
    }
    for (const signal of COUNT_SIGNALS) process.on(signal, this.#onCounts);
    return source;
  };

  /** tcpdump's counts, when the capture has ended and everything is printed; nothing when it was not begun. */
  async report(): Promise<void> {
    for (const signal of COUNT_SIGNALS) process.off(signal, this.#onCounts);
    const counts = await this.#source?.live?.counts();
    if (counts !== undefined) process.stderr.write(`${countTexts(counts).join("\n")}\n`);
  }

  async #tellCounts(): Promise<void> {
    const counts = await this.#source?.live?.counts();
    if (counts !== undefined) say(countTexts(counts).join(", "));
  }

  /** An error of the opening, with what helps here. */
  async #helpful(error: unknown): Promise<unknown> {
    if (!(error instanceof CaptureError)) return error;
    if (!wantsLive(this.#options)) return nothingAtAll(error);
    const wanted = this.#options.interface;
    if (error.code !== "no-such-interface" || wanted === undefined) return error;
    const { listInterfaces } = await import("../capture/live/interfaces.ts");
    const near = nearest(
      wanted,
      (await listInterfaces()).map(({ name }) => name),
    );
    if (near === undefined) return error;
    return new CaptureError("no-such-interface", `${error.message} (did you mean ${near}?)`, { cause: error });
  }
}

/** Nothing was named, and the first interface is not to be had: that is no surprise for who may not capture. */
function nothingAtAll(error: CaptureError): UsageError {
  const reason = error.code === "no-permission" ? "" : `; ${error.message}`;
  return new UsageError(`${nothingToRead()}${reason}`);
}

/** Those of tcpdump; SIGINFO is ^T on BSD and macOS. */
const COUNT_SIGNALS: readonly NodeJS.Signals[] =
  process.platform === "win32" ? [] : process.platform === "linux" ? ["SIGUSR1"] : ["SIGUSR1", "SIGINFO"];

function say(text: string): void {
  process.stderr.write(`tcpscope: ${text}\n`);
}

/** The name that is nearest to the wanted one; undefined when none is near. */
function nearest(wanted: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: distance(wanted, name) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(1, Math.floor(wanted.length / 2)) ? best.name : undefined;
}

/** In tcpdump's words. */
export function countTexts(counts: LiveCounts): string[] {
  const { captured, received, dropped, interfaceDropped } = counts;
  const texts = [`${packets(captured)} captured`];
  texts.push(received < 0 ? "packets received by filter: not known" : `${packets(received)} received by filter`);
  texts.push(dropped < 0 ? "packets dropped by kernel: not known" : `${packets(dropped)} dropped by kernel`);
  if (interfaceDropped > 0) texts.push(`${packets(interfaceDropped)} dropped by interface`);
  return texts;
}

function packets(count: number): string {
  return `${count} ${count === 1 ? "packet" : "packets"}`;
}
