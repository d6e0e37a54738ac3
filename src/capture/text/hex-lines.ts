/** Bytes of a packet at most: what a capture holds. */
const MAX_BYTES = 262144;

const OFFSET_LINE =
  /^\s{0,40}(?:0x)?([\da-f]{4,6}):?\s{1,4}((?:(?:[\da-f]{2}){1,2} ){0,15}(?:[\da-f]{2}){1,2})(?=\s|$)/i;
const BARE_LINE = /^\s{3,40}((?:[\da-f]{4} ){0,7}[\da-f]{2}(?:[\da-f]{2})?)\s*$/i;

/** The lines of a dump in hexadecimal digits that follow a packet: -x, -xx, -X, -XX, and those of old versions without offsets. */
export class HexLines {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  /** Takes a line if it goes on where the last one ended. */
  take(line: string): boolean {
    const [, offset = "", digits = ""] = OFFSET_LINE.exec(line) ?? [];
    if (offset !== "" && Number.parseInt(offset, 16) === this.#bytes.length) return this.#add(digits);
    const bare = BARE_LINE.exec(line)?.[1];
    return bare !== undefined && this.#add(bare);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }

  #add(digits: string): boolean {
    const hex = digits.replaceAll(" ", "");
    if (hex.length % 2 !== 0 || this.#bytes.length > MAX_BYTES) return false;
    // What stands behind the sixteenth byte of a line are letters that look like digits.
    for (let i = 0; i < Math.min(32, hex.length); i += 2) this.#bytes.push(Number.parseInt(hex.slice(i, i + 2), 16));
    return true;
  }
}
