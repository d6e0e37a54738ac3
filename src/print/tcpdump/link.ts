import * as p from "../../wire/protocol.ts";
import { printAtm, printClassicalIp } from "./atm.ts";
import { CookedPrinter } from "./cooked.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";
import { printCiscoHdlc } from "./cisco-hdlc.ts";
import { printIpnet } from "./ipnet.ts";
import { printNflog } from "./nflog.ts";
import { printPerPacket } from "./per-packet.ts";
import { printPktap } from "./pktap.ts";
import { SlipPrinter } from "./slip.ts";
import { BROADCOM_TAG, MARVELL_TAG, MARVELL_TYPED_TAG } from "./switch-tag.ts";
import { WirelessPrinter } from "./wireless.ts";

const FAMILY_HEADER = 4;
const FAMILY_NAMES: ReadonlyMap<number, string> = new Map([
  [2, "IPv4"],
  [7, "OSI"],
  [16, "Appletalk"],
  [23, "IPX"],
  [24, "IPv6"],
  [28, "IPv6"],
  [30, "IPv6"],
  [10, "IPv6"],
]);

/** Prints a frame by its link type. */
export class LinkPrinter {
  readonly #out: Output;
  readonly #network: Network;
  readonly #cooked: CookedPrinter;
  #slip: SlipPrinter | undefined = undefined;
  #wireless: WirelessPrinter | undefined = undefined;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
    this.#cooked = new CookedPrinter(out, network);
  }

  /** Prints the frame of `length` bytes at `at`; where its payload starts for dumps. */
  print(linkType: number, at: number, length: number): number {
    switch (linkType) {
      case p.LINKTYPE_ETHERNET:
        return this.#network.ethernet.print(at, length);
      case p.LINKTYPE_LINUX_SLL:
        return this.#cooked.print(1, at, length);
      case p.LINKTYPE_LINUX_SLL2:
        return this.#cooked.print(2, at, length);
      case p.LINKTYPE_RAW:
      case LINKTYPE_RAW_BSD:
      case LINKTYPE_RAW_OPENBSD:
        return this.#raw(at, length);
      case p.LINKTYPE_IPV4:
        return this.#raw(at, length);
      case p.LINKTYPE_IPV6:
        return this.#raw(at, length);
      case p.LINKTYPE_NULL:
      case p.LINKTYPE_LOOP:
        return this.#family(at, length);
      case p.LINKTYPE_PPP:
        return this.#ppp(at, length);
      case p.LINKTYPE_PPP_HDLC:
        return this.#pppHdlc(at, length);
      case p.LINKTYPE_PPPOE:
        this.#network.etherType(p.ETHERTYPE_PPPOE_SESSION, at, length);
        return at + 8;
      default:
        return this.#rare(linkType, at, length);
    }
  }

  #rare(linkType: number, at: number, length: number): number {
    const out = this.#out;
    const ethernet = this.#network.ethernet;
    switch (linkType) {
      case LINKTYPE_BROADCOM_TAG:
        return ethernet.print(at, length, BROADCOM_TAG);
      case LINKTYPE_MARVELL_TAG:
        return ethernet.print(at, length, MARVELL_TAG);
      case LINKTYPE_MARVELL_TYPED_TAG:
        return ethernet.print(at, length, MARVELL_TYPED_TAG);
      case LINKTYPE_BROADCOM_TAG_BEFORE:
        return this.#tagBefore(at, length);
      case LINKTYPE_PKTAP:
      case LINKTYPE_PKTAP_OLD:
        return printPktap(out, at, length, (inner, from, size) => this.print(inner, from, size));
      case LINKTYPE_SLIP:
        this.#slip ??= new SlipPrinter(out, this.#network);
        return this.#slip.print(at, length);
      case LINKTYPE_ATM:
      case LINKTYPE_ATM_OLD:
        return printAtm(out, this.#network, at, length);
      case LINKTYPE_CLASSICAL_IP:
      case LINKTYPE_CLASSICAL_IP_OLD:
        return printClassicalIp(out, this.#network, at, length);
      case LINKTYPE_PER_PACKET:
        return printPerPacket(out, at, length, (inner, from, size) => this.print(inner, from, size));
      case LINKTYPE_IPNET:
        return printIpnet(out, this.#network, at, length);
      case LINKTYPE_NFLOG:
        return printNflog(out, this.#network, at, length);
      case LINKTYPE_CISCO_HDLC:
        return printCiscoHdlc(out, this.#network, at, length);
      case p.LINKTYPE_IEEE802_11:
      case p.LINKTYPE_RADIOTAP:
      case p.LINKTYPE_PRISM:
      case p.LINKTYPE_AVS:
        this.#wireless ??= new WirelessPrinter(out, this.#network);
        return this.#wireless.print(linkType, at, length);
      default:
        return this.#unsupported(at);
    }
  }

  /** An Ethernet frame with Broadcom's tag in front. */
  #tagBefore(at: number, length: number): number {
    const out = this.#out;
    out.protocol = "brcm-tag-prepend";
    if (length < BROADCOM_TAG.length || !out.has(at, BROADCOM_TAG.length)) {
      out.truncated("brcm-tag-prepend");
      return out.limit;
    }
    if (out.options.linkLayer) {
      BROADCOM_TAG.print(out, at);
      out.sink.text(", ");
    }
    return this.#network.ethernet.print(at + BROADCOM_TAG.length, length - BROADCOM_TAG.length);
  }

  #raw(at: number, length: number): number {
    if (this.#out.options.linkLayer) this.#out.sink.text("ip: ");
    this.#network.ip(at, length);
    return at;
  }

  /** A 4-byte address family, in the capturing host's byte order (NULL) or the network's (LOOP). */
  #family(at: number, length: number): number {
    const out = this.#out;
    out.protocol = "null";
    if (!out.has(at, FAMILY_HEADER)) {
      out.truncated("null");
      return out.limit;
    }
    // A family is a small number: what is none in one byte order is one in the other.
    let family = out.view.getUint32(at, true);
    if ((family & 0xffff0000) !== 0) family = out.u32(at);
    const payloadAt = at + FAMILY_HEADER;
    const name = FAMILY_NAMES.get(family);
    if (out.options.linkLayer) this.#familyHeader(family, length);
    if (name === "IPv4") this.#network.ipv4.print(payloadAt, length - FAMILY_HEADER);
    else if (name === "IPv6") this.#network.ipv6.print(payloadAt, length - FAMILY_HEADER);
    else {
      if (!out.options.linkLayer) this.#familyHeader(family, length);
      out.dumpUnknown(payloadAt, length - FAMILY_HEADER);
    }

    return payloadAt;
  }

  #familyHeader(family: number, length: number): void {
    const sink = this.#out.sink;
    const name = FAMILY_NAMES.get(family) ?? "Unknown";
    if (this.#out.options.quiet) sink.text(`AF ${name}`);
    else sink.text(`AF ${name} (${family})`);
    sink.text(`, length ${length}: `);
  }

  #ppp(at: number, length: number): number {
    const out = this.#out;
    out.protocol = "ppp";
    if (!out.has(at, 4)) {
      out.truncated("ppp");
      return out.limit;
    }
    // A flag byte may have been captured with the frame (RFC 1662 section 3.1).
    const skipped = out.u8(at) === PPP_FLAG ? 1 : 0;
    this.#network.ppp.print(at + skipped, length - skipped);
    return at;
  }

  #pppHdlc(at: number, length: number): number {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "ppp_hdlc";
    if (!out.has(at, 2)) {
      out.truncated("ppp_hdlc");
      return out.limit;
    }
    const address = out.u8(at);
    if (address !== 0xff) {
      sink.text(
        `unknown addr ${address.toString(16).padStart(2, "0")}; ctrl ${out
          .u8(at + 1)
          .toString(16)
          .padStart(2, "0")}`,
      );
      return at + 2;
    }
    if (!out.has(at, 4)) {
      out.truncated("ppp_hdlc");
      return out.limit;
    }
    const protocol = out.u16(at + 2);
    if (out.options.linkLayer) {
      sink.hex(address, 2);
      sink.text(" ");
      sink.hex(out.u8(at + 1), 2);
      sink.text(` ${length} `);
      sink.text(`PPP-${protocol} `);
    }
    this.#network.ppp.payload(protocol, at + 4, length - 4);
    return at + 4;
  }

  #unsupported(at: number): number {
    const out = this.#out;
    out.protocol = "unsupported";
    out.sink.text("UNSUPPORTED");
    out.dump(at, out.captured(at));
    return at;
  }
}

const PPP_FLAG = 0x7e;
const LINKTYPE_SLIP = 8;
const LINKTYPE_ATM_OLD = 11;
const LINKTYPE_CLASSICAL_IP_OLD = 19;
const LINKTYPE_ATM = 100;
const LINKTYPE_CISCO_HDLC = 104;
const LINKTYPE_CLASSICAL_IP = 106;
const LINKTYPE_PKTAP_OLD = 149;
const LINKTYPE_PER_PACKET = 192;
const LINKTYPE_IPNET = 226;
const LINKTYPE_NFLOG = 239;
const LINKTYPE_PKTAP = 258;
const LINKTYPE_BROADCOM_TAG = 281;
const LINKTYPE_BROADCOM_TAG_BEFORE = 282;
const LINKTYPE_MARVELL_TAG = 284;
const LINKTYPE_MARVELL_TYPED_TAG = 285;
const LINKTYPE_RAW_BSD = 12;
const LINKTYPE_RAW_OPENBSD = 14;
