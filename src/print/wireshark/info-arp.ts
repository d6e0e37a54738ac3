import { ETHERTYPE_IPV4 } from "../../wire/protocol.ts";
import { type Line, printHex, printIpv4, printMac, printStop } from "./line.ts";

const REQUEST = 1;
const REPLY = 2;

/** Hardware types whose addresses are written as those of Ethernet (IANA "ARP Parameters"). */
const ETHERNET = 1;
const IEEE_802 = 6;

const MARS_NAMES = [
  "MARS request",
  "MARS MULTI request",
  "MARS MSERV request",
  "MARS JOIN request",
  "MARS LEAVE",
  "MARS NAK",
  "MARS UNSERV request",
  "MARS SJOIN request",
  "MARS SLEAVE",
  "MARS grouplist request",
  "MARS grouplist reply",
  "MARS redirect map",
  "MAPOS UNARP request",
];
const FIRST_MARS = 11;
const MAPOS = 23;

/** The protocol that an operation belongs to. */
export function arpProtocol(operation: number): string {
  if (operation === 3 || operation === 4) return "RARP";
  if (operation >= 5 && operation <= 7) return "DRARP";
  if (operation === 8 || operation === 9) return "Inverse ARP";
  if (operation === MAPOS) return "MAPOS";
  return operation >= FIRST_MARS && operation < MAPOS ? "MARS" : "ARP";
}

/** Info of an ARP packet. */
export function arpInfo(line: Line): void {
  const { sink, packet } = line;
  const { arp, fault, frame } = packet;
  if (fault !== undefined) {
    printStop(line, frame.start + frame.wireLength);
    return;
  }
  const duplicateAt = line.hardwareAddresses.observe(arp, frame.view);
  printOperation(line);
  if (duplicateAt === 0) return;
  sink.text(" (duplicate use of ");
  printIpv4(sink, frame.bytes, duplicateAt);
  sink.text(" detected!)");
}

function printOperation(line: Line): void {
  const { sink, packet } = line;
  const { arp } = packet;
  switch (arp.operation) {
    case 0:
      sink.text("Reserved opcode 0");
      break;
    case REQUEST:
      printRequest(line);
      break;
    case REPLY:
      printReply(line);
      break;
    case 3:
    case 5:
    case 8:
      sink.text("Who is ");
      printHardware(line, arp.targetHardwareAt);
      sink.text("? Tell ");
      printHardware(line, arp.senderHardwareAt);
      break;
    case 4:
    case 6:
      printHardware(line, arp.targetHardwareAt);
      sink.text(" is at ");
      printProtocol(line, arp.targetProtocolAt);
      break;
    case 7:
      sink.text("DRARP Error");
      break;
    case 9:
      printHardware(line, arp.senderHardwareAt);
      sink.text(" is at ");
      printProtocol(line, arp.senderProtocolAt);
      break;
    case 10:
      sink.text("ARP NAK");
      break;
    case 24:
    case 25:
      sink.text(`Experimental ${arp.operation - 23} ( opcode ${arp.operation} )`);
      break;
    default:
      printRare(line);
  }
}

function printRequest(line: Line): void {
  const { sink, packet } = line;
  const { arp } = packet;
  if (isGratuitous(line)) {
    const isAnnouncement = isZero(line, arp.targetHardwareAt, arp.hardwareLength);
    sink.text(isAnnouncement ? "ARP Announcement for " : "Gratuitous ARP for ");
    printProtocol(line, arp.senderProtocolAt);
    if (!isAnnouncement) sink.text(" (Request)");
    return;
  }
  sink.text("Who has ");
  printProtocol(line, arp.targetProtocolAt);
  if (isZero(line, arp.senderProtocolAt, arp.protocolLength)) {
    sink.text("? (ARP Probe)");
    return;
  }
  sink.text("? Tell ");
  printProtocol(line, arp.senderProtocolAt);
}

function printReply(line: Line): void {
  const { sink, packet } = line;
  const { arp } = packet;
  if (isGratuitous(line)) {
    sink.text("Gratuitous ARP for ");
    printProtocol(line, arp.senderProtocolAt);
    sink.text(" (Reply)");
    return;
  }
  printProtocol(line, arp.senderProtocolAt);
  sink.text(" is at ");
  printHardware(line, arp.senderHardwareAt);
}

function printRare(line: Line): void {
  const { sink, packet } = line;
  const { arp } = packet;
  const name = MARS_NAMES[arp.operation - FIRST_MARS];
  if (name === undefined) {
    sink.text("Unknown ARP opcode 0x");
    sink.hex(arp.operation, 4);
    return;
  }
  sink.text(`${name} from `);
  printHardware(line, arp.senderHardwareAt);
  sink.text(" at ");
  printProtocol(line, arp.senderProtocolAt);
}

/** Sender and target have the same, existing protocol address. */
function isGratuitous({ packet }: Line): boolean {
  const { arp, frame } = packet;
  for (let i = 0; i < arp.protocolLength; i++) {
    if (frame.bytes[arp.senderProtocolAt + i] !== frame.bytes[arp.targetProtocolAt + i]) return false;
  }
  return arp.protocolLength > 0;
}

function isZero({ packet }: Line, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (packet.frame.bytes[at + i] !== 0) return false;
  return true;
}

function printProtocol({ sink, packet }: Line, at: number): void {
  const { arp, frame } = packet;
  if (arp.protocolLength === 0) sink.text("<No address>");
  else if (arp.protocolType === ETHERTYPE_IPV4 && arp.protocolLength === 4) printIpv4(sink, frame.bytes, at);
  else printHex(sink, frame.bytes, at, arp.protocolLength);
}

function printHardware({ sink, packet }: Line, at: number): void {
  const { arp, frame } = packet;
  const isEthernet = arp.hardwareType === ETHERNET || arp.hardwareType === IEEE_802;
  if (arp.hardwareLength === 0) sink.text("<No address>");
  else if (isEthernet && arp.hardwareLength === 6) printMac(sink, frame.bytes, at);
  else printHex(sink, frame.bytes, at, arp.hardwareLength);
}
