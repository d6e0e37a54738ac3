import type { Ends } from "./ends.ts";
import type { SocketEntry } from "./socket-table.ts";

/** Sockets remembered; beyond, the oldest are forgotten. */
const MOST = 4096;

/** A socket whose connect() was seen waiting for an answer. Times in milliseconds since 1970. */
export interface ConnectingSocket extends Ends {
  /** The last moment at which it was known not to be in SYN_SENT yet. */
  readonly notBefore: number;
  /** When it was first seen in SYN_SENT. */
  readonly since: number;
  /** When it was last seen in SYN_SENT. */
  last: number;
  /** When it was first seen to be gone; undefined: it was there to the last. */
  gone: number | undefined;
}

/** Sockets in SYN_SENT, until they are connected or gone. */
export class ConnectingSockets {
  readonly #byKey = new Map<string, ConnectingSocket>();
  /** Of those that are not gone, the ones of this look. */
  readonly #present = new Set<ConnectingSocket>();
  /** When this look began, and the one before. */
  #begun = now();
  #begunBefore = this.#begun;

  /** To be called before the tables are read. */
  looking(): void {
    this.#begunBefore = this.#begun;
    this.#begun = now();
  }

  /** Takes note of a socket that was found in a table. */
  see(key: string, { isConnecting, localAddress, localPort, remoteAddress, remotePort }: SocketEntry): void {
    if (!isConnecting) {
      this.#byKey.delete(key);
      return;
    }
    const seen = now();
    let socket = this.#byKey.get(key);
    if (socket === undefined || socket.gone !== undefined) {
      socket = {
        client: { address: localAddress, port: localPort },
        server: { address: remoteAddress, port: remotePort },
        notBefore: this.#begunBefore,
        since: seen,
        last: seen,
        gone: undefined,
      };
      this.#byKey.delete(key);
      this.#byKey.set(key, socket);
      this.#forget();
    }
    socket.last = seen;
    this.#present.add(socket);
  }

  /** To be called when all tables were gone through. */
  looked(): void {
    for (const socket of this.#byKey.values()) {
      if (socket.gone === undefined && !this.#present.has(socket)) socket.gone = now();
    }
    this.#present.clear();
  }

  /** Those that were never seen connected, in the order in which they came; no state but SYN_SENT was seen of them. */
  unanswered(): ConnectingSocket[] {
    return [...this.#byKey.values()];
  }

  #forget(): void {
    const oldest = this.#byKey.keys().next();
    if (this.#byKey.size > MOST && oldest.done !== true) this.#byKey.delete(oldest.value);
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
