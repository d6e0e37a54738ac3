import * as mp from "../../wire/mptcp.ts";
import { MultipathOption } from "../../wire/mptcp.ts";
import { ACK, SYN } from "../../wire/tcp.ts";
import type { Output } from "./output.ts";

const NAMES: readonly string[] = [
  "capable",
  "join",
  "dss",
  "add-addr",
  "rem-addr",
  "prio",
  "fail",
  "fast-close",
  "unknown",
];

/** Prints the value of a multipath option. */
export class MultipathPrinter {
  readonly #out: Output;
  readonly #option: MultipathOption = new MultipathOption();

  constructor(out: Output) {
    this.#out = out;
  }

  /** Prints the option of `length` bytes at `at` (kind byte); false when its length is wrong. */
  print(at: number, length: number, flags: number): boolean {
    const option = this.#option;
    if (!option.read(this.#out.view, at, length)) return false;
    const { sink } = this.#out;
    sink.text(` ${length} `);
    sink.text(NAMES[Math.min(option.subtype, NAMES.length - 1)]!);
    switch (option.subtype) {
      case mp.MPTCP_CAPABLE:
        return this.#capable(flags);
      case mp.MPTCP_JOIN:
        return this.#join(flags);
      case mp.MPTCP_DSS:
        return this.#signal(flags);
      case mp.MPTCP_ADD_ADDRESS:
        return this.#addAddress();
      case mp.MPTCP_REMOVE_ADDRESS:
        return this.#removeAddress();
      case mp.MPTCP_PRIORITY:
        return this.#priority();
      case mp.MPTCP_FAIL:
        if (length !== 12) return false;
        sink.text(" seq ");
        this.#out.decimal64(at + 4);
        return true;
      case mp.MPTCP_FAST_CLOSE:
        if (length !== 12) return false;
        sink.text(" key 0x");
        this.#out.hex64(at + 4);
        return true;
      default:
        return true;
    }
  }

  #capable(flags: number): boolean {
    const { at, length, low } = this.#option;
    const out = this.#out;
    const sink = out.sink;
    const isSyn = (flags & SYN) !== 0;
    const isAck = (flags & (SYN | ACK)) === ACK;
    const isRight =
      (length === 12 && isSyn) ||
      (length === 4 && (flags & (SYN | ACK)) === SYN) ||
      ((length === 20 || length === 22 || length === 24) && isAck);
    if (!isRight) return false;
    if (low !== 0 && low !== 1) {
      sink.text(` Unknown Version (${low})`);
      return true;
    }
    sink.text(` v${low}`);
    if ((this.#option.byte3 & mp.CAPABLE_CHECKSUM) !== 0) sink.text(" csum");
    if (length < 12) return true;
    sink.text(" {0x");
    out.hex64(at + 4);
    if (length >= 20) {
      sink.text(",0x");
      out.hex64(at + 12);
    }
    sink.text("}");
    return true;
  }

  #join(flags: number): boolean {
    const { at, length, low } = this.#option;
    const out = this.#out;
    const sink = out.sink;
    const isRight =
      (length === 12 && (flags & SYN) !== 0) ||
      (length === 16 && (flags & (SYN | ACK)) === (SYN | ACK)) ||
      (length === 24 && (flags & ACK) !== 0);
    if (!isRight) return false;
    if (length !== 24) {
      if ((low & mp.JOIN_BACKUP) !== 0) sink.text(" backup");
      sink.text(` id ${this.#option.byte3}`);
    }
    if (length === 12) {
      sink.text(" token 0x");
      sink.hex(out.u32(at + 4));
      sink.text(" nonce 0x");
      sink.hex(out.u32(at + 8));
    } else if (length === 16) {
      sink.text(" hmac 0x");
      out.hex64(at + 4);
      sink.text(" nonce 0x");
      sink.hex(out.u32(at + 12));
    } else {
      sink.text(" hmac 0x");
      out.hexBytes(at + 4, 20);
    }
    return true;
  }

  #signal(flags: number): boolean {
    const option = this.#option;
    const sink = this.#out.sink;
    if (option.length < 4 || (flags & SYN) !== 0) return false;
    const signal = option.byte3;
    if ((signal & mp.DSS_DATA_FIN) !== 0) sink.text(" fin");
    let next = option.at + 4;
    const end = option.at + option.length;
    if ((signal & mp.DSS_HAS_ACK) !== 0) {
      sink.text(" ack ");
      next = this.#number(next, end, (signal & mp.DSS_LONG_ACK) !== 0);
      if (next < 0) return false;
    }
    if ((signal & mp.DSS_HAS_MAPPING) === 0) return next === end;
    sink.text(" seq ");
    next = this.#number(next, end, (signal & mp.DSS_LONG_SEQUENCE) !== 0);
    return next >= 0 && this.#mapping(next, end);
  }

  /** Prints a number of 8 or 4 bytes; where the next field is, -1 when there is no room. */
  #number(at: number, end: number, isLong: boolean): number {
    const size = isLong ? 8 : 4;
    if (end - at < size) return -1;
    if (isLong) this.#out.decimal64(at);
    else this.#out.sink.decimal(this.#out.u32(at));
    return at + size;
  }

