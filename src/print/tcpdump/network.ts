import * as p from "../../wire/protocol.ts";
import { ArpPrinter } from "./arp.ts";
import { carriesEap, printEapol, printLldp, printOspf, printPim } from "./brief.ts";
import { EthernetPrinter } from "./ethernet.ts";
import { printGre } from "./gre.ts";
import { Icmpv6Printer } from "./icmp6.ts";
import { IcmpPrinter } from "./icmp.ts";
import { printIgmp } from "./igmp.ts";
import { ipProtocolWord } from "./ip-protocol-words.ts";
import { Ipv6Printer } from "./ip6.ts";
import { Ipv4Printer } from "./ip.ts";
import { printLoopbackTest } from "./loopback-test.ts";
import { printMobility } from "./mobility.ts";
import { printMpls } from "./mpls.ts";
import type { Output } from "./output.ts";
import { PppPrinter } from "./ppp.ts";
import { printPppoe } from "./pppoe.ts";
import { protocolName } from "./protocol-names.ts";
import { printSctp } from "./sctp.ts";
import { printAuthentication, printCompression, printEncapsulation } from "./security.ts";
import { TcpPrinter } from "./tcp.ts";
import { UdpPrinter } from "./udp.ts";
import { printVrrp } from "./vrrp.ts";

const ETHERTYPE_EAPOL = 0x888e;
const ETHERTYPE_LLDP = 0x88cc;
const ETHERTYPE_LOOPBACK = 0x9000;
const PROTOCOL_OSPF = 89;
const PROTOCOL_PIM = 103;

/** All printers from the link layer up to transport, and who follows whom. */
export class Network {
  readonly ipv4: Ipv4Printer;
  readonly ipv6: Ipv6Printer;
  readonly ethernet: EthernetPrinter;
  readonly ppp: PppPrinter;
  readonly #out: Output;
  readonly #arp: ArpPrinter;
  readonly #tcp: TcpPrinter;
  readonly #udp: UdpPrinter;
  readonly #icmp: IcmpPrinter;
  readonly #icmpv6: Icmpv6Printer;

  constructor(out: Output) {
    this.#out = out;
    this.ipv4 = new Ipv4Printer(out, this);
    this.ipv6 = new Ipv6Printer(out, this);
    this.ethernet = new EthernetPrinter(out, this);
    this.ppp = new PppPrinter(out, this);
    this.#arp = new ArpPrinter(out);
    this.#tcp = new TcpPrinter(out);
    this.#udp = new UdpPrinter(out, this);
    this.#icmp = new IcmpPrinter(out, this);
    this.#icmpv6 = new Icmpv6Printer(out, this);
  }

