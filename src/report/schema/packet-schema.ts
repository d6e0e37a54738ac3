import { ANALYSIS_NAMES } from "../../flow/analysis.ts";
import { RETRANSMISSION_CAUSES } from "../../flow/segment.ts";
import { endStates } from "./ends.ts";
import {
  address,
  bits,
  ethernetAddress,
  flag,
  integer,
  list,
  object,
  published,
  type Schema,
  seconds,
  text,
  time,
  word,
} from "./schema.ts";

const LAYERS =
  "frame ethernet radiotap prism avs ieee80211 vlan llc sll sll2 null ppp pppoe mpls arp ipv4 ipv6 gre vxlan geneve icmp icmpv6 udp tcp".split(
    " ",
  );

const ETHERNET = object("Ethernet header", {
  source: ethernetAddress("source address"),
  destination: ethernetAddress("destination address"),
  "etherType?": bits("type of the payload, after VLAN tags and a SNAP header", 16),
  "vlan?": list("VLAN identifiers, outermost first", bits("VLAN identifier", 12)),
});

const IEEE80211 = object("IEEE 802.11 frame", {
  type: { description: "0 management, 1 control, 2 data, 3 extension", type: "integer", minimum: 0, maximum: 3 },
  subtype: bits("subtype of the frame", 4),
  "source?": ethernetAddress("source address"),
  "destination?": ethernetAddress("destination address"),
  "bssid?": ethernetAddress("address of the basic service set"),
  "sequenceNumber?": bits("sequence number of a management or data frame", 12),
  "fragmentNumber?": bits("of a management or data frame: which fragment it is, from 0", 4),
  retry: flag("the frame was sent before"),
  protected: flag("what follows the header is encrypted"),
});

const ARP = object("ARP packet; its addresses when they are Ethernet and IPv4", {
  operation: bits("1 request, 2 reply", 16),
  "senderHardware?": ethernetAddress("sender's Ethernet address"),
  "senderProtocol?": address("sender's IPv4 address"),
  "targetHardware?": ethernetAddress("target's Ethernet address"),
  "targetProtocol?": address("target's IPv4 address"),
});

const IP = object("IPv4 or IPv6 header, the innermost of a tunnel", {
  version: { description: "4 or 6", type: "integer", minimum: 4, maximum: 6 },
  source: address("source address"),
  destination: address("destination address: the last one of a source route"),
  ttl: bits("time to live, hop limit", 8),
  "identification?": bits("identification (IPv4)", 16),
  dscp: bits("differentiated services code point", 6),
  ecn: bits("explicit congestion notification", 2),
  length: integer("length of the packet with its header, in bytes"),
  protocol: bits("protocol of the payload, after extension headers", 8),
  "fragmentOffset?": integer("of a fragment: where it belongs, in bytes"),
});

const OPTION = object("an option of the TCP header", {
  kind: bits("number of the option (IANA)", 8),
  "name?": text("name of the option, where it has one here"),
  "value?": integer("value of mss (bytes), windowScale (shift count), timestamps (TSval)"),
  "echoReply?": bits("TSecr of timestamps", 32),
  "blocks?": list("of sack: left and right edge of each block, as sent", {
    description: "left and right edge",
    type: "array",
    items: bits("sequence number", 32),
    minItems: 2,
    maxItems: 2,
  }),
  "data?": text("data of other options, in hexadecimal"),
});

const TCP = object("TCP segment, with what is known of its connection", {
  stream: integer("number of the conversation as Wireshark counts them, from 0"),
  sourcePort: bits("source port", 16),
  destinationPort: bits("destination port", 16),
  sequence: bits("sequence number, as sent", 32),
  acknowledgment: bits("acknowledgment number, as sent", 32),
  relativeSequence: bits("sequence number, relative to the sender's first one", 32),
  relativeAcknowledgment: bits("acknowledgment number, relative to the receiver's first one", 32),
  payloadLength: integer("payload on the wire, in bytes"),
  flags: {
    description: "control bits in tcpdump's letters, or none",
    type: "string",
    pattern: "^(none|F?S?R?P?\\.?U?E?W?)$",
  },
  window: bits("window, as sent", 16),
  scaledWindow: integer("window in bytes, scaled where the scale is known"),
  "options?": list("options, in order", OPTION),
  "analysis?": list("findings, in Wireshark's names", word("finding", ANALYSIS_NAMES)),
  "ackRtt?": seconds("seconds since the frame that it acknowledges"),
  "acksFrame?": integer("frame that it acknowledges", 1),
  "initialRtt?": seconds("seconds that the handshake took"),
  "bytesInFlight?": integer("bytes sent and not acknowledged, with this segment"),
  "rto?": seconds("seconds since the frame that it repeats"),
  "rtoFrame?": integer("frame that it repeats, as Wireshark has it", 1),
  "duplicateAckNumber?": integer("how often the acknowledgment was repeated", 1),
  "duplicateAckFrame?": integer("frame with the acknowledgment that is repeated"),
  "retransmission?": object("it carries what was sent before", {
    cause: word("why it was sent again", RETRANSMISSION_CAUSES),
    "of?": integer("frame that carried it before, where that was captured", 1),
  }),
  states: endStates("states of both ends after the segment"),
});

const UDP = object("UDP header", {
  sourcePort: bits("source port", 16),
  destinationPort: bits("destination port", 16),
  length: bits("length of header and payload, in bytes", 16),
});

const ICMP = object("ICMP or ICMPv6 message", {
  type: bits("type", 8),
  code: bits("code", 8),
  "nextHopMtu?": integer("next-hop MTU that an error tells, in bytes"),
  "quotes?": object("the segment that an error quotes", {
    stream: integer("its conversation"),
    frame: integer("its frame; 0: not found"),
  }),
});

const FAULT = object("why decoding stopped", {
  layer: word("layer that could not be read", LAYERS),
  kind: word("truncated: the capture ends early; malformed: the bytes contradict themselves", [
    "truncated",
    "malformed",
  ]),
  field: text("what could not be read"),
  at: { description: "where the layer starts, in bytes from the start of the frame", type: "integer" },
  need: { description: "bytes needed; of a length, the least that is valid", type: "integer" },
  have: { description: "bytes there; of a length, what the packet says", type: "integer" },
});

/** What `dump --json` prints of a packet. */
export const PACKET_SCHEMA: Schema = published(
  "packet",
  "A packet as tcpscope dump --json prints it",
  object("Keys that do not apply are absent.", {
    frame: integer("number of the frame in the input", 1),
    time: time("time of capture"),
    capturedLength: integer("captured bytes"),
    wireLength: integer("length on the wire, in bytes"),
    "interface?": text("name of the interface, where the capture has it"),
    "ethernet?": ETHERNET,
    "ieee80211?": IEEE80211,
    "arp?": ARP,
    "ip?": IP,
    "tcp?": TCP,
    "udp?": UDP,
    "icmp?": ICMP,
    "fault?": FAULT,
  }),
);

/** What --csv prints when no --fields are named. */
export const PACKET_COLUMNS: readonly string[] = (
  "frame time wireLength ip.source ip.destination ip.protocol tcp.stream tcp.sourcePort " +
  "tcp.destinationPort tcp.flags tcp.relativeSequence tcp.relativeAcknowledgment tcp.payloadLength " +
  "tcp.scaledWindow tcp.analysis udp.sourcePort udp.destinationPort icmp.type icmp.code"
).split(" ");
