import { type Field, type FieldTable, fieldTable } from "./field.ts";
import { ANALYSIS_FIELDS } from "./fields-analysis.ts";
import { IEEE80211_FIELDS } from "./fields-ieee80211.ts";
import { IP_FIELDS } from "./fields-ip.ts";
import { LINK_FIELDS } from "./fields-link.ts";
import { TCP_FIELDS } from "./fields-tcp.ts";
import type { PacketSubject } from "./packet-subject.ts";

/** What connections are asked for instead of these fields of packets. */
const OF_CONNECTIONS: Readonly<Record<string, string>> = {
  "ip.addr": "client.address or server.address",
  "ip.src": "client.address",
  "ip.dst": "server.address",
  "ipv6.addr": "client.address or server.address",
  "ipv6.src": "client.address",
  "ipv6.dst": "server.address",
  "tcp.port": "client.port or server.port",
  "tcp.srcport": "client.port",
  "tcp.dstport": "server.port",
  "tcp.stream": "flow.stream",
  "tcp.flags.reset": 'close.how == "reset"',
  "tcp.analysis.retransmission": "clientToServer.retransmissions > 0 or serverToClient.retransmissions > 0",
  "tcp.options.mss_val": "clientToServer.mss",
  "tcp.analysis.initial_rtt": "handshake.total",
  "tcp.analysis.ack_rtt": "clientToServer.rtt.mean",
};

/** Names of connections' fields begin with one of these words. */
const CONNECTION_WORDS =
  /^(?:flow|client|server|handshake|close|clientToServer|serverToClient|transitions|verdict)(?:\.|$)/;

/** All fields of packets. Those of the analysis are known only while connections are followed. */
export const PACKET_FIELDS: FieldTable<PacketSubject> = fieldTable<PacketSubject>(
  [...LINK_FIELDS, ...IEEE80211_FIELDS, ...IP_FIELDS, ...TCP_FIELDS, ...ANALYSIS_FIELDS],
  (name) =>
    CONNECTION_WORDS.test(name)
      ? `${name} is a field of connections, and of a packet it is not known yet: ask for it in flows or diagnose`
      : undefined,
);

const FOLLOWED: ReadonlySet<Field<PacketSubject>> = new Set(ANALYSIS_FIELDS);

/** Whether one of the fields is known only while connections are followed. */
export function needsAnalysis(fields: ReadonlySet<Field<PacketSubject>>): boolean {
  for (const field of fields) if (FOLLOWED.has(field)) return true;
  return false;
}

/** A sentence for a field of packets in a query on connections; undefined when it is none. */
export function packetFieldHint(name: string): string | undefined {
  const field = PACKET_FIELDS.find(name);
  if (field === undefined) return undefined;
  const instead = OF_CONNECTIONS[field.name];
  const advice = instead === undefined ? "ask for it in dump" : `of a connection there is ${instead}`;
  return `${name} is a field of packets: ${advice}`;
}
