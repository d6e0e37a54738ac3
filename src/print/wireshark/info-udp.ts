import { UDP_HEADER } from "../../wire/udp.ts";
import { Phrase } from "../sink.ts";
import { printPorts } from "./info-tcp.ts";
import { type Line, printStop } from "./line.ts";

const LENGTH_FIELD = new Phrase(" Len=");

/** Info of a UDP datagram. */
export function udpInfo(line: Line): void {
  const { sink, packet } = line;
  const { udp } = packet;
  const outerEnd = packet.ipVersion === 6 ? packet.ipv6.end : packet.ipv4.end;
  const have = Math.min(outerEnd, udp.limit) - udp.at;
  printPorts(sink, udp.sourcePort, udp.destinationPort);
  if (have < 6) {
    printStop(line, outerEnd);
    return;
  }
  const { length } = udp;
  const isSix = packet.ipVersion === 6;
  if (length < UDP_HEADER && !(length === 0 && isSix)) {
    sink.text(` [BAD UDP LENGTH ${length} < 8]`);
    return;
  }
  const available = outerEnd - udp.at;
  if (length > available) sink.text(` [BAD UDP LENGTH ${length} > IP PAYLOAD LENGTH]`);
  sink.phrase(LENGTH_FIELD);
  sink.decimal((length === 0 ? available : length) - UDP_HEADER);
  if (length === 0) sink.text(" [Jumbogram]");
  if (have < UDP_HEADER) {
    printStop(line, outerEnd);
    return;
  }
  if (isSix && udp.checksum === 0) sink.text(" [ILLEGAL CHECKSUM (0)]");
  // Nothing of a payload that there should be.
  if (have === UDP_HEADER && length > UDP_HEADER) printStop(line, outerEnd);
}