  #mapping(at: number, end: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    if (end - at < 4) return false;
    sink.text(` subseq ${out.u32(at)}`);
    if (end - at < 6) return false;
    sink.text(` len ${out.u16(at + 4)}`);
    let left = end - at - 6;
    if (left >= 2) {
      sink.text(" csum 0x");
      sink.hex(out.u16(at + 6));
      left -= 2;
    }
    return left === 0;
  }

  /** The address with its port, by RFC 6824 (IP version) or RFC 8684 (echo flag). */
  #addAddress(): boolean {
    const { at, length, low } = this.#option;
    const out = this.#out;
    const sink = out.sink;
    const isOld4 = low === 4 && (length === 8 || length === 10);
    const isOld6 = low === 6 && (length === 20 || length === 22);
    // A new address is authenticated by 8 bytes, an echo is not; tcpdump takes both forms of both.
    const isLong = low === 0 && (length === 16 || length === 18 || length === 28 || length === 30);
    const plain = isLong ? length - 8 : length;
    const isNew = (low === 0 || low === 1) && (plain === 8 || plain === 10 || plain === 20 || plain === 22);
    if (!isOld4 && !isOld6 && !isNew) {
      sink.text("[bad version/echo]");
      return false;
    }
    if (isOld4) sink.text(" v0-ip4");
    else if (isOld6) sink.text(" v0-ip6");
    else if (low === 1) sink.text(" v1-echo");
    else sink.text(" v1");
    sink.text(` id ${this.#option.byte3} `);
    const bodyLength = isNew ? plain : length;
    const addressLength = bodyLength <= 10 ? 4 : 16;
    out.address(at + 4, addressLength);
    let next = at + 4 + addressLength;
    if (bodyLength === 10 || bodyLength === 22) {
      sink.text(`:${out.u16(next)}`);
      next += 2;
    }
    if (isLong) {
      sink.text(" hmac 0x");
      out.hex64(next);
    }
    return true;
  }

  #removeAddress(): boolean {
    const { at, length } = this.#option;
    if (length < 4) return false;
    this.#out.sink.text(" id");
    for (let i = 3; i < length; i++) this.#out.sink.text(` ${this.#out.u8(at + i)}`);
    return true;
  }

  #priority(): boolean {
    const { length, low } = this.#option;
    if (length !== 3 && length !== 4) return false;
    this.#out.sink.text((low & mp.PRIORITY_BACKUP) !== 0 ? " backup" : " non-backup");
    if (length === 4) this.#out.sink.text(` id ${this.#option.byte3}`);
    return true;
  }
}
