import type { Fault } from "../../wire/fault.ts";
import * as p from "../../wire/protocol.ts";
import { RadioHeader } from "../../wire/radio-header.ts";
import { FLAGS } from "../../wire/radiotap.ts";
import { Ieee80211Printer } from "./ieee80211.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";
import { printRadiotapField } from "./radiotap-fields.ts";

/** The name of each header in a line that is cut. */
const NAMES: Partial<Record<Fault["layer"], string>> = {
  radiotap: "802.11_radio",
  prism: "prism",
  avs: "802.11_radio_avs",
};

/** Prints IEEE 802.11 frames behind what the radio says of them. */
export class WirelessPrinter {
  readonly #out: Output;
  readonly #frame: Ieee80211Printer;
  readonly #radio: RadioHeader = new RadioHeader();

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#frame = new Ieee80211Printer(out, network);
  }

  /** Prints the frame of `length` bytes at `at`; where its payload starts. */
  print(linkType: number, at: number, length: number): number {
    const out = this.#out;
    const radio = this.#radio;
    const fault = radio.read(out.view, linkType, at, out.limit);
    if (fault !== undefined) {
      out.truncated(NAMES[fault.layer]!);
      return out.limit;
    }
    const flags = linkType === p.LINKTYPE_RADIOTAP ? this.#printRadiotap(at) : radio.flags;
    return this.#frame.print(radio.payloadAt, at + length - radio.payloadAt, flags);
  }

  /** Prints the fields of the header at `at`; the flags of the frame, the last where they are told more than once. */
  #printRadiotap(at: number): number {
    const { sink, view, limit } = this.#out;
    const { radiotap } = this.#radio;
    let flags = 0;
    radiotap.read(view, at, limit);
    while (radiotap.next()) {
      if (radiotap.field === FLAGS) flags = view.getUint8(radiotap.fieldAt);
      printRadiotapField(sink, view, radiotap);
    }
    if (radiotap.stop === "unknown") sink.text(`[bit ${radiotap.field}] `);
    else if (radiotap.stop === "cut") this.#out.truncated("802.11_radio");
    return flags;
  }
}
