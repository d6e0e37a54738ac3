import { CaptureError } from "../capture/error.ts";
import { LibpcapError } from "../libpcap/error.ts";
import type { TcpInfoReader } from "../libpcap/tcp-info.ts";
import type { TextSink } from "../print/sink.ts";
import { readCaptures } from "../pipeline.ts";
import type { LiveSource } from "../capture/live/open.ts";
import { colourOf } from "./colour.ts";
import type { ConnectOptions } from "./connect.ts";
import { Exchange } from "./connect/exchange.ts";
import { type CapturePlace, placeFor } from "./connect/interfaces.ts";
import { connectOnce, type KernelAnswer } from "./connect/kernel.ts";
import { endText, type Outcome, outcomeObject, outcomeText } from "./connect/outcome.ts";
import { portOf, type Target, targetsOf } from "./connect/targets.ts";
import { standardOutput } from "./output.ts";
import { openOwnCapture } from "./own-capture.ts";
import { STATUS_FAILED, STATUS_UNREADABLE, UsageError } from "./status.ts";

/** How long packets are waited for after the last attempt, in milliseconds. */
const DRAIN = 300;

export async function runConnect(host: string, service: string, options: ConnectOptions): Promise<void> {
  const port = portOf(service);
  const targets = await resolve(host, port, options);
  if (targets === undefined) return;
  const sink = standardOutput();
  const attempts = new Attempts(host, targets, options, sink);
  const { outcomes, error } = await attempts.run();
  const colour = colourOf(options.color);
  for (const outcome of outcomes) {
    sink.text(options.json === true ? JSON.stringify(outcomeObject(outcome)) : outcomeText(outcome, colour));
    sink.text("\n");
  }
  sink.flush();
  if (error !== undefined) process.stderr.write(`tcpscope: ${error.message}\n`);
  if (!outcomes.some(({ answer }) => answer.isConnected)) process.exitCode = STATUS_FAILED;
}

/** The addresses; undefined when there are none, which is said. */
async function resolve(host: string, port: number, options: ConnectOptions): Promise<Target[] | undefined> {
  try {
    return await targetsOf(host, port, options);
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error) || !("syscall" in error)) throw error;
    process.stderr.write(`tcpscope: ${host} cannot be resolved: ${error.message}\n`);
    process.exitCode = STATUS_UNREADABLE;
    return undefined;
  }
}

/** The attempts at all addresses, one after the other, in one capture. */
class Attempts {
  readonly #host: string;
  readonly #targets: readonly Target[];
  readonly #options: ConnectOptions;
  readonly #sink: TextSink;
  readonly #exchange: Exchange;
  readonly #place: CapturePlace;
  readonly #interrupt = new AbortController();

  constructor(host: string, targets: readonly Target[], options: ConnectOptions, sink: TextSink) {
    this.#host = host;
    this.#targets = targets;
    this.#options = options;
    this.#sink = sink;
    this.#place = placeFor(targets);
    const carriers = options.interface === undefined ? this.#place.carriers : undefined;
    this.#exchange = new Exchange(targets, options.json === true ? undefined : sink, carriers);
  }

  /** `error`: why the capture ended before its time. */
  async run(): Promise<{ outcomes: Outcome[]; error: Error | undefined }> {
    const onSignal = (): void => this.#interrupt.abort();
    const source = await this.#open();
    process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
    try {
      if (source === undefined) return { outcomes: this.#outcomes(await this.#connect(), undefined), error: undefined };
      const reading = this.#read(source);
      const answers = await this.#connect();
      await new Promise((resolve) => setTimeout(resolve, DRAIN));
      source.live.stop();
      const error = await reading;
      return { outcomes: this.#outcomes(answers, source.name), error };
    } finally {
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    }
  }

  /** Undefined when nothing can be captured here: then it is said what that would add. */
  async #open(): Promise<LiveSource | undefined> {
    try {
      const asked = { interface: this.#place.name, expression: this.#exchange.expression, promiscuous: false };
      const { source } = await openOwnCapture(this.#options, asked);
      source.live.onNotice = say;
      this.#exchange.open(source);
      return source;
    } catch (error) {
      if (!(error instanceof CaptureError) || this.#options.interface !== undefined) throw error;
      say(`without a capture there is only the kernel's answer; one would show what was answered, and by whom`);
      say(error.message);
      return undefined;
    }
  }

  #read(source: LiveSource): Promise<Error | undefined> {
    return readCaptures([() => Promise.resolve(source)], (frame) => void this.#exchange.frame(frame), {
      onIdle: () => this.#sink.flush(),
    });
  }

  async #connect(): Promise<KernelAnswer[]> {
    const answers: KernelAnswer[] = [];
    const readInfo = await infoReader();
    for (const target of this.#targets) {
      if (this.#options.json !== true) say(`${this.#host}: trying ${endText(target.address, target.port)}`);
      const answer = await connectOnce(target, {
        timeout: this.#options.timeout,
        signal: this.#interrupt.signal,
        onPort: (port) => this.#exchange.expect(port),
        readInfo,
      });
      answers.push(answer);
      if (answer.isConnected || this.#interrupt.signal.aborted) break;
    }
    return answers;
  }

  #outcomes(answers: readonly KernelAnswer[], captured: string | undefined): Outcome[] {
    const verdicts = captured === undefined ? [] : this.#exchange.verdicts(answers);
    return answers.map((answer, index) => ({ host: this.#host, answer, verdict: verdicts[index], captured }));
  }
}

/** Undefined where there is none, which is said. */
async function infoReader(): Promise<TcpInfoReader | undefined> {
  const { tcpInfoReader } = await import("../libpcap/tcp-info.ts");
  try {
    return await tcpInfoReader();
  } catch (error) {
    if (!(error instanceof LibpcapError)) throw error;
    say(`TCP_INFO, what the kernel tells of a socket, is not to be had: ${error.message}`);
    return undefined;
  }
}

function say(text: string): void {
  process.stderr.write(`tcpscope: ${text}\n`);
}
