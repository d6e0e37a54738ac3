import net from "node:net";
import { getSystemErrorName } from "node:util";
import type { TcpInfo, TcpInfoReader } from "../../libpcap/tcp-info.ts";
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
  /** When that was, in milliseconds since 1970. */
  readonly returned: number;
  /** Who gave up before the kernel did. */
  readonly gaveUp: "timeout" | "interrupt" | undefined;
  readonly localPort: number | undefined;
  /** What the kernel told of the socket last, and when: seconds since the call. */
  readonly info: { readonly at: number; readonly tcp: TcpInfo } | undefined;
}

interface ConnectSettings {
  /** In seconds; undefined: the kernel's. */
  readonly timeout: number | undefined;
  /** Aborted when the user has seen enough. */
  readonly signal: AbortSignal;
  /** Called with the local port as soon as the kernel has chosen it. */
  readonly onPort: (port: number) => void;
  readonly readInfo: TcpInfoReader | undefined;
}

const MILLI = 1000;
/** How often the kernel is asked about a socket that is not connected yet, in milliseconds. */
const ASK = 100;

/** Connects, and closes at once what it got. */
export function connectOnce(
  target: Target,
  { timeout, signal, onPort, readInfo }: ConnectSettings,
): Promise<KernelAnswer> {
  return new Promise((resolve) => {
    const socket = new net.Socket();
    const begin = performance.now();
    let localPort: number | undefined;
    let isOver = false;
    let info: KernelAnswer["info"];
    const ask = (): void => {
      const descriptor = descriptorOf(socket);
      const tcp = descriptor < 0 ? undefined : readInfo?.(descriptor);
      // When it has failed, the kernel has forgotten all of it.
      if (tcp !== undefined && tcp.state !== "CLOSED") info = { at: (performance.now() - begin) / MILLI, tcp };
    };
    const asking = setInterval(ask, ASK);
    const notePort = (): void => {
      if (localPort !== undefined || socket.localPort === undefined) return;
      localPort = socket.localPort;
      onPort(localPort);
    };
    const end = (answer: Pick<KernelAnswer, "isConnected" | "errno" | "number" | "gaveUp">): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      clearInterval(asking);
      signal.removeEventListener("abort", interrupt);
      const now = performance.now();
      const returned = performance.timeOrigin + now;
      resolve({ target, ...answer, seconds: (now - begin) / MILLI, returned, localPort, info });
    };
    const giveUp = (gaveUp: "timeout" | "interrupt"): void => {
      ask();
      end({ isConnected: false, errno: null, number: null, gaveUp });
      socket.destroy();
    };
    const interrupt = (): void => giveUp("interrupt");
    const timer = timeout === undefined ? undefined : setTimeout(() => giveUp("timeout"), timeout * MILLI);
    signal.addEventListener("abort", interrupt);
    socket.once("connect", () => {
      notePort();
      ask();
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
    process.nextTick(() => {
      notePort();
      ask();
    });
    if (signal.aborted) interrupt();
  });
}

/** -1 when it has none: not yet, not any more, or not on this platform. Node.js has no documented way to it. */
function descriptorOf(socket: net.Socket): number {
  if (!("_handle" in socket) || typeof socket._handle !== "object" || socket._handle === null) return -1;
  const { _handle: handle } = socket;
  return "fd" in handle && typeof handle.fd === "number" ? handle.fd : -1;
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
