import { BASIC_RATE, ManagementElements } from "../../wire/ieee80211-elements.ts";
import type { Ieee80211Header } from "../../wire/ieee80211.ts";
import { actionText, algorithmName, CATEGORY_NAMES, reasonText, statusText } from "./ieee80211-names.ts";
import type { Output } from "./output.ts";

/** Subtypes (IEEE Std 802.11-2020 table 9-1). */
const ASSOCIATION_REQUEST = 0;
const ASSOCIATION_RESPONSE = 1;
const REASSOCIATION_REQUEST = 2;
const REASSOCIATION_RESPONSE = 3;
const PROBE_REQUEST = 4;
const PROBE_RESPONSE = 5;
const BEACON = 8;
const ATIM = 9;
const DISASSOCIATION = 10;
const AUTHENTICATION = 11;
const DEAUTHENTICATION = 12;
const ACTION = 13;

const NAMES: ReadonlyMap<number, string> = new Map([
  [ASSOCIATION_REQUEST, "Assoc Request"],
  [ASSOCIATION_RESPONSE, "Assoc Response"],
  [REASSOCIATION_REQUEST, "ReAssoc Request"],
  [REASSOCIATION_RESPONSE, "ReAssoc Response"],
  [PROBE_REQUEST, "Probe Request"],
  [PROBE_RESPONSE, "Probe Response"],
  [BEACON, "Beacon"],
  [ATIM, "ATIM"],
  [DISASSOCIATION, "Disassociation"],
  [AUTHENTICATION, "Authentication"],
  [DEAUTHENTICATION, "DeAuthentication"],
  [ACTION, "Action"],
]);

/** Lengths of the fields before the elements, in bytes. */
const BEACON_FIELDS = 12;
const REQUEST_FIELDS = 4;
const REASSOCIATION_FIELDS = 10;
const RESPONSE_FIELDS = 6;
const AUTHENTICATION_FIELDS = 6;

/** Bits of the capability field. */
const ESS = 0x0001;
const PRIVACY = 0x0010;

/** The two high bits of an association identifier are always set. */
const IDENTIFIER_BITS = 0x3fff;
const SHARED_KEY = 1;

/** Prints IEEE 802.11 management frames. */
export class ManagementPrinter {
  readonly #out: Output;
  readonly #header: Ieee80211Header;
  readonly #elements: ManagementElements = new ManagementElements();

  /** `header`: moved onto the frame before it is printed. */
  constructor(out: Output, header: Ieee80211Header) {
    this.#out = out;
    this.#header = header;
  }

  /** Prints the frame whose body of `length` bytes is at `at`. */
  print(at: number, length: number): void {
    const out = this.#out;
    const { subtype, isProtected } = this.#header;
    out.sink.text(NAMES.get(subtype) ?? `Unhandled Management subtype(${subtype.toString(16)})`);
    if (isProtected) printEncryption(out, at, length);
    else if (!this.#printBody(subtype, at, length)) out.truncated("802.11");
  }

  /** False when the body is cut. */
  #printBody(subtype: number, at: number, length: number): boolean {
    switch (subtype) {
      case ASSOCIATION_REQUEST:
        return this.#has(at, length, REQUEST_FIELDS) && this.#readElements(at, length, REQUEST_FIELDS, true);
      case ASSOCIATION_RESPONSE:
      case REASSOCIATION_RESPONSE:
        return this.#printResponse(at, length);
      case REASSOCIATION_REQUEST:
        return this.#printReassociation(at, length);
      case PROBE_REQUEST:
        return this.#readElements(at, length, 0, true);
      case PROBE_RESPONSE:
      case BEACON:
        return this.#printBeacon(at, length, subtype === BEACON);
      case DISASSOCIATION:
        if (!this.#has(at, length, 2)) return false;
        this.#out.sink.text(`: ${reasonText(this.#u16(at))}`);
        return true;
      case AUTHENTICATION:
        return this.#printAuthentication(at, length);
      case DEAUTHENTICATION:
        if (!this.#has(at, length, 2)) return false;
        this.#printSender();
        this.#out.sink.text(reasonText(this.#u16(at)));
        return true;
      case ACTION:
        return this.#printAction(at, length);
      default:
        return true;
    }
  }

  #has(at: number, length: number, need: number): boolean {
    return length >= need && this.#out.has(at, need);
  }

  #u16(at: number): number {
    return this.#out.view.getUint16(at, true);
  }

  /** Reads the elements behind `fields` bytes and prints name and rates of the service set; false when they are broken. */
  #readElements(at: number, length: number, fields: number, withRates: boolean): boolean {
    const elements = this.#elements;
    elements.read(this.#out.view, at + fields, at + length, this.#out.limit);
    this.#printSsid();
    if (withRates) this.#printRates();
    return !elements.isBroken;
  }

