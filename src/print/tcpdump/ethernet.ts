import { ETHERNET_HEADER, isVlanType } from "../../wire/ethernet.ts";
import { etherTypeName } from "./ethertype-names.ts";
import { LlcPrinter } from "./llc.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";
import type { SwitchTag } from "./switch-tag.ts";

/** The largest value of the type field that is a length (IEEE 802.3 clause 3.2.6). */
const MAX_LENGTH = 1500;
/** Bytes of both addresses. */
const ADDRESSES = 12;
const ETHERTYPE_JUMBO = 0x8870;
const ETHERTYPE_VLAN_9200 = 0x9200;
const ETHERTYPE_MACSEC = 0x88e5;

/** Prints Ethernet frames. */
export class EthernetPrinter {
  readonly #out: Output;
  readonly #network: Network;
  readonly #llc: LlcPrinter;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
    this.#llc = new LlcPrinter(out, network);
  }

  /** Prints the frame of `length` bytes at `at`, with a switch's tag behind the addresses or none; where its payload starts. */
  print(at: number, length: number, tag?: SwitchTag): number {
    const out = this.#out;
    const headerLength = ETHERNET_HEADER + (tag?.length ?? 0);
    out.protocol = tag?.name ?? "ether";
    if (!out.has(at, headerLength)) {
      out.truncated(out.protocol);
      return out.limit;
    }
    if (length < headerLength) {
      out.truncated(out.protocol);
      return at + length;
    }
    if (!out.enter()) return at + headerLength;
    const type = out.view.getUint16(at + headerLength - 2);
    if (out.options.linkLayer) this.#printHeader(at, type, length, tag);
    else if (tag !== undefined) this.#printSwitchTag(at, tag);
    const payloadAt = this.#printType(at, type, at + headerLength, length - headerLength, length);
    out.leave();
    return payloadAt;
  }

  #printSwitchTag(at: number, tag: SwitchTag): void {
    tag.print(this.#out, at + ADDRESSES);
    this.#out.sink.text(", ");
  }

  #printHeader(at: number, type: number, length: number, tag?: SwitchTag): void {
    const out = this.#out;
    const sink = out.sink;
    out.mac(at + 6);
    sink.text(" > ");
    out.mac(at);
    sink.text(", ");
    if (tag !== undefined) this.#printSwitchTag(at, tag);
    if (type <= MAX_LENGTH) {
      sink.text("802.3, length ");
      sink.decimal(Math.min(type, length - ETHERNET_HEADER - (tag?.length ?? 0)));
      sink.text(": ");
      return;
    }
    const name = etherTypeName(type);
    if (out.options.quiet) {
      sink.text(name ?? `Unknown Ethertype (0x${type.toString(16).padStart(4, "0")})`);
    } else {
      sink.text("ethertype ");
      sink.text(name ?? "Unknown");
      sink.text(" (0x");
      sink.hex(type, 4);
      sink.text(")");
    }
    sink.text(", length ");
    sink.decimal(length);
    sink.text(": ");
  }

  #printType(frameAt: number, firstType: number, firstAt: number, firstLength: number, frameLength: number): number {
    const out = this.#out;
    let type = firstType;
    let at = firstAt;
    let length = firstLength;
    while (isVlanType(type) || type === ETHERTYPE_VLAN_9200) {
      if (!out.has(at, 4) || length < 4) {
        out.truncated("vlan");
        return Math.min(out.limit, at + length);
      }
      type = this.#printTag(at);
      at += 4;
      length -= 4;
    }
    if (type <= MAX_LENGTH || type === ETHERTYPE_JUMBO) {
      return this.#printLlc(type, at, length, frameAt);
    }
    if (type === ETHERTYPE_MACSEC && this.#printUnknown(frameAt, firstType, at, length, frameLength)) return at;
    if (!this.#network.etherType(type, at, length)) this.#printUnknown(frameAt, firstType, at, length, frameLength);
    return at;
  }

  /** Prints a tag with `-e`; the type behind it. */
  #printTag(at: number): number {
    const out = this.#out;
    const type = out.u16(at + 2);
    if (!out.options.linkLayer) return type;
    const { sink } = out;
    const tag = out.u16(at);
    sink.text(`vlan ${tag & 0xfff}, p ${tag >> 13}${(tag & 0x1000) !== 0 ? ", DEI" : ""}, `);
    if (type <= MAX_LENGTH) {
      sink.text("802.3");
      return type;
    }
    sink.text(`ethertype ${etherTypeName(type) ?? "Unknown"} (0x`);
    sink.hex(type, 4);
    sink.text("), ");
    return type;
  }

  #printLlc(type: number, at: number, length: number, frameAt: number): number {
    const out = this.#out;
    const limit = out.limit;
    let left = length;
    if (type <= Math.min(left, MAX_LENGTH)) {
      // What lies behind the 802.3 length is padding.
      left = type;
      if (at + type < out.limit) out.limit = at + type;
    }
    if (!this.#llc.print(at, left, frameAt + 6, frameAt)) out.dumpUnknown(at, left);
    out.limit = limit;
    return at + this.#llc.headerLength;
  }

  #printUnknown(frameAt: number, type: number, at: number, length: number, frameLength: number): boolean {
    const out = this.#out;
    if (!out.options.linkLayer) this.#printHeader(frameAt, type, frameLength);
    out.dumpUnknown(at, Math.max(0, Math.min(length, out.captured(at))));
    return true;
  }
}
