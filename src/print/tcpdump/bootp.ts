import { BootpOptionsPrinter } from "./bootp-options.ts";
import type { Output } from "./output.ts";

// Offsets (RFC 2131 section 2).
const HOPS = 3;
const IDENTIFIER = 4;
const SECONDS = 8;
const FLAGS = 10;
const ADDRESSES = 12;
const CLIENT_HARDWARE_ADDRESS = 28;
const SERVER_NAME = 44;
const FILE = 108;
const VENDOR = 236;

const ETHERNET = 1;
const BROADCAST = 0x8000;
const DHCP_COOKIE = 0x63825363;
const CMU_COOKIE = 0x434d5500;

const OPERATIONS: readonly string[] = ["", "Request", "Reply"];
const ADDRESS_NAMES: readonly string[] = ["Client", "Your", "Server", "Gateway"];
/** Fields of the vendor area of Carnegie Mellon University, in the order that they are printed: name and offset. */
const CMU_FIELDS: readonly (readonly [string, number])[] = [
  ["DG", 12],
  ["SM", 8],
  ["NS1", 16],
  ["NS2", 20],
  ["IEN1", 24],
  ["IEN2", 28],
  ["TS1", 32],
  ["TS2", 36],
];

/** Prints BOOTP and DHCP messages (RFC 951, RFC 2131). */
export class BootpPrinter {
  readonly #out: Output;
  readonly #options: BootpOptionsPrinter;

  constructor(out: Output) {
    this.#out = out;
    this.#options = new BootpOptionsPrinter(out);
  }

  print(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "bootp";
    const operation = out.u8(at);
    sink.text("BOOTP/DHCP, ");
    sink.text(OPERATIONS[operation] || `unknown (0x${operation.toString(16).padStart(2, "0")})`);
    const hardwareType = out.u8(at + 1);
    const hardwareLength = out.u8(at + 2);
    const isEthernet = hardwareType === ETHERNET && hardwareLength === 6;
    if (isEthernet && operation === 1 && out.need(at + CLIENT_HARDWARE_ADDRESS, 6)) {
      sink.text(" from ");
      out.mac(at + CLIENT_HARDWARE_ADDRESS);
    }
    sink.text(`, length ${length}`);
    if (out.options.verbosity === 0) return;
    if (!out.need(at + SECONDS, 2)) return;
    this.#printHeader(at, hardwareType, hardwareLength);
    for (const [i, name] of ADDRESS_NAMES.entries()) {
      if (out.u32(at + ADDRESSES + 4 * i) === 0) continue;
      sink.text(`\n\t  ${name}-IP `);
      out.ipv4(at + ADDRESSES + 4 * i);
    }
    if (isEthernet) {
      if (!out.need(at + CLIENT_HARDWARE_ADDRESS, 6)) return;
      sink.text("\n\t  Client-Ethernet-Address ");
      out.mac(at + CLIENT_HARDWARE_ADDRESS);
    }
    this.#printText("sname", at + SERVER_NAME, 64);
    this.#printText("file", at + FILE, 128);
    if (!out.cut) this.#printVendor(at + VENDOR);
  }

  #printHeader(at: number, hardwareType: number, hardwareLength: number): void {
    const out = this.#out;
    const sink = out.sink;
    if (hardwareType !== ETHERNET) sink.text(`, htype ${hardwareType}`);
    if (hardwareType !== ETHERNET || hardwareLength !== 6) sink.text(`, hlen ${hardwareLength}`);
    const hops = out.u8(at + HOPS);
    if (hops !== 0) sink.text(`, hops ${hops}`);
    const identifier = out.u32(at + IDENTIFIER);
    if (identifier !== 0) sink.text(`, xid 0x${identifier.toString(16)}`);
    const seconds = out.u16(at + SECONDS);
    if (seconds !== 0) sink.text(`, secs ${seconds}`);
    const flags = out.u16(at + FLAGS);
    sink.text(`, Flags [${(flags & BROADCAST) === 0 ? "none" : "Broadcast"}]`);
    if (out.options.verbosity > 1) {
      sink.text(" (0x");
      sink.hex(flags, 4);
      sink.text(")");
    }
  }

  /** A text field, if it is not empty; one that does not end cuts the line. */
  #printText(name: string, at: number, size: number): void {
    const out = this.#out;
    const sink = out.sink;
    if (out.u8(at) === 0 || out.cut) return;
    sink.text(`\n\t  ${name} "`);
    let end = at;
    while (end < at + size && out.has(end, 1) && out.u8(end) !== 0) end++;
    out.safeText(at, end - at);
    if (end === at + size || !out.has(end, 1)) {
      sink.text('"');
      out.cutHere();
      return;
    }
    sink.text('"');
  }

  #printVendor(at: number): void {
    const out = this.#out;
    const sink = out.sink;
    const cookie = out.u32(at);
    if (out.cut) return;
    if (cookie === DHCP_COOKIE) {
      sink.text("\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x63825363");
      this.#options.print(at + 4);
    } else if (cookie === CMU_COOKIE) {
      sink.text(" vend-cmu");
      for (const [name, offset] of CMU_FIELDS) {
        if (out.u32(at + offset) === 0) continue;
        sink.text(` ${name}:`);
        out.ipv4(at + offset);
      }
    } else if (cookie !== 0) {
      sink.text(`\n\t  Vendor-#0x${cookie.toString(16)}`);
    }
  }
}