  #printSsid(): void {
    const { ssidAt, ssidLength } = this.#elements;
    if (ssidLength < 0) return;
    const out = this.#out;
    out.sink.text(" (");
    out.safeTextToZero(ssidAt, ssidLength);
    out.sink.char(0x29);
  }

  /** In Mbit/s, basic rates with an asterisk. */
  #printRates(): void {
    const { ratesAt, rateCount } = this.#elements;
    if (rateCount === 0) return;
    const { sink, view } = this.#out;
    sink.text(" [");
    for (let i = 0; i < rateCount; i++) {
      const rate = view.getUint8(ratesAt + i);
      sink.text(`${((rate & ~BASIC_RATE) / 2).toFixed(1)}${(rate & BASIC_RATE) === 0 ? "" : "*"} `);
    }
    sink.text("Mbit]");
  }

  #printBeacon(at: number, length: number, isBeacon: boolean): boolean {
    if (!this.#has(at, length, BEACON_FIELDS)) return false;
    const { sink } = this.#out;
    const capabilities = this.#u16(at + BEACON_FIELDS - 2);
    const isWhole = this.#readElements(at, length, BEACON_FIELDS, true);
    if (isBeacon) sink.text((capabilities & ESS) === 0 ? " IBSS" : " ESS");
    if (this.#elements.channel >= 0) sink.text(` CH: ${this.#elements.channel}`);
    if ((capabilities & PRIVACY) !== 0) sink.text(", PRIVACY");
    return isWhole;
  }

  #printResponse(at: number, length: number): boolean {
    if (!this.#has(at, length, RESPONSE_FIELDS)) return false;
    const privacy = (this.#u16(at) & PRIVACY) === 0 ? "" : " PRIVACY ";
    const identifier = this.#u16(at + 4) & IDENTIFIER_BITS;
    this.#out.sink.text(` AID(${identifier.toString(16)}) :${privacy}: ${statusText(this.#u16(at + 2))}`);
    this.#elements.read(this.#out.view, at + RESPONSE_FIELDS, at + length, this.#out.limit);
    return !this.#elements.isBroken;
  }

  #printReassociation(at: number, length: number): boolean {
    if (!this.#has(at, length, REASSOCIATION_FIELDS)) return false;
    const isWhole = this.#readElements(at, length, REASSOCIATION_FIELDS, false);
    this.#out.sink.text(" AP : ");
    this.#out.mac(at + REQUEST_FIELDS);
    return isWhole;
  }

  #printAuthentication(at: number, length: number): boolean {
    if (!this.#has(at, length, AUTHENTICATION_FIELDS)) return false;
    const algorithm = this.#u16(at);
    const transaction = this.#u16(at + 2);
    // A status is told in answers only; tcpdump takes the odd ones for those.
    const status = transaction % 2 === 0 ? "" : statusText(this.#u16(at + 4));
    const hasChallenge = algorithm === SHARED_KEY && (transaction === 2 || transaction === 3);
    const separator = hasChallenge ? " [Challenge Text]" : ":";
    this.#out.sink.text(` (${algorithmName(algorithm)})-${transaction.toString(16)}${separator} ${status}`);
    this.#elements.read(this.#out.view, at + AUTHENTICATION_FIELDS, at + length, this.#out.limit);
    return !this.#elements.isBroken;
  }

  #printAction(at: number, length: number): boolean {
    const out = this.#out;
    if (!this.#has(at, length, 2)) return false;
    this.#printSender();
    const category = out.u8(at);
    const action = out.u8(at + 1);
    out.sink.text(`${CATEGORY_NAMES.get(category) ?? `Reserved(${category})`} ${actionText(category, action)}`);
    return true;
  }

  /** Who sent the frame, where `-e` did not print it. */
  #printSender(): void {
    const out = this.#out;
    if (!out.options.linkLayer) {
      out.sink.text(" (");
      out.mac(this.#header.sourceAt);
      out.sink.char(0x29);
    }
    out.sink.text(": ");
  }
}

/** Prints what starts an encrypted body (IEEE Std 802.11-2020 section 12.3.2): initialisation vector, padding and key identifier. */
export function printEncryption(out: Output, at: number, length: number): void {
  if (length < 4 || !out.has(at, 4)) {
    out.truncated("802.11");
    return;
  }
  const word = out.view.getUint32(at, true);
  const vector = (word & 0xffffff).toString(16).padStart(3);
  out.sink.text(` IV:${vector} Pad ${((word >>> 24) & 0x3f).toString(16)} KeyID ${word >>> 30}`);
}