  /** Prints the payload of an Ethernet-like frame; false when the type is not known. */
  etherType(type: number, at: number, length: number): boolean {
    switch (type) {
      case p.ETHERTYPE_IPV4:
        this.ipv4.print(at, length);
        return true;
      case p.ETHERTYPE_IPV6:
        this.ipv6.print(at, length);
        return true;
      case p.ETHERTYPE_ARP:
      case p.ETHERTYPE_REVERSE_ARP:
        this.#arp.print(at, length);
        return true;
      case p.ETHERTYPE_PPPOE_DISCOVERY:
      case p.ETHERTYPE_PPPOE_SESSION:
        printPppoe(this.#out, this, at, length);
        return true;
      case p.ETHERTYPE_MPLS:
      case p.ETHERTYPE_MPLS_MULTICAST:
        printMpls(this.#out, this, at, length);
        return true;
      case ETHERTYPE_LLDP:
        if (this.#out.options.verbosity > 0) return false;
        printLldp(this.#out, at, length);
        return true;
      case ETHERTYPE_EAPOL:
        if (this.#out.options.verbosity > 0 && carriesEap(this.#out, at)) return false;
        printEapol(this.#out, at);
        return true;
      case ETHERTYPE_LOOPBACK:
        printLoopbackTest(this.#out, at, length);
        return true;
      case p.ETHERTYPE_PPP:
        if (length > 0) {
          this.#out.sink.text(": ");
          this.ppp.print(at, length);
        }
        return true;
      default:
        return false;
    }
  }

  /** Prints an IP packet of the version that its first byte says. */
  ip(at: number, length: number): void {
    const out = this.#out;
    out.protocol = "ipn";
    if (length < 1) {
      out.sink.text(`truncated-ip ${length}`);
      return;
    }
    const version = out.u8(at) >> 4;
    if (version === 4) this.ipv4.print(at, length);
    else if (version === 6) this.ipv6.print(at, length);
    else out.sink.text(`unknown ip ${version}`);
  }

  /** Prints what an IP header carries. */
  payload(protocol: number, at: number, length: number): void {
    switch (protocol) {
      case p.PROTOCOL_TCP:
        this.#tcp.print(at, length);
        break;
      case p.PROTOCOL_UDP:
        this.#udp.print(at, length);
        break;
      case p.PROTOCOL_ICMP:
        if (this.#isVersion(4, protocol)) this.#icmp.print(at, length);
        break;
      case p.PROTOCOL_ICMPV6:
        if (this.#isVersion(6, protocol)) this.#icmpv6.print(at, length);
        break;
      case p.PROTOCOL_IGMP:
        if (this.#isVersion(4, protocol)) printIgmp(this.#out, at, length);
        break;
      case p.PROTOCOL_AH:
        this.#authenticated(at, length);
        break;
      default:
        this.#rarePayload(protocol, at, length);
    }
  }

  #rarePayload(protocol: number, at: number, length: number): void {
    const out = this.#out;
    switch (protocol) {
      case p.PROTOCOL_ESP:
        printEncapsulation(out, at, length);
        break;
      case p.PROTOCOL_IPCOMP:
        printCompression(out, at);
        break;
      case p.PROTOCOL_IPV4:
        this.ipv4.print(at, length);
        break;
      case p.PROTOCOL_IPV6:
        this.ipv6.print(at, length);
        break;
      case p.PROTOCOL_GRE:
        printGre(out, this, at, length);
        break;
      case p.PROTOCOL_VRRP:
        printVrrp(out, at, length);
        break;
      case p.PROTOCOL_SCTP:
        printSctp(out, at, length);
        break;
      case p.PROTOCOL_ND:
        out.sink.text(` nd ${length}`);
        break;
      case p.PROTOCOL_NO_NEXT_HEADER:
        out.sink.text("no next header");
        break;
      case p.PROTOCOL_ETHERNET:
        if (this.#isVersion(6, protocol)) this.ethernet.print(at, length);
        break;
      default:
        if (out.options.verbosity > 0 || !this.#brief(protocol, at, length))
          out.sink.text(` ${ipProtocolWord(protocol, out.hasNames)} ${length}`);
    }
  }

  /** Prints what only its first line is known of; false where nothing was printed. */
  #brief(protocol: number, at: number, length: number): boolean {
    if (protocol !== PROTOCOL_OSPF && protocol !== PROTOCOL_PIM) return false;
    if (protocol === PROTOCOL_OSPF) printOspf(this.#out, at, length);
    else printPim(this.#out, at, length);
    return true;
  }

  mpls(at: number, length: number): void {
    printMpls(this.#out, this, at, length);
  }

  mobility(at: number, length: number): void {
    printMobility(this.#out, at, length);
  }

  /** Prints what follows an Authentication Header. */
  #authenticated(at: number, length: number): void {
    const out = this.#out;
    if (!out.enter()) return;
    out.protocol = "ah";
    const next = out.u8(at);
    const advance = printAuthentication(out, at);
    if (advance > 0) this.payload(next, at + advance, length - advance);
    out.leave();
  }

  /** Whether the protocol fits the IP version; says so where it does not. */
  #isVersion(version: 4 | 6, protocol: number): boolean {
    const out = this.#out;
    if (out.ip.version === version) return true;
    out.sink.text(`[${protocolName(protocol)} requires IPv${version}]`);
    out.invalid();
    return false;
  }
}
