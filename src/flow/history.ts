import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import type { EndIndex } from "./states.ts";
import { Trail } from "./trail.ts";

/** Letters of one connection; more say nothing. */
const MAX_LETTERS = 32;

const EVENTS = "shadfrt";
/** The letters of both ends. */
const LETTERS: readonly string[] = [...EVENTS].flatMap((letter) => [letter.toUpperCase(), letter]);
const NOTHING = Trail.root("");

/**
 * The history of a connection in Zeek's letters: `s` SYN, `h` SYN-ACK, `a` pure
 * ACK, `d` data, `f` FIN, `r` RST, `t` retransmission; upper case for the client.
 * A letter stands once for each direction, where it came first; `t` and `r`
 * again at each power of ten.
 */
export class History {
  #letters: Trail = NOTHING;
  #seen = 0;
  #repeats = 0;

  get text(): string {
    return this.#letters.text;
  }

  /** Adds what the segment's flags and payload bring. */
  observe(from: EndIndex, flags: number, payloadLength: number, retransmission: boolean): void {
    if (retransmission) this.#addRepeat(from);
    if ((flags & SYN) !== 0) this.#add((flags & ACK) !== 0 ? 1 : 0, from);
    if ((flags & RST) !== 0) this.#add(5, from);
    if (payloadLength > 0) this.#add(3, from);
    else if ((flags & (SYN | FIN | RST)) === 0 && (flags & ACK) !== 0) this.#add(2, from);
    if ((flags & FIN) !== 0) this.#add(4, from);
  }

  #add(event: number, from: EndIndex): void {
    const bit = 1 << (2 * event + from);
    if ((this.#seen & bit) !== 0) return;
    this.#seen |= bit;
    this.#append(event, from);
  }

  #addRepeat(from: EndIndex): void {
    const step = from === 0 ? 1 : 0x10000;
    this.#repeats += step;
    const count = from === 0 ? this.#repeats & 0xffff : this.#repeats >>> 16;
    if (count === 1 || count === 10 || count === 100 || count === 1000 || count === 10000) this.#append(6, from);
  }

  #append(event: number, from: EndIndex): void {
    if (this.text.length >= MAX_LETTERS) return;
    const step = 2 * event + from;
    this.#letters = this.#letters.then(step, LETTERS[step]!);
  }
}
