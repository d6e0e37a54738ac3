import { printDtp } from "./dtp.ts";
import { etherTypeName } from "./ethertype-names.ts";
import type { Network } from "./network.ts";
import { organisationName } from "./organisations.ts";
import type { Output } from "./output.ts";
import { printStp } from "./stp.ts";

const SAP_NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, "Null"],
  [0xff, "Global"],
  [0x02, "802.1B I"],
  [0x03, "802.1B G"],
  [0x06, "IP"],
  [0x04, "SNA"],
  [0x0e, "ProWay NM"],
  [0x42, "STP"],
  [0x4e, "RS511"],
  [0x7e, "ISO8208"],
  [0x8e, "ProWay"],
  [0xaa, "SNAP"],
  [0xe0, "IPX"],
  [0xf0, "NetBeui"],
  [0xfe, "OSI"],
]);

const UNNUMBERED_NAMES: ReadonlyMap<number, string> = new Map([
  [0x03, "ui"],
  [0xe3, "test"],
  [0xaf, "xid"],
  [0x63, "ua"],
  [0x43, "disc"],
  [0x0f, "dm"],
  [0x6f, "sabme"],
  [0x87, "frmr"],
]);

const SUPERVISORY_NAMES: readonly string[] = ["Receiver Ready", "Receiver not Ready", "Reject"];
const FLAG_NAMES: readonly string[] = ["Command", "Response", "Poll", "Final"];

const CISCO = 0x00000c;
const ETHERNET = 0x000000;
const CISCO_BRIDGED = 0x0000f8;
const BRIDGED = 0x0080c2;
const APPLETALK = 0x080007;

const CISCO_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0x2000, "CDP"],
  [0x2003, "VTP"],
  [0x2004, "DTP"],
  [0x0111, "UDLD"],
  [0x010b, "PVST"],
  [0x010c, "VLAN Bridge"],
]);
/** Bridged frames (RFC 2684 section 5.2). */
const BRIDGED_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0x01, "Ethernet + FCS"],
  [0x02, "802.4 + FCS"],
  [0x03, "Token Ring + FCS"],
  [0x04, "FDDI + FCS"],
  [0x05, "802.6 + FCS"],
  [0x07, "Ethernet w/o FCS"],
  [0x08, "802.4 w/o FCS"],
  [0x09, "Token Ring w/o FCS"],
  [0x0a, "FDDI w/o FCS"],
  [0x0b, "802.6 w/o FCS"],
  [0x0e, "BPDU"],
]);
const CISCO_DTP = 0x2004;
const CISCO_PVST = 0x010b;
const CISCO_VLAN_BRIDGE = 0x010c;

const SAP_STP = 0x42;
const SAP_SNAP = 0xaa;
const SAP_IP = 0x06;
const UI = 0x03;
const POLL = 0x10;
const XID = 0xaf;
const XID_BASIC = 0x81;

