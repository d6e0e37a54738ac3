import * as o from "../wire/tcp-options.ts";

/** Text of TCP options as tcpdump printed them in 1993: "<mss 1024>", "<nop,nop,timestamp 146647 0>". */
export class StevensOptions {
  readonly #walk: o.TcpOptions = new o.TcpOptions();

  /** Options in `view[at, end)`, of which `limit` is captured; "" when there are none. `sackBase` is taken off the edges of blocks. */
  text(view: DataView, at: number, end: number, limit: number, sackBase: number): string {
    if (at >= end) return "";
    const walk = this.#walk;
    const words: string[] = [];
    walk.start(view, at, end, limit);
    while (walk.next()) words.push(this.#word(sackBase));
    if (walk.fault === "truncated") words.push("[|tcp]");
    else if (walk.fault === "length") words.push("[bad opt]");
    return words.length === 0 ? "" : `<${words.join(",")}>`;
  }

  #word(sackBase: number): string {
    const walk = this.#walk;
    const { kind, length } = walk;
    if (kind === o.OPTION_END) return "eol";
    if (kind === o.OPTION_NOP) return "nop";
    if (kind === o.OPTION_MSS && length === 4) return `mss ${walk.uint16(0)}`;
    if (kind === o.OPTION_WINDOW_SCALE && length === 3) return `wscale ${walk.uint8(0)}`;
    if (kind === o.OPTION_SACK_PERMITTED && length === 2) return "sackOK";
    if (kind === o.OPTION_TIMESTAMPS && length === 10) return `timestamp ${walk.uint32(0)} ${walk.uint32(4)}`;
    if (kind === o.OPTION_SACK && length > 2 && (length - 2) % 8 === 0) return `sack ${this.#blocks(sackBase)}`;
    return this.#other();
  }

  #blocks(sackBase: number): string {
    const walk = this.#walk;
    const count = (walk.length - 2) / 8;
    let text = `${count} `;
    for (let i = 0; i < count; i++) {
      const [left, right] = [walk.uint32(8 * i), walk.uint32(8 * i + 4)];
      text += `{${(left - sackBase) >>> 0}:${(right - sackBase) >>> 0}}`;
    }
    return text;
  }

  /** Options that the book does not know: kind and bytes. */
  #other(): string {
    const walk = this.#walk;
    let hex = "";
    for (let i = 0; i < walk.length - 2; i++) hex += walk.uint8(i).toString(16).padStart(2, "0");
    return `opt-${walk.kind}:${hex}`;
  }
}
