/** Domain Name System messages (RFC 1035 section 4.1.1). */

export const DNS_HEADER = 12;

export const DNS_RESPONSE = 0x8000;
export const DNS_AUTHORITATIVE = 0x0400;
export const DNS_TRUNCATED = 0x0200;
export const DNS_RECURSION_DESIRED = 0x0100;
export const DNS_RECURSION_AVAILABLE = 0x0080;
export const DNS_AUTHENTIC = 0x0020;
export const DNS_CHECKING_DISABLED = 0x0010;

/** The header of a message, read in place. */
export class DnsHeader {
  at = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Moves to the message at `at`; false when its header is not captured. */
  read(view: DataView, at: number, limit: number): boolean {
    this.#view = view;
    this.at = at;
    return at + DNS_HEADER <= limit;
  }

  get identifier(): number {
    return this.#view.getUint16(this.at);
  }

  get flags(): number {
    return this.#view.getUint16(this.at + 2);
  }

  get operation(): number {
    return (this.flags >> 11) & 0xf;
  }

  get responseCode(): number {
    return this.flags & 0xf;
  }

  get questions(): number {
    return this.#view.getUint16(this.at + 4);
  }

  get answers(): number {
    return this.#view.getUint16(this.at + 6);
  }

  get authorities(): number {
    return this.#view.getUint16(this.at + 8);
  }

  get additionals(): number {
    return this.#view.getUint16(this.at + 10);
  }
}