/** Prints an 802.2 header and what it carries. */
export class LlcPrinter {
  readonly #out: Output;
  readonly #network: Network;
  /** Of the header that was printed last, in bytes; 0: it was cut. */
  headerLength = 0;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
  }

  /**
   * Prints the header at `at`, of a payload of `length` bytes; `sourceAt`, `destinationAt`: where the
   * link-layer addresses are, or -1. False when the caller is to dump the payload.
   */
  print(at: number, length: number, sourceAt: number, destinationAt: number): boolean {
    const out = this.#out;
    out.protocol = "llc";
    if (!out.has(at, 3) || length < 3) return this.#cut(at, length);
    const destination = out.u8(at);
    const source = out.u8(at + 1);
    let control = out.u8(at + 2);
    const isUnnumbered = (control & 3) === 3;
    if (!isUnnumbered) {
      if (!out.has(at, 4) || length < 4) return this.#cut(at, length);
      control |= out.u8(at + 3) << 8;
    }
    this.headerLength = isUnnumbered ? 3 : 4;
    if (out.options.linkLayer) this.#printHeader(destination, source, control, isUnnumbered);
    if (source === SAP_SNAP && destination === SAP_SNAP && control === UI) {
      this.headerLength += 5;
      return this.#printSnap(at + 3, length - 3, sourceAt, destinationAt);
    }
    if ((source & 0xfe) === SAP_STP && destination === SAP_STP && control === UI) {
      printStp(out, at + 3, length - 3);
      return true;
    }
    if (source === SAP_IP && destination === SAP_IP && control === UI) {
      this.#network.ipv4.print(at + 3, length - 3);
      return true;
    }
    if (!out.options.linkLayer) this.#printAddresses(sourceAt, destinationAt, destination, source);
    return this.#printControl(control, source, isUnnumbered, at + this.headerLength, length);
  }

  /** A header that is cut is dumped, whatever dumps were asked for. */
  #cut(at: number, length: number): true {
    const out = this.#out;
    this.headerLength = Math.min(out.captured(at), Math.max(length, 0));
    out.truncated("llc");
    out.dump(at, this.headerLength);
    return true;
  }

  #printHeader(destination: number, source: number, control: number, isUnnumbered: boolean): void {
    const sink = this.#out.sink;
    sink.text(`LLC, dsap ${sapName(destination & 0xfe)} (0x`);
    sink.hex(destination & 0xfe, 2);
    sink.text(`) ${(destination & 1) === 0 ? "Individual" : "Group"}, ssap ${sapName(source & 0xfe)} (0x`);
    sink.hex(source & 0xfe, 2);
    sink.text(`) ${FLAG_NAMES[source & 1]!}, ctrl 0x`);
    sink.hex(control, isUnnumbered ? 2 : 4);
    sink.text(": ");
  }

  #printAddresses(sourceAt: number, destinationAt: number, destination: number, source: number): void {
    const out = this.#out;
    const sink = out.sink;
    if (sourceAt < 0) {
      const isSame = (source & 0xfe) === (destination & 0xfe);
      sink.text(isSame ? "" : `${sapName(source & 0xfe, "SSAP")} > `);
      sink.text(`${sapName(destination & 0xfe, "DSAP")} `);
      return;
    }
    out.mac(sourceAt);
    if ((source & 0xfe) === (destination & 0xfe)) {
      sink.text(" > ");
      out.mac(destinationAt);
      sink.text(` ${sapName(destination & 0xfe, "DSAP")} `);
      return;
    }
    sink.text(` ${sapName(source & 0xfe, "SSAP")} > `);
    out.mac(destinationAt);
    sink.text(` ${sapName(destination & 0xfe, "DSAP")} `);
  }

  /** Prints the control field; true when nothing needs to be dumped. */
  #printControl(control: number, source: number, isUnnumbered: boolean, at: number, length: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    if (isUnnumbered) {
      const command = control & ~POLL & 0xff;
      const flags = FLAG_NAMES[(source & 1) | ((control & POLL) === 0 ? 0 : 2)]!;
      const name = UNNUMBERED_NAMES.get(command) ?? command.toString(16).padStart(2, "0");
      sink.text(`Unnumbered, ${name}, Flags [${flags}], length ${length}`);
      if (command === XID && length > 3 && out.u8(at) === XID_BASIC) {
        sink.text(": ");
        sink.hex(out.u8(at + 1), 2);
        sink.text(" ");
        sink.hex(out.u8(at + 2), 2);
        return true;
      }
      return false;
    }
    const flags = FLAG_NAMES[(source & 1) | ((control & 0x0100) === 0 ? 0 : 2)]!;
    if ((control & 3) === 1) {
      const name = SUPERVISORY_NAMES[(control >> 2) & 3] ?? "?";
      sink.text(`Supervisory, ${name}, rcv seq ${(control >> 9) & 0x7f}, Flags [${flags}], length ${length}`);
      return true;
    }
    sink.text(
      `Information, send seq ${(control >> 1) & 0x7f}, rcv seq ${(control >> 9) & 0x7f}, Flags [${flags}], length ${length}`,
    );
    return false;
  }

  /** Prints a SNAP header (IEEE 802 clause 9.5) and its payload; false when it is not known. */
  #printSnap(at: number, length: number, sourceAt: number, destinationAt: number): boolean {
    const out = this.#out;
    out.protocol = "snap";
    if (length < 5 || !out.has(at, 5)) {
      out.truncated("snap");
      return true;
    }
    const organisation = out.u24(at);
    const type = out.u16(at + 3);
    if (out.options.linkLayer) this.#printSnapHeader(organisation, type, length - 5);
    if (this.#printSnapPayload(organisation, type, at + 5, length - 5)) return true;
    if (!out.options.linkLayer && !out.cut) {
      this.#printUnknownSnap(organisation, type, length - 5, sourceAt, destinationAt);
    }
    return false;
  }

  #printUnknownSnap(organisation: number, type: number, length: number, sourceAt: number, destinationAt: number): void {
    const out = this.#out;
    if (sourceAt >= 0) {
      out.mac(sourceAt);
      out.sink.text(" > ");
      out.mac(destinationAt);
      out.sink.text(" ");
    }
    out.sink.text("SNAP, ");
    this.#printSnapHeader(organisation, type, length, organisation !== ETHERNET);
  }

  #printSnapPayload(organisation: number, type: number, payloadAt: number, left: number): boolean {
    const out = this.#out;
    switch (organisation) {
      case ETHERNET:
      case CISCO_BRIDGED:
        return this.#network.etherType(type, payloadAt, left);
      case CISCO:
        if (type === CISCO_DTP) {
          printDtp(out, payloadAt, left);
          return true;
        }
        if (type !== CISCO_PVST && type !== CISCO_VLAN_BRIDGE) return false;
        printStp(out, payloadAt, left);
        return true;
      case BRIDGED:
        return this.#printBridged(type, payloadAt, left);
      default:
        return false;
    }
  }

  #printSnapHeader(organisation: number, type: number, length: number, withOrganisation = true): void {
    const sink = this.#out.sink;
    const label = organisation === ETHERNET ? "ethertype" : "pid";
    if (withOrganisation) {
      sink.text(`oui ${organisationName(organisation)} (0x`);
      sink.hex(organisation, 6);
      sink.text("), ");
    }
    sink.text(`${label} ${snapName(organisation, type) ?? "Unknown"} (0x`);
    sink.hex(type, 4);
    sink.text(`), length ${length}: `);
  }

  /** Ethernet or spanning tree within SNAP (RFC 2684 appendix B). */
  #printBridged(type: number, at: number, length: number): boolean {
    if (type === 0x0001 || type === 0x0007) {
      this.#network.ethernet.print(at, length);
      return true;
    }
    if (type === 0x000e) {
      printStp(this.#out, at, length);
      return true;
    }
    return false;
  }
}

/** The name of a service access point; unknown ones with their number where `field` says which it is. */
function sapName(sap: number, field = ""): string {
  const unknown = field === "" ? "Unknown" : `Unknown ${field} 0x${sap.toString(16).padStart(2, "0")}`;
  return SAP_NAMES.get(sap) ?? unknown;
}

function snapName(organisation: number, type: number): string | undefined {
  switch (organisation) {
    case ETHERNET:
    case CISCO_BRIDGED:
    case APPLETALK:
      return etherTypeName(type);
    case CISCO:
      return CISCO_PROTOCOLS.get(type);
    case BRIDGED:
      return BRIDGED_PROTOCOLS.get(type);
    default:
      return undefined;
  }
}
