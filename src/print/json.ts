import { ANALYSIS_NAMES } from "../flow/analysis.ts";
import type { Segment } from "../flow/segment.ts";
import { shownServerState } from "../flow/shown-state.ts";
import { ipv6Text } from "../wire/address.ts";
import { RETRY, TYPE_DATA, TYPE_MANAGEMENT } from "../wire/ieee80211.ts";
import type { Packet } from "../wire/packet.ts";
import * as kind from "../wire/tcp-options.ts";
import { TcpOptions } from "../wire/tcp-options.ts";
import type { TextSink } from "./sink.ts";

const QUOTE = 0x22;
const DOT = 0x2e;
const COMMA = 0x2c;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

const OPTION_NAMES: Readonly<Record<number, string>> = {
  [kind.OPTION_END]: "eol",
  [kind.OPTION_NOP]: "nop",
  [kind.OPTION_MSS]: "mss",
  [kind.OPTION_WINDOW_SCALE]: "windowScale",
  [kind.OPTION_SACK_PERMITTED]: "sackPermitted",
  [kind.OPTION_SACK]: "sack",
  [kind.OPTION_ECHO]: "echo",
  [kind.OPTION_ECHO_REPLY]: "echoReply",
  [kind.OPTION_TIMESTAMPS]: "timestamps",
  [kind.OPTION_MD5]: "md5",
  [kind.OPTION_USER_TIMEOUT]: "userTimeout",
  [kind.OPTION_AUTHENTICATION]: "authentication",
  [kind.OPTION_MULTIPATH]: "multipath",
  [kind.OPTION_FAST_OPEN]: "fastOpen",
  [kind.OPTION_ACCECN_0]: "accEcn0",
  [kind.OPTION_ACCECN_1]: "accEcn1",
  [kind.OPTION_EXPERIMENT_1]: "experiment1",
  [kind.OPTION_EXPERIMENT_2]: "experiment2",
};

/** Texts of all values of the flags byte in tcpdump's letters; "none" for 0. */
const FLAG_TEXTS: readonly string[] = Array.from({ length: 256 }, (_, flags) => {
  const text = [..."FSRP.UEW"].filter((_letter, bit) => (flags & (1 << bit)) !== 0).join("");
  return text === "" ? "none" : text;
});

/** What an ICMP error of the packet quotes. */
export interface QuotedSegment {
  readonly stream: number;
  readonly frame: number;
}

/** Prints packets as NDJSON: one object a line, the keys of OUTPUT.md; keys that do not apply are left out. */
export class JsonPrinter {
  readonly #sink: TextSink;
  readonly #options = new TcpOptions();

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /**
   * `interfaceName`: "" when not known; `segment`: undefined when the packet has no TCP segment;
   * `transport`: the datagram that the packet, a fragment, completes.
   */
  print(
    packet: Packet,
    segment: Segment | undefined,
    interfaceName: string,
    quoted: QuotedSegment | undefined,
    transport: Packet = packet,
  ): void {
    const sink = this.#sink;
    const frame = packet.frame;
    sink.text('{"frame":');
    sink.decimal(frame.number);
    sink.text(',"time":"');
    // A broken record counts more than a second there.
    const carried = Math.floor(frame.nanoseconds / 1e9);
    sink.decimal(frame.seconds + carried);
    sink.char(DOT);
    sink.billionths(frame.nanoseconds - 1e9 * carried);
    sink.text('","capturedLength":');
    sink.decimal(frame.capturedLength);
    this.#number("wireLength", frame.wireLength);
    if (interfaceName !== "") {
      sink.text(',"interface":');
      sink.text(JSON.stringify(interfaceName));
    }
    if (packet.hasEthernet) this.#ethernet(packet);
    if (packet.hasIeee80211) this.#ieee80211(packet);
    if (packet.hasArp) this.#arp(packet);
    if (packet.ipVersion !== 0) this.#ip(packet);
    if (segment !== undefined) this.#tcp(transport, segment);
    if (transport.hasUdp) this.#udp(transport);
    if (transport.hasIcmp) this.#icmp(transport, quoted);
    this.#fault(packet);
    sink.char(CLOSE_BRACE);
    sink.char(0x0a);
  }

