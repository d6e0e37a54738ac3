import * as w from "../../wire/ieee80211.ts";
import { ControlPrinter } from "./ieee80211-control.ts";
import { ManagementPrinter, printEncryption } from "./ieee80211-management.ts";
import { LlcPrinter } from "./llc.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";

/** Flags of frame control, in the order in which they are printed. */
const FLAGS: readonly (readonly [number, string])[] = [
  [w.MORE_DATA, "More Data "],
  [w.MORE_FRAGMENTS, "More Fragments "],
  [w.POWER_MANAGEMENT, "Pwr Mgmt "],
  [w.RETRY, "Retry "],
  [w.ORDER, "Strictly Ordered "],
  [w.PROTECTED, "Protected "],
];

/** What a data frame says besides its data, by the low bits of its subtype. */
const CONTENTION_FREE: readonly string[] = ["", "Ack", "Poll", "Ack/Poll"];

/** Roles of the four addresses of a data frame, by the two direction bits. */
const DATA_ADDRESSES: readonly (readonly string[])[] = [
  ["DA", "SA", "BSSID"],
  ["BSSID", "SA", "DA"],
  ["DA", "BSSID", "SA"],
  ["RA", "TA", "DA", "SA"],
];
const DIRECTION = w.TO_DS | w.FROM_DS;
const NUMBERS = [1, 2, 3, 4] as const;
const MANAGEMENT_ADDRESSES: readonly (readonly [string, 1 | 2 | 3])[] = [
  ["BSSID", 3],
  ["DA", 1],
  ["SA", 2],
];

/** Flags that no mesh control field has. */
const NO_MESH = 0xff;

/** Prints IEEE 802.11 frames. */
export class Ieee80211Printer {
  readonly #out: Output;
  readonly #header: w.Ieee80211Header = new w.Ieee80211Header();
  readonly #llc: LlcPrinter;
  readonly #management: ManagementPrinter;
  readonly #control: ControlPrinter;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#llc = new LlcPrinter(out, network);
    this.#management = new ManagementPrinter(out, this.#header);
    this.#control = new ControlPrinter(out, this.#header);
  }

  /** Prints the frame of `length` bytes at `at`, of which radiotap said `radioFlags`; where its payload starts. */
  print(at: number, length: number, radioFlags = 0): number {
    const out = this.#out;
    const header = this.#header;
    out.protocol = "802.11";
    header.read(out.view, at, at + length, out.limit, radioFlags);
    const { limit } = out;
    out.limit = Math.min(limit, Math.max(at, header.end));
    const payloadAt = this.#frame(at, header.end);
    out.limit = limit;
    return payloadAt;
  }

  /** Prints the frame that ends at `end`. */
  #frame(at: number, end: number): number {
    const out = this.#out;
    const header = this.#header;
    if (!out.has(at, 2)) return this.#cut(out.frame.end);
    if (header.headerLength === 0) {
      this.#unknown();
      return at;
    }
    const meshAt = at + header.headerLength + header.padding;
    const hasMesh = out.options.mesh && header.hasQosControl;
    if (hasMesh && !out.has(meshAt, 1)) return this.#cut(meshAt);
    const meshFlags = hasMesh ? out.u8(meshAt) : NO_MESH;
    const payloadAt = meshAt + w.meshControlLength(meshFlags);
    if (!out.has(at, payloadAt - at)) return this.#cut(payloadAt);
    if (out.options.linkLayer) this.#printHeader(meshAt, meshFlags);
    return this.#printBody(payloadAt, end - payloadAt);
  }

  /** `payloadAt`: where the payload would start. */
  #cut(payloadAt: number): number {
    this.#out.truncated("802.11");
    return payloadAt;
  }

  #unknown(): void {
    const { type, subtype } = this.#header;
    const what = type === w.TYPE_CONTROL ? `ctrl frame subtype (${subtype})` : `frame type (${type})`;
    this.#out.sink.text(`unknown 802.11 ${what}`);
  }

  #printBody(at: number, length: number): number {
    const header = this.#header;
    switch (header.type) {
      case w.TYPE_MANAGEMENT:
        this.#management.print(at, length);
        return at;
      case w.TYPE_CONTROL:
        this.#control.print();
        return at;
      default:
        return (header.subtype & w.DATA_NULL) === 0 ? this.#printData(at, length) : at;
    }
  }

  #printData(at: number, length: number): number {
    const out = this.#out;
    const header = this.#header;
    if (header.isProtected) {
      out.sink.text("Data");
      printEncryption(out, at, length);
      return at;
    }
    if (!this.#llc.print(at, length, header.sourceAt, header.destinationAt)) out.dumpUnknown(at, length);
    return at + this.#llc.headerLength;
  }

  #printHeader(meshAt: number, meshFlags: number): void {
    const out = this.#out;
    const header = this.#header;
    const { sink } = out;
    if (out.options.verbosity > 0) {
      for (const [flag, text] of FLAGS) if ((header.flags & flag) !== 0) sink.text(text);
      // In a PS-Poll the field is an association identifier.
      if (header.type !== w.TYPE_CONTROL || header.subtype !== w.PS_POLL) sink.text(`${header.duration}us `);
    }
    if (w.meshControlLength(meshFlags) > 0) this.#printMesh(meshAt, meshFlags);
    if (header.type === w.TYPE_CONTROL) this.#control.printAddresses();
    else if (header.type === w.TYPE_DATA) this.#printDataAddresses();
    else for (const [role, number] of MANAGEMENT_ADDRESSES) this.#printAddress(role, number);
  }

  #printDataAddresses(): void {
    const { subtype, flags } = this.#header;
    const text = `${CONTENTION_FREE[subtype & 3]!}${(subtype & w.DATA_QOS) === 0 ? "" : "+QoS"}`;
    if (text !== "") this.#out.sink.text(`CF ${text} `);
    for (const [i, role] of DATA_ADDRESSES[flags & DIRECTION]!.entries()) this.#printAddress(role, NUMBERS[i]!);
  }

  #printAddress(role: string, number: 1 | 2 | 3 | 4): void {
    const { sink } = this.#out;
    sink.text(`${role}:`);
    this.#out.mac(this.#header.addressAt(number));
    sink.char(0x20);
  }

  /** Time to live, sequence number and addresses 4 to 6 of a mesh control field. */
  #printMesh(at: number, flags: number): void {
    const out = this.#out;
    const { sink } = out;
    const sequence = out.view.getUint32(at + 2, true);
    sink.text(`MeshData (AE ${flags} TTL ${out.u8(at + 1)} seq ${sequence}`);
    for (let i = 0; i < flags; i++) {
      sink.text(` A${4 + i}:`);
      out.mac(at + w.MESH_CONTROL + 6 * i);
    }
    sink.text(") ");
  }
}
