/** Multipath TCP option (RFC 6824, RFC 8684 section 3). */

export const MPTCP_CAPABLE = 0;
export const MPTCP_JOIN = 1;
export const MPTCP_DSS = 2;
export const MPTCP_ADD_ADDRESS = 3;
export const MPTCP_REMOVE_ADDRESS = 4;
export const MPTCP_PRIORITY = 5;
export const MPTCP_FAIL = 6;
export const MPTCP_FAST_CLOSE = 7;
export const MPTCP_RESET = 8;

// Flags of a data sequence signal (RFC 8684 section 3.3).
export const DSS_DATA_FIN = 0x10;
export const DSS_LONG_SEQUENCE = 0x08;
export const DSS_HAS_MAPPING = 0x04;
export const DSS_LONG_ACK = 0x02;
export const DSS_HAS_ACK = 0x01;

/** Checksum required: a flag of MP_CAPABLE. */
export const CAPABLE_CHECKSUM = 0x80;
export const JOIN_BACKUP = 0x01;
export const PRIORITY_BACKUP = 0x01;

/** A multipath option of at least 3 bytes, read in place. Offsets count from the kind byte. */
export class MultipathOption {
  at = 0;
  /** Length with kind and length byte. */
  length = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Moves to the option of `length` bytes at `at`, all of them captured; false below 3 bytes. */
  read(view: DataView, at: number, length: number): boolean {
    this.#view = view;
    this.at = at;
    this.length = length;
    return length >= 3;
  }

  get subtype(): number {
    return this.#view.getUint8(this.at + 2) >> 4;
  }

  /** The four bits beside the subtype: version, IP version, echo or backup flag. */
  get low(): number {
    return this.#view.getUint8(this.at + 2) & 0xf;
  }

  /** Flags of MP_CAPABLE and DSS, address identifier of others; needs 4 bytes. */
  get byte3(): number {
    return this.#view.getUint8(this.at + 3);
  }
}
