import { KeyTable } from "../../flow/key-table.ts";
import { IPV4_KEY_WORDS, IPV6_KEY_WORDS, stageTuple } from "../../wire/tuple.ts";

/** Conversations remembered at once; beyond, all are forgotten and numbers start absolute again. */
const MAX_CONVERSATIONS = 1 << 20;

/**
 * The numbers from which tcpdump counts relative sequence numbers: per pair of
 * address and port, those of the first segment with ACK, or of any later one
 * with SYN and ACK. Which end a number belongs to is told by the order of the
 * ports (addresses where the ports are equal), not by who opened.
 *
 * tcpdump keeps these in 919 chains that are never shortened; here it is a hash
 * table, so that many connections cost no more each than few.
 */
export class SequenceBases {
  /** The segment goes from the end with the higher port to the lower. */
  reversed = false;
  /** Whether `lookUp` met this conversation for the first time (numbers print absolute). */
  isNew = false;
  /** Base of the lower end's numbers, and of the higher end's. */
  lowerBase = 0;
  higherBase = 0;
  readonly #ipv4 = new KeyTable(IPV4_KEY_WORDS);
  readonly #ipv6 = new KeyTable(IPV6_KEY_WORDS);
  #lower = new Uint32Array(1024);
  #higher = new Uint32Array(1024);
  #count = 0;

  /** Finds, or starts, the conversation of the segment; `startsAnew`: it has SYN. */
  lookUp(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    ports: number,
    sequence: number,
    acknowledgment: number,
    startsAnew: boolean,
  ): void {
    const table = addressLength === 4 ? this.#ipv4 : this.#ipv6;
    this.reversed = stageTuple(table.key, view, sourceAt, destinationAt, addressLength, ports);
    let index = table.find();
    this.isNew = index < 0 || startsAnew;
    if (this.isNew) {
      if (index < 0) index = this.#add(table);
      this.#lower[index] = this.reversed ? acknowledgment - 1 : sequence;
      this.#higher[index] = this.reversed ? sequence : acknowledgment - 1;
    }
    this.lowerBase = this.#lower[index]!;
    this.higherBase = this.#higher[index]!;
  }

  #add(table: KeyTable): number {
    if (this.#count === MAX_CONVERSATIONS) {
      this.#ipv4.clear();
      this.#ipv6.clear();
      this.#count = 0;
    }
    if (this.#count === this.#lower.length) {
      this.#lower = grown(this.#lower);
      this.#higher = grown(this.#higher);
    }
    const index = this.#count++;
    table.insert(index);
    return index;
  }
}

function grown(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