  #number(key: string, value: number): void {
    const sink = this.#sink;
    sink.text(',"');
    sink.text(key);
    sink.text('":');
    sink.decimal(value);
  }

  /** A duration in seconds with up to nine digits; clocks that stepped back make it negative. */
  #seconds(key: string, ns: number): void {
    const sink = this.#sink;
    sink.text(',"');
    sink.text(key);
    sink.text(ns < 0 ? '":-' : '":');
    const whole = Math.floor(Math.abs(ns) / 1e9);
    sink.decimal(whole);
    sink.char(DOT);
    sink.padded(Math.abs(ns) - whole * 1e9, 9);
  }

  #mac(packet: Packet, at: number): void {
    const { bytes } = packet.frame;
    for (let i = 0; i < 6; i++) {
      if (i > 0) this.#sink.char(0x3a);
      this.#sink.hex(bytes[at + i]!, 2);
    }
  }

  #ethernet(packet: Packet): void {
    const sink = this.#sink;
    const ethernet = packet.ethernet;
    sink.text(',"ethernet":{"source":"');
    this.#mac(packet, ethernet.sourceAt);
    sink.text('","destination":"');
    this.#mac(packet, ethernet.destinationAt);
    sink.char(QUOTE);
    if (ethernet.etherType !== 0) this.#number("etherType", ethernet.etherType);
    if (ethernet.vlanCount > 0) {
      sink.text(',"vlan":[');
      for (let i = 0; i < ethernet.vlanCount; i++) {
        if (i > 0) sink.char(COMMA);
        sink.decimal(ethernet.vlanTags[i]! & 0xfff);
      }
      sink.char(CLOSE_BRACKET);
    }
    sink.char(CLOSE_BRACE);
  }

  #address(packet: Packet, at: number, length: number): void {
    const sink = this.#sink;
    const bytes = packet.frame.bytes;
    sink.char(QUOTE);
    if (length === 4) {
      for (let i = 0; i < 4; i++) {
        if (i > 0) sink.char(DOT);
        sink.decimal(bytes[at + i]!);
      }
    } else {
      sink.text(ipv6Text(bytes, at));
    }
    sink.char(QUOTE);
  }

  #ieee80211(packet: Packet): void {
    const sink = this.#sink;
    const header = packet.ieee80211;
    sink.text(`,"ieee80211":{"type":${header.type},"subtype":${header.subtype}`);
    if (header.sourceAt !== 0) {
      this.#macKey(packet, "source", header.sourceAt);
      this.#macKey(packet, "destination", header.destinationAt);
    }
    if (header.basicServiceSetAt !== 0) this.#macKey(packet, "bssid", header.basicServiceSetAt);
    if (header.type === TYPE_MANAGEMENT || header.type === TYPE_DATA) {
      this.#number("sequenceNumber", header.sequenceNumber);
      this.#number("fragmentNumber", header.fragmentNumber);
    }
    sink.text(`,"retry":${(header.flags & RETRY) !== 0},"protected":${header.isProtected}}`);
  }

  #macKey(packet: Packet, key: string, at: number): void {
    this.#sink.text(`,"${key}":"`);
    this.#mac(packet, at);
    this.#sink.char(QUOTE);
  }

  #arp(packet: Packet): void {
    const arp = packet.arp;
    const sink = this.#sink;
    sink.text(',"arp":{"operation":');
    sink.decimal(arp.operation);
    if (arp.isEthernetIpv4) {
      sink.text(',"senderHardware":"');
      this.#mac(packet, arp.senderHardwareAt);
      sink.text('","senderProtocol":');
      this.#address(packet, arp.senderProtocolAt, 4);
      sink.text(',"targetHardware":"');
      this.#mac(packet, arp.targetHardwareAt);
      sink.text('","targetProtocol":');
      this.#address(packet, arp.targetProtocolAt, 4);
    }
    sink.char(CLOSE_BRACE);
  }

  #ip(packet: Packet): void {
    const sink = this.#sink;
    const six = packet.ipVersion === 6;
    sink.text(six ? ',"ip":{"version":6,"source":' : ',"ip":{"version":4,"source":');
    this.#address(packet, packet.sourceAt, packet.addressLength);
    sink.text(',"destination":');
    this.#address(packet, packet.destinationAt, packet.addressLength);
    const typeOfService = six ? packet.ipv6.trafficClass : packet.ipv4.typeOfService;
    this.#number("ttl", six ? packet.ipv6.hopLimit : packet.ipv4.ttl);
    if (!six) this.#number("identification", packet.ipv4.identification);
    this.#number("dscp", typeOfService >> 2);
    this.#number("ecn", typeOfService & 3);
    this.#number("length", six ? packet.ipv6.end - packet.ipv6.at : packet.ipv4.end - packet.ipv4.at);
    this.#number("protocol", packet.protocol);
    if (packet.isFragment)
      this.#number("fragmentOffset", six ? packet.ipv6.fragmentOffset : packet.ipv4.fragmentOffset);
    sink.char(CLOSE_BRACE);
  }

  #tcp(packet: Packet, segment: Segment): void {
    const sink = this.#sink;
    const tcp = packet.tcp;
    sink.text(',"tcp":{"stream":');
    sink.decimal(segment.connection.stream);
    this.#number("sourcePort", tcp.sourcePort);
    this.#number("destinationPort", tcp.destinationPort);
    this.#number("sequence", tcp.sequence);
    this.#number("acknowledgment", tcp.acknowledgment);
    this.#number("relativeSequence", segment.relativeSequence);
    this.#number("relativeAcknowledgment", segment.relativeAcknowledgment);
    this.#number("payloadLength", segment.payloadLength);
    sink.text(',"flags":"');
    sink.text(FLAG_TEXTS[segment.flags]!);
    sink.char(QUOTE);
    this.#number("window", segment.window);
    this.#number("scaledWindow", segment.scaledWindow);
    if (tcp.payloadAt > tcp.at + 20) this.#tcpOptions(packet);
    this.#analysis(segment);
    sink.text(',"states":{"client":"');
    sink.text(segment.connection.ends[0].state);
    sink.text('","server":"');
    sink.text(shownServerState(segment.connection));
    sink.text('"}}');
  }

  #analysis(segment: Segment): void {
    const sink = this.#sink;
    if (segment.analysis !== 0) {
      let separator = ',"analysis":["';
      for (let bit = 0; bit < ANALYSIS_NAMES.length; bit++) {
        if ((segment.analysis & (1 << bit)) === 0) continue;
        sink.text(separator);
        sink.text(ANALYSIS_NAMES[bit]!);
        separator = '","';
      }
      sink.text('"]');
    }
    if (segment.acksFrame > 0) {
      if (segment.ackRttNs !== 0) this.#seconds("ackRtt", segment.ackRttNs);
      this.#number("acksFrame", segment.acksFrame);
    }
    const initialRttNs = segment.connection.analysisInitialRttNs;
    if (initialRttNs !== 0 && segment.isAnalysed) this.#seconds("initialRtt", initialRttNs);
    if (segment.bytesInFlight >= 0) this.#number("bytesInFlight", segment.bytesInFlight);
    if (segment.rtoFrame > 0 && segment.rtoNs !== 0) {
      this.#seconds("rto", segment.rtoNs);
      this.#number("rtoFrame", segment.rtoFrame);
    }
    if (segment.duplicateAckNumber > 0) {
      this.#number("duplicateAckNumber", segment.duplicateAckNumber);
      this.#number("duplicateAckFrame", segment.duplicateAckFrame);
    }
    if (segment.retransmissionCause !== "") {
      sink.text(',"retransmission":{"cause":"');
      sink.text(segment.retransmissionCause);
      sink.char(QUOTE);
      if (segment.retransmissionOf > 0) this.#number("of", segment.retransmissionOf);
      sink.char(CLOSE_BRACE);
    }
  }

  #tcpOptions(packet: Packet): void {
    const sink = this.#sink;
    const tcp = packet.tcp;
    const options = this.#options;
    options.start(packet.frame.view, tcp.at + 20, tcp.payloadAt, packet.frame.end);
    let separator = ',"options":[';
    while (options.next()) {
      sink.text(separator);
      separator = ",";
      sink.text('{"kind":');
      sink.decimal(options.kind);
      const name = OPTION_NAMES[options.kind];
      if (name !== undefined) {
        sink.text(',"name":"');
        sink.text(name);
        sink.char(QUOTE);
      }
      this.#optionValue(options);
      sink.char(CLOSE_BRACE);
    }
    if (separator === ",") sink.char(CLOSE_BRACKET);
  }

  #optionValue(options: TcpOptions): void {
    const sink = this.#sink;
    if (options.kind === kind.OPTION_MSS && options.length === 4) {
      this.#number("value", options.uint16(0));
    } else if (options.kind === kind.OPTION_WINDOW_SCALE && options.length === 3) {
      this.#number("value", options.uint8(0));
    } else if (options.kind === kind.OPTION_TIMESTAMPS && options.length === 10) {
      this.#number("value", options.uint32(0));
      this.#number("echoReply", options.uint32(4));
    } else if (options.kind === kind.OPTION_SACK) {
      sink.text(',"blocks":[');
      for (let i = 0; i + 8 <= options.length - 2; i += 8) {
        sink.text(i > 0 ? ",[" : "[");
        sink.decimal(options.uint32(i));
        sink.char(COMMA);
        sink.decimal(options.uint32(i + 4));
        sink.char(CLOSE_BRACKET);
      }
      sink.char(CLOSE_BRACKET);
    } else if (options.length > 2) {
      sink.text(',"data":"');
      for (let i = 0; i < options.length - 2; i++) sink.hex(options.uint8(i), 2);
      sink.char(QUOTE);
    }
  }

  #udp(packet: Packet): void {
    const sink = this.#sink;
    sink.text(',"udp":{"sourcePort":');
    sink.decimal(packet.udp.sourcePort);
    this.#number("destinationPort", packet.udp.destinationPort);
    this.#number("length", packet.udp.length);
    sink.char(CLOSE_BRACE);
  }

  #icmp(packet: Packet, quoted: QuotedSegment | undefined): void {
    const sink = this.#sink;
    sink.text(',"icmp":{"type":');
    sink.decimal(packet.icmp.type);
    this.#number("code", packet.icmp.code);
    if (packet.icmp.nextHopMtu > 0) this.#number("nextHopMtu", packet.icmp.nextHopMtu);
    if (quoted !== undefined) {
      sink.text(',"quotes":{"stream":');
      sink.decimal(quoted.stream);
      this.#number("frame", quoted.frame);
      sink.char(CLOSE_BRACE);
    }
    sink.char(CLOSE_BRACE);
  }

  #fault(packet: Packet): void {
    const fault = packet.fault;
    if (fault === undefined) return;
    const { layer, kind: faultKind, field, need, have } = fault;
    this.#sink.text(
      `,"fault":${JSON.stringify({ layer, kind: faultKind, field, at: fault.at - packet.frame.start, need, have })}`,
    );
  }
}
