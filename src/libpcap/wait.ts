import type { LibpcapLibrary } from "./library.ts";

/** Waits for a device to have packets, without a thread. */
export interface Waiter {
  /** Resolves when there may be packets, when `wake` is called, and at least once a second. */
  wait(): Promise<void>;
  /** Resolves a moment later, however many packets there are by then, or when `wake` is called. */
  rest(): Promise<void>;
  wake(): void;
  /** Lets go of the descriptor, and resolves. */
  close(): void;
}

/** Without a descriptor to wait on, how often to look, in milliseconds: 0.7 % of a processor. */
const LOOK = 20;
/** A moment, in milliseconds: packets that come often are cheaper when they are taken together. */
const REST = 15;
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
  let resting: NodeJS.Timeout | undefined = undefined;
  return {
    wait: () =>
      new Promise((done) => {
        resolve = done;
      }),
    rest: () =>
      new Promise((done) => {
        poll?.pause();
        resolve = () => {
          clearTimeout(resting);
          poll?.resume();
          done();
        };
        resting = setTimeout(wake, REST);
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
  pause(): void;
  resume(): void;
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
  let isClosed = false;
  // The one who holds this holds the handle: without, it would be collected and never call.
  return {
    pause() {
      handle.stop();
    },
    resume() {
      if (!isClosed) handle.start({ readable: true }, onEvent);
    },
    close() {
      isClosed = true;
      handle.close();
    },
  };
}
