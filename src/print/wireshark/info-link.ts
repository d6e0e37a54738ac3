import { ARPHRD_LOOPBACK } from "../../wire/sll.ts";
import type { Packet } from "../../wire/packet.ts";
import { etherTypeName } from "./ethertype-names.ts";
import type { Line } from "./line.ts";
import { accessPointName, packetTypeName } from "./link-names.ts";

/** Unnumbered frames by their control field without the poll or final bit. */
const UNNUMBERED: Readonly<Record<number, string>> = {
  0x03: "UI",
  0x6f: "SABME",
  0x43: "DISC",
  0x63: "UA",
  0x0f: "DM",
  0x87: "FRMR",
  0xaf: "XID",
  0xe3: "TEST",
};

const SUPERVISORY = ["RR", "RNR", "REJ", "SREJ"];

/** EtherTypes whose payload Wireshark decodes, so that it has no line with their name: bridged Ethernet, jumbo LLC, loopback tests. */
const DECODED_THERE: ReadonlySet<number> = new Set([0x6558, 0x8870, 0x9000]);

/** Info of a frame whose EtherType is not decoded. */
export function etherTypeInfo({ sink, packet }: Line): void {
  const { ethernet } = packet;
  if (ethernet.vlanCount === 0) {
    const { etherType } = ethernet;
    sink.text(DECODED_THERE.has(etherType) ? "Ethernet II" : etherTypeName(etherType, "Ethernet II"));
    return;
  }
  const tag = ethernet.vlanTags[ethernet.vlanCount - 1]!;
  sink.text(`PRI: ${tag >> 13}  ${isServiceTag(packet) ? "DROP" : "DEI"}: ${(tag >> 12) & 1}  ID: ${tag & 0xfff}`);
}

function isServiceTag({ ethernet }: Packet): boolean {
  return ethernet.vlanTypes[ethernet.vlanCount - 1] === 0x88a8;
}

/** Info of a cooked frame whose protocol is not decoded. */
export function cookedInfo({ sink, packet }: Line): void {
  const type = packet.cooked.packetType;
  sink.text(packetTypeName(type) ?? `Unknown (${type})`);
}

/** What a cooked frame's sender address is printed as: nothing where there is none. */
export function hasCookedAddress({ cooked }: Packet): boolean {
  return cooked.addressLength === 6 || cooked.hardwareType === ARPHRD_LOOPBACK;
}

/** Info of an Ethernet frame with an 802.2 header. */
export function ethernetLinkInfo(line: Line): void {
  const { ethernet, frame } = line.packet;
  logicalLinkInfo(line, ethernet.payloadAt, Math.min(ethernet.end, frame.end));
}

/** Info of the 802.2 header at `at` (IEEE 802.2 section 5). */
export function logicalLinkInfo({ sink, packet: { frame } }: Line, at: number, limit: number): void {
  const destination = frame.view.getUint8(at);
  const source = frame.view.getUint8(at + 1);
  const control = frame.view.getUint8(at + 2);
  if (destination === 0xff && source === 0xff) {
    sink.text("IEEE 802.3 Ethernet Raw ");
    return;
  }
  const isCommand = (source & 1) === 0;
  sink.text(controlText(control, at + 3 < limit ? frame.view.getUint8(at + 3) : 0, isCommand));
  if (destination === 0xaa && source === 0xaa && at + 8 <= limit) {
    sink.text("; SNAP, OUI 0x");
    for (let i = 3; i < 6; i++) sink.hex(frame.view.getUint8(at + i), 2);
    if (frame.view.getUint16(at + 3) === 0 && frame.view.getUint8(at + 5) === 0)
      sink.text(" (Officially Xerox, but 0:0:0:0:0:0 is more common)");
    sink.text(", PID 0x");
    sink.hex(frame.view.getUint16(at + 6), 4);
    return;
  }
  sink.text(`; DSAP ${accessPoint(destination)} ${(destination & 1) === 0 ? "Individual" : "Group"}`);
  sink.text(`, SSAP ${accessPoint(source)} ${isCommand ? "Command" : "Response"}`);
}

function accessPoint(value: number): string {
  return accessPointName(value) ?? `0x${(value & 0xfe).toString(16).padStart(2, "0")}`;
}

function controlText(control: number, second: number, isCommand: boolean): string {
  if ((control & 3) === 3) {
    const poll = (control & 0x10) === 0 ? "" : isCommand ? " P" : " F";
    return `U${poll}, func=${UNNUMBERED[control & 0xef] ?? "Unknown"}`;
  }
  const poll = (second & 1) === 0 ? "" : isCommand ? " P" : " F";
  if ((control & 1) === 0) return `I${poll}, N(R)=${second >> 1}, N(S)=${control >> 1}`;
  return `S${poll}, func=${SUPERVISORY[(control >> 2) & 3]}, N(R)=${second >> 1}`;
}
