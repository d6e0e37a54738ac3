import { CookedHeader } from "../../wire/sll.ts";
import { isVlanType } from "../../wire/ethernet.ts";
import { etherTypeName } from "./ethertype-names.ts";
import { LlcPrinter } from "./llc.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

const MAX_LENGTH = 1500;
const LINUX_802_3 = 1;
const LINUX_802_2 = 4;

const TYPE_NAMES: readonly string[] = ["In", "B", "M", "P", "Out"];

/** Prints frames of Linux cooked captures, both versions. */
export class CookedPrinter {
  readonly #out: Output;
  readonly #network: Network;
  readonly #header: CookedHeader = new CookedHeader();
  readonly #llc: LlcPrinter;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
    this.#llc = new LlcPrinter(out, network);
  }

  /** Prints the frame of `length` bytes at `start`; where its payload starts. */
  print(version: 1 | 2, start: number, length: number): number {
    const out = this.#out;
    out.protocol = version === 1 ? "sll" : "sll2";
    const header = this.#header;
    if (header.read(out.view, start, out.limit, version) !== undefined) {
      out.truncated(out.protocol);
      return out.limit;
    }
    if (version === 2) this.#printInterface();
    if (out.options.linkLayer) this.#printHeader(version, length);
    return this.#printType(version, header.protocol, header.payloadAt, start + length - header.payloadAt, length);
  }

  /** Interface and direction, which version 2 prints always. */
  #printInterface(): void {
    const { sink, options } = this.#out;
    // tcpdump asks its own host for the interface's name also when it reads a file, which may be of another host.
    sink.text((options.interfaceName?.(this.#header.interfaceIndex) ?? "?").padEnd(5));
    sink.text(" ");
    sink.text((TYPE_NAMES[this.#header.packetType] ?? "Unknown").padEnd(3));
    sink.text(" ");
  }

  #printHeader(version: 1 | 2, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    const header = this.#header;
    if (version === 2) {
      sink.text(`ifindex ${header.interfaceIndex} `);
    } else {
      sink.text((TYPE_NAMES[header.packetType] ?? "Unknown").padStart(3));
      sink.text(" ");
    }
    if (header.addressLength === 6) {
      out.mac(header.addressAt);
      sink.text(" ");
    }
    if (out.options.quiet) return;
    this.#printProtocol(header.protocol);
    sink.text(`, length ${length}: `);
  }

  #printProtocol(protocol: number): void {
    const sink = this.#out.sink;
    if (protocol <= MAX_LENGTH) {
      if (protocol === LINUX_802_3) sink.text("802.3");
      else if (protocol === LINUX_802_2) sink.text("802.2");
      else {
        sink.text("ethertype Unknown (0x");
        sink.hex(protocol, 4);
        sink.text(")");
      }
      return;
    }
    sink.text(`ethertype ${etherTypeName(protocol) ?? "Unknown"} (0x`);
    sink.hex(protocol, 4);
    sink.text(")");
  }

  #printType(version: 1 | 2, first: number, firstAt: number, firstLength: number, frameLength: number): number {
    const out = this.#out;
    let type = first;
    let at = firstAt;
    let length = firstLength;
    while (isVlanType(type)) {
      if (!out.has(at, 4)) {
        out.truncated("vlan");
        return out.limit;
      }
      const tag = out.u16(at);
      type = out.u16(at + 2);
      if (out.options.linkLayer) {
        out.sink.text(`vlan ${tag & 0xfff}, p ${tag >> 13}${(tag & 0x1000) !== 0 ? ", DEI" : ""}, `);
        if (type > MAX_LENGTH) out.sink.text(`ethertype ${etherTypeName(type) ?? "Unknown"}, `);
      }
      at += 4;
      length -= 4;
    }
    if (type === LINUX_802_2) {
      if (!this.#llc.print(at, length, -1, -1)) out.dumpUnknown(at, length);
      return at + this.#llc.headerLength;
    }
    if (type > MAX_LENGTH && this.#network.etherType(type, at, length)) return at;
    if (type > MAX_LENGTH && !out.options.linkLayer) this.#printHeader(version, frameLength);
    out.dumpUnknown(at, length);
    return at;
  }
}
