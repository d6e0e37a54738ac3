import net from "node:net";
import { getSystemErrorName } from "node:util";
import type { Target } from "./targets.ts";

/** What the kernel made of one connect(). */
export interface KernelAnswer {
  readonly target: Target;
  readonly isConnected: boolean;
  /** Name and number of the error; null when there was none. */
  readonly errno: string | null;
  readonly number: number | null;
  /** From the call to its return, or until it was given up. */
  readonly seconds: number;
  /** Who gave up before the kernel did. */
  readonly gaveUp: "timeout" | "interrupt" | undefined;
  readonly localPort: number | undefined;
}

interface ConnectSettings {
  /** In seconds; undefined: the kernel's. */
  readonly timeout: number | undefined;
  /** Aborted when the user has seen enough. */
  readonly signal: AbortSignal;
  /** Called with the local port as soon as the kernel has chosen it. */
  readonly onPort: (port: number) => void;
}

const MILLI = 1000;

/** Connects, and closes at once what it got. */
export function connectOnce(target: Target, { timeout, signal, onPort }: ConnectSettings): Promise<KernelAnswer> {
  return new Promise((resolve) => {
    const socket = new net.Socket();
    const begin = performance.now();
    let localPort: number | undefined;
    let isOver = false;
    const notePort = (): void => {
      if (localPort !== undefined || socket.localPort === undefined) return;
      localPort = socket.localPort;
      onPort(localPort);
    };
    const end = (answer: Pick<KernelAnswer, "isConnected" | "errno" | "number" | "gaveUp">): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", interrupt);
      resolve({ target, ...answer, seconds: (performance.now() - begin) / MILLI, localPort });
    };
    const giveUp = (gaveUp: "timeout" | "interrupt"): void => {
      end({ isConnected: false, errno: null, number: null, gaveUp });
      socket.destroy();
    };
    const interrupt = (): void => giveUp("interrupt");
    const timer = timeout === undefined ? undefined : setTimeout(() => giveUp("timeout"), timeout * MILLI);
    signal.addEventListener("abort", interrupt);
    socket.once("connect", () => {
      notePort();
      end({ isConnected: true, errno: null, number: null, gaveUp: undefined });
      // What is not read would turn the FIN into a RST.
      socket.resume();
      socket.end();
      setTimeout(() => socket.destroy(), CLOSING).unref();
    });
    socket.on("error", (error) => end({ isConnected: false, gaveUp: undefined, ...errnoOf(error) }));
    const { address: host, port, family, source } = target;
    socket.connect({
      host,
      port,
      family,
      ...(source && { localAddress: source.address }),
      ...(source?.port !== undefined && { localPort: source.port }),
    });
    // The call itself is made in the next turn.
    process.nextTick(notePort);
    if (signal.aborted) interrupt();
  });
}

/** How long the other end may take to close as well, in milliseconds. */
const CLOSING = 250;

/** Errors of Linux that Node.js has no name for, or another one than connect(2). */
const LINUX_NAMES: Readonly<Record<number, string>> = { 64: "ENONET", 95: "EOPNOTSUPP", 112: "EHOSTDOWN" };

function errnoOf(error: Error): { errno: string; number: number | null } {
  const { errno, code } = error as NodeJS.ErrnoException;
  if (errno === undefined) return { errno: code ?? error.message, number: null };
  const number = Math.abs(errno);
  const named = process.platform === "linux" ? LINUX_NAMES[number] : undefined;
  return { errno: named ?? (errno < 0 ? getSystemErrorName(errno) : (code ?? error.message)), number };
}
