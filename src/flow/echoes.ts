import { KeyTable } from "./key-table.ts";

/** Requests remembered at once; beyond, all are forgotten. */
const MAX_REQUESTS = 65_536;
/** Words of identifier, sequence number and checksum. */
const MESSAGE_WORDS = 2;

/** Echo requests that wait for their replies, as Wireshark pairs them: same ends, identifier, sequence number and data. */
export class Echoes {
  /** Frame and time of the request of the last `answer` that was true. */
  frame = 0;
  timeNs = 0;
  readonly #tables: readonly [KeyTable, KeyTable] = [new KeyTable(2 + MESSAGE_WORDS), new KeyTable(8 + MESSAGE_WORDS)];
  #frames: number[] = [];
  #times: number[] = [];

  /** Notes a request; `message`: identifier and sequence number, `sum`: what the checksum of its reply will be, or its own with the type left out. */
  request(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    message: number,
    sum: number,
    frame: number,
    timeNs: number,
  ): void {
    if (this.#frames.length >= MAX_REQUESTS) this.#forget();
    const table = this.#stage(view, sourceAt, destinationAt, addressLength, message, sum);
    table.insert(this.#frames.length);
    this.#frames.push(frame);
    this.#times.push(timeNs);
  }

  /** Whether a reply belongs to a request that has none yet. */
  answer(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    message: number,
    sum: number,
  ): boolean {
    const table = this.#stage(view, sourceAt, destinationAt, addressLength, message, sum);
    const slot = table.find();
    if (slot < 0) return false;
    this.frame = this.#frames[slot]!;
    this.timeNs = this.#times[slot]!;
    table.remove();
    return true;
  }

  #stage(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    message: number,
    sum: number,
  ): KeyTable {
    const table = this.#tables[addressLength === 4 ? 0 : 1];
    const words = addressLength >> 2;
    let order = 0;
    for (let i = 0; order === 0 && i < words; i++)
      order = view.getUint32(sourceAt + 4 * i) - view.getUint32(destinationAt + 4 * i);
    const firstAt = order > 0 ? destinationAt : sourceAt;
    const secondAt = order > 0 ? sourceAt : destinationAt;
    for (let i = 0; i < words; i++) {
      table.key[i] = view.getUint32(firstAt + 4 * i);
      table.key[words + i] = view.getUint32(secondAt + 4 * i);
    }
    table.key[2 * words] = message;
    table.key[2 * words + 1] = sum;
    return table;
  }

  #forget(): void {
    for (const table of this.#tables) table.clear();
    this.#frames = [];
    this.#times = [];
  }
}
