import type { LibpcapLibrary } from "./library.ts";

/** Waits for a device to have packets, without a thread. */
export interface Waiter {
  /** Resolves when there may be packets, when `wake` is called, and at least once a second. */
  wait(): Promise<void>;
  wake(): void;
  /** Lets go of the descriptor, and resolves. */
  close(): void;
}

/** Without a descriptor to wait on, how often to look, in milliseconds: 0.7 % of a processor. */
const LOOK = 20;
/** With one, how often to look all the same. */
const LOOK_SELDOM = 1000;

/** `descriptor`: -1 when there is none to wait on. */
export function waiter({ koffi }: LibpcapLibrary, descriptor: number): Waiter {
  let resolve: (() => void) | undefined = undefined;
  const wake = (): void => {
    const waiting: (() => void) | undefined = resolve;
    resolve = undefined;
    waiting?.();
  };
  const poll = descriptor >= 0 ? startPoll(koffi, descriptor, wake) : undefined;
  const timer = setInterval(wake, poll === undefined ? LOOK : LOOK_SELDOM);
  return {
    wait: () =>
      new Promise((done) => {
        resolve = done;
      }),
    wake,
    close() {
      clearInterval(timer);
      poll?.close();
      wake();
    },
  };
}

interface Poll {
  close(): void;
}

/** Uses what koffi has for the purpose; undefined where it has not (it is not documented yet and may change). */
function startPoll(koffi: LibpcapLibrary["koffi"], descriptor: number, wake: () => void): Poll | undefined {
  if (typeof koffi.node?.poll !== "function") return undefined;
  // The first argument is a status of libuv; the types of koffi 3.3 leave it out.
  const onEvent = (status: unknown): void => {
    // An interface that goes down is an error of the socket, upon which libuv no longer looks at it.
    if (typeof status === "number" && status < 0) handle.start({ readable: true }, onEvent);
    wake();
  };
  const handle = koffi.node.poll(descriptor, { readable: true }, onEvent);
  // The one who holds this holds the handle: without, it would be collected and never call.
  return {
    close() {
      handle.close();
    },
  };
}
