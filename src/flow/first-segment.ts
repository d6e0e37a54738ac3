import type { Packet } from "../wire/packet.ts";
import { ACK, SYN } from "../wire/tcp.ts";
import { Connection } from "./connection.ts";
import { CLIENT, SERVER } from "./states.ts";

/** The connection that the packet's segment is the first of. `second`: its sender is the second end of the table's key. */
export function connectionOf(packet: Packet, second: boolean, timeNs: number, stream: number): Connection {
  const connection = new Connection();
  const { flags, sourcePort, destinationPort } = packet.tcp;
  connection.stream = stream;
  connection.firstStream = stream;
  connection.ipVersion = packet.ipVersion === 6 ? 6 : 4;
  connection.firstFrame = packet.frame.number;
  connection.firstTimeNs = timeNs;
  const senderIsClient = isClient(flags, sourcePort, destinationPort);
  connection.clientInferred = (flags & SYN) === 0;
  connection.clientIsSecond = senderIsClient === second;
  connection.ends[senderIsClient ? CLIENT : SERVER].port = sourcePort;
  connection.ends[senderIsClient ? SERVER : CLIENT].port = destinationPort;
  connection.setAddresses(
    packet.frame.bytes,
    senderIsClient ? packet.sourceAt : packet.destinationAt,
    senderIsClient ? packet.destinationAt : packet.sourceAt,
    packet.addressLength,
  );
  return connection;
}

/** Who sent the SYN is the client; without one, who uses the higher port. */
function isClient(flags: number, sourcePort: number, destinationPort: number): boolean {
  if ((flags & SYN) !== 0) return (flags & ACK) === 0;
  return sourcePort >= destinationPort;
}
