import { print } from "./output.ts";

/** Alternate screen, cursor hidden; and back (xterm's private modes 1049 and 25). */
const ENTER = "\u001B[?1049h\u001B[?25l\u001B[2J";
const LEAVE = "\u001B[?25h\u001B[?1049l";
const HOME = "\u001B[H";
const ERASE_LINE_END = "\u001B[K";
const ERASE_BELOW = "\u001B[J";
const CTRL_C = "\u0003";
const CTRL_L = "\f";
const CTRL_Z = "\u001A";
const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
/** A terminal that does not tell. */
const USUAL_SIZE = { columns: 80, rows: 24 };

interface TerminalHooks {
  /** A key was pressed: one character. ^C, ^Z and ^L are seen to. */
  readonly onKey: (key: string) => void;
  /** Everything has to be drawn again. */
  readonly onRedraw: () => void;
}

/** A whole terminal to draw on; given back as it was, however the program ends. */
export class TerminalScreen {
  readonly #hooks: TerminalHooks;
  #isEntered = false;
  #isInterrupted = false;
  readonly #onExit = (): void => this.leave();
  readonly #onData = (keys: string): void => this.#take(keys);
  readonly #onResize = (): void => this.#hooks.onRedraw();
  readonly #onContinue = (): void => {
    this.enter();
    this.#hooks.onRedraw();
  };
  /** The first ^C ends the capture, for which others listen; what ends the program at once leaves the screen first. */
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if ((signal === "SIGINT" || signal === "SIGTERM") && !this.#isInterrupted) {
      this.#isInterrupted = true;
      return;
    }
    this.leave();
    process.kill(process.pid, signal);
  };

  constructor(hooks: TerminalHooks) {
    this.#hooks = hooks;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { columns, rows } = process.stdout;
    return columns > 0 && rows > 0 ? { columns, rows } : USUAL_SIZE;
  }

  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    process.on("exit", this.#onExit);
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    process.stdout.on("resize", this.#onResize);
    const { stdin } = process;
    if (stdin.isTTY) stdin.setRawMode(true).setEncoding("utf8").on("data", this.#onData).resume();
    print(ENTER);
  }

  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    process.off("exit", this.#onExit);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    process.stdout.off("resize", this.#onResize);
    const { stdin } = process;
    if (stdin.isTTY) stdin.off("data", this.#onData).setRawMode(false).pause();
    print(LEAVE);
  }

  /** Draws lines from the top; none may be wider than the terminal. */
  draw(lines: readonly string[]): void {
    if (this.#isEntered) print(`${HOME}${lines.map((line) => line + ERASE_LINE_END).join("\r\n")}${ERASE_BELOW}`);
  }

  /** Asks for the end as ^C does. */
  interrupt(): void {
    process.kill(process.pid, "SIGINT");
  }

  #take(keys: string): void {
    // A key that sends a sequence (an arrow…) has no meaning here; the escape key alone has.
    if (keys.length > 1 && keys.startsWith("\u001B")) return;
    for (const key of keys) {
      if (key === CTRL_C) this.interrupt();
      else if (key === CTRL_L) this.#hooks.onRedraw();
      else if (key === CTRL_Z) this.#suspend();
      else this.#hooks.onKey(key);
    }
  }

  #suspend(): void {
    this.leave();
    process.once("SIGCONT", this.#onContinue);
    process.kill(process.pid, "SIGTSTP");
  }
}
