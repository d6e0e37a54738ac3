import type { Output } from "../output.ts";

/** Calls that are remembered: as many as tcpdump remembers. */
const SIZE = 64;

/** What a reply has to be known by. */
export interface NfsCall {
  readonly version: number;
  readonly procedure: number;
}

/** A call with the addresses of its packet: of the client, then of the server. */
interface KnownCall extends NfsCall {
  readonly identifier: number;
  readonly client: string;
  readonly server: string;
}

/** The latest calls; replies do not say what they reply to, but have the identifier of the call. */
export class NfsCalls {
  readonly #calls: (KnownCall | undefined)[] = Array.from({ length: SIZE }, () => undefined);
  #next = 0;
  #latest = 0;

  /** Remembers the call whose RPC message is at `at`. */
  add(out: Output, at: number, version: number, procedure: number): void {
    const client = out.addressKey(out.ip.sourceAt);
    const server = out.addressKey(out.ip.destinationAt);
    this.#calls[this.#next] = { identifier: out.u32(at), client, server, version, procedure };
    this.#next = (this.#next + 1) % SIZE;
  }

  /** The call that the RPC message at `at` replies to. Of several with its identifier, the next from the one found last. */
  find(out: Output, at: number): NfsCall | undefined {
    const identifier = out.u32(at);
    const client = out.addressKey(out.ip.destinationAt);
    const server = out.addressKey(out.ip.sourceAt);
    for (let i = 0; i < SIZE; i++) {
      const place = (this.#latest + i) % SIZE;
      const call = this.#calls[place];
      if (call?.identifier === identifier && call.client === client && call.server === server) {
        this.#latest = place;
        return call;
      }
    }
    return undefined;
  }
}
