/**
 * Elements of IEEE 802.11 management frames (IEEE Std 802.11-2020 section 9.4.2): identifier, length, content.
 */

const SSID = 0;
const SUPPORTED_RATES = 1;
const DSSS_PARAMETER_SET = 3;
const TRAFFIC_INDICATION_MAP = 5;
const CHALLENGE_TEXT = 16;

/** The longest content of an element, in bytes, where that is less than its length field can say; of rates, as many as are met. */
const LONGEST: ReadonlyMap<number, number> = new Map([
  [SSID, 32],
  [SUPPORTED_RATES, 16],
  [TRAFFIC_INDICATION_MAP, 254],
  [CHALLENGE_TEXT, 253],
]);

/** A rate is one of those that every station of the set must know. */
export const BASIC_RATE = 0x80;

/** What the elements say of a service set: the first of each kind. */
export class ManagementElements {
  /** Where the name of the service set is, and its length in bytes; -1: none is given, 0: that of any. */
  ssidAt = 0;
  ssidLength = -1;
  /** Where the supported rates are, a byte each: units of 500 kbit/s, and the bit of a basic rate. */
  ratesAt = 0;
  rateCount = 0;
  /** Channel number; -1: not given. */
  channel = -1;
  /** Elements are missing, or one is longer than it may be: those before it hold. */
  isBroken = false;

  /** Reads the elements in `view[at, end)`, of which `limit` is captured. */
  read(view: DataView, at: number, end: number, limit: number): void {
    this.ssidLength = -1;
    this.rateCount = 0;
    this.channel = -1;
    this.isBroken = false;
    const last = Math.min(end, limit);
    for (let next = at; next < end;) {
      if (next + 2 > last) {
        this.isBroken = true;
        return;
      }
      const identifier = view.getUint8(next);
      const length = view.getUint8(next + 1);
      if (next + 2 + length > last || length > (LONGEST.get(identifier) ?? 255)) {
        this.isBroken = true;
        return;
      }
      this.#take(view, identifier, next + 2, length);
      next += 2 + length;
    }
  }

  #take(view: DataView, identifier: number, at: number, length: number): void {
    if (identifier === SSID && this.ssidLength < 0) {
      this.ssidAt = at;
      this.ssidLength = length;
    } else if (identifier === SUPPORTED_RATES && this.rateCount === 0) {
      this.ratesAt = at;
      this.rateCount = length;
    } else if (identifier === DSSS_PARAMETER_SET && length === 1 && this.channel < 0) {
      this.channel = view.getUint8(at);
    }
  }
}
