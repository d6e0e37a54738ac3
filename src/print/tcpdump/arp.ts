import { ARP_FIXED_HEADER, ArpPacket } from "../../wire/arp.ts";
import { ETHERTYPE_IPV4 } from "../../wire/protocol.ts";
import { etherTypeName } from "./ethertype-names.ts";
import type { Output } from "./output.ts";

/** Trailer encapsulation (RFC 893) shares ARP with IPv4. */
const ETHERTYPE_TRAIL = 0x1000;

const HARDWARE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "Ethernet"],
  [6, "TokenRing"],
  [7, "ArcNet"],
  [15, "FrameRelay"],
  [23, "Strip"],
  [24, "IEEE 1394"],
  [19, "ATM"],
]);

const OPERATION_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "Request"],
  [2, "Reply"],
  [3, "Reverse Request"],
  [4, "Reverse Reply"],
  [8, "Inverse Request"],
  [9, "Inverse Reply"],
  [10, "NACK Reply"],
]);

const FRAME_RELAY = 15;

const REQUEST = 1;
const REPLY = 2;
const REVERSE_REQUEST = 3;
const REVERSE_REPLY = 4;
const INVERSE_REQUEST = 8;
const INVERSE_REPLY = 9;

/** Prints ARP packets (RFC 826, RFC 903, RFC 2390). */
export class ArpPrinter {
  readonly #out: Output;
  readonly #packet: ArpPacket = new ArpPacket();

  constructor(out: Output) {
    this.#out = out;
  }

  print(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "arp";
    if (!out.need(at, ARP_FIXED_HEADER)) return;
    const packet = this.#packet;
    packet.read(out.view, at, out.limit, out.limit);
    const need = ARP_FIXED_HEADER + 2 * (packet.hardwareLength + packet.protocolLength);
    if (!out.need(at, need)) return;
    if (!out.options.linkLayer) sink.text("ARP, ");
    const isUsual = this.#isIp() && packet.protocolLength === 4 && packet.hardwareLength !== 0;
    const verbose = out.options.verbosity > 0;
    if (!isUsual || verbose) this.#printTypes();
    // Where the addresses are not IPv4's, they are shown only on demand.
    if (isUsual || verbose) {
      sink.text(OPERATION_NAMES.get(packet.operation) ?? `Unknown (${packet.operation})`);
      sink.text(" ");
      if (!this.#printOperation()) {
        out.dump(at, length);
        return;
      }
      sink.text(", ");
    }
    sink.text("length ");
    sink.decimal(length);
  }

  #isIp(): boolean {
    const type = this.#packet.protocolType;
    return type === ETHERTYPE_IPV4 || type === ETHERTYPE_TRAIL;
  }

  #printTypes(): void {
    const sink = this.#out.sink;
    const packet = this.#packet;
    const { hardwareType, hardwareLength, protocolType, protocolLength } = packet;
    sink.text(HARDWARE_NAMES.get(hardwareType) ?? `Unknown Hardware (${hardwareType})`);
    const protocolName =
      etherTypeName(protocolType) ?? `Unknown Protocol (0x${protocolType.toString(16).padStart(4, "0")})`;
    sink.text(` (len ${hardwareLength}), ${protocolName} (len ${protocolLength}), `);
  }

  /** Prints what the operation says; false where it is not known. */
  #printOperation(): boolean {
    const { sink } = this.#out;
    const packet = this.#packet;
    switch (packet.operation) {
      case REQUEST:
        sink.text("who-has ");
        this.#protocol(packet.targetProtocolAt);
        if (!this.#isZero(packet.targetHardwareAt)) {
          sink.text(" (");
          this.#hardware(packet.targetHardwareAt);
          sink.text(")");
        }
        sink.text(" tell ");
        this.#protocol(packet.senderProtocolAt);
        break;
      case REPLY:
        this.#protocol(packet.senderProtocolAt);
        sink.text(" is-at ");
        this.#hardware(packet.senderHardwareAt);
        break;
      case REVERSE_REQUEST:
        sink.text("who-is ");
        this.#hardware(packet.targetHardwareAt);
        sink.text(" tell ");
        this.#hardware(packet.senderHardwareAt);
        break;
      case REVERSE_REPLY:
        this.#hardware(packet.targetHardwareAt);
        sink.text(" at ");
        this.#protocol(packet.targetProtocolAt);
        break;
      case INVERSE_REQUEST:
        sink.text("who-is ");
        this.#hardware(packet.targetHardwareAt);
        sink.text(" tell ");
        this.#hardware(packet.senderHardwareAt);
        break;
      case INVERSE_REPLY:
        this.#hardware(packet.senderHardwareAt);
        sink.text(" at ");
        this.#protocol(packet.senderProtocolAt);
        break;
      default:
        return false;
    }
    return true;
  }

  #protocol(at: number): void {
    const out = this.#out;
    if (!this.#isIp()) out.sink.text("<wrong proto type>");
    else if (this.#packet.protocolLength !== 4) out.sink.text("<wrong len>");
    else out.ipv4(at);
  }

  #hardware(at: number): void {
    const { hardwareType, hardwareLength } = this.#packet;
    if (hardwareType === FRAME_RELAY) this.#circuit(at);
    else if (hardwareLength === 0) this.#out.sink.text("<empty>");
    else if (hardwareLength === 6) this.#out.mac(at);
    else this.#out.linkAddress(at, hardwareLength);
  }

  /** The identifier of a Frame Relay circuit (Q.922, two bytes). */
  #circuit(at: number): void {
    const out = this.#out;
    const high = out.u8(at);
    const low = out.u8(at + 1);
    const isValid = this.#packet.hardwareLength === 2 && (high & 1) === 0 && (low & 1) === 1;
    out.sink.text(isValid ? String(((high >> 2) << 4) | (low >> 4)) : "<Invalid DLCI>");
  }

  #isZero(at: number): boolean {
    for (let i = 0; i < this.#packet.hardwareLength; i++) if (this.#out.bytes[at + i] !== 0) return false;
    return true;
  }
}
