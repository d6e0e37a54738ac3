import * as w from "../../wire/ieee80211.ts";
import type { Output } from "./output.ts";

const NAMES: ReadonlyMap<number, string> = new Map([
  [w.CONTROL_WRAPPER, "Control Wrapper"],
  [w.BLOCK_ACK_REQUEST, "BAR"],
  [w.BLOCK_ACK, "BA"],
  [w.PS_POLL, "Power Save-Poll"],
  [w.REQUEST_TO_SEND, "Request-To-Send"],
  [w.CLEAR_TO_SEND, "Clear-To-Send"],
  [w.ACKNOWLEDGMENT, "Acknowledgment"],
  [w.CF_END, "CF-End"],
  [w.CF_END_ACK, "CF-End+CF-Ack"],
]);

/** Where the control and the starting sequence number of a block acknowledgment request are, in bytes from its start. */
const REQUEST_CONTROL = 16;
const REQUEST_SEQUENCE = 18;

/** Prints IEEE 802.11 control frames. */
export class ControlPrinter {
  readonly #out: Output;
  readonly #header: w.Ieee80211Header;

  /** `header`: moved onto the frame before it is printed. */
  constructor(out: Output, header: w.Ieee80211Header) {
    this.#out = out;
    this.#header = header;
  }

  /** Prints what the frame is, and the addresses that tell it from others where `-e` did not print them. */
  print(): void {
    const { subtype, duration } = this.#header;
    const { sink, options } = this.#out;
    sink.text(NAMES.get(subtype)!);
    if (subtype === w.PS_POLL) {
      sink.text(` AID(${duration.toString(16)})`);
      return;
    }
    if (options.linkLayer || subtype === w.CONTROL_WRAPPER) return;
    sink.char(0x20);
    if (subtype === w.BLOCK_ACK_REQUEST) this.#printRequest();
    else if (subtype === w.REQUEST_TO_SEND) this.#printAddress("TA", 2);
    else this.#printAddress("RA", 1);
  }

  /** Prints what `-e` shows. */
  printAddresses(): void {
    const { sink } = this.#out;
    switch (this.#header.subtype) {
      case w.BLOCK_ACK_REQUEST:
        sink.char(0x20);
        this.#printRequest();
        break;
      case w.PS_POLL:
        this.#printAddress("BSSID", 1);
        this.#printAddress("TA", 2);
        break;
      case w.REQUEST_TO_SEND:
        this.#printAddress("RA", 1);
        this.#printAddress("TA", 2);
        break;
      case w.CF_END:
      case w.CF_END_ACK:
        this.#printAddress("RA", 1);
        this.#printAddress("BSSID", 2);
        break;
      case w.CONTROL_WRAPPER:
        break;
      default:
        this.#printAddress("RA", 1);
    }
  }

  #printRequest(): void {
    const { view, sink } = this.#out;
    const { at } = this.#header;
    this.#printAddress("RA", 1);
    this.#printAddress("TA", 2);
    const control = view.getUint16(at + REQUEST_CONTROL, true);
    const sequence = view.getUint16(at + REQUEST_SEQUENCE, true);
    sink.text(`CTL(${control.toString(16)}) SEQ(${sequence}) `);
  }

  #printAddress(role: string, number: 1 | 2): void {
    this.#out.sink.text(`${role}:`);
    this.#out.mac(this.#header.addressAt(number));
    this.#out.sink.char(0x20);
  }
}
