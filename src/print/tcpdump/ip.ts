import { addWords, foldSum, rightChecksum } from "../../wire/checksum.ts";
import { finalDestinationAt } from "../../wire/ipv4-options.ts";
import {
  IPV4_DONT_FRAGMENT,
  IPV4_MIN_HEADER,
  IPV4_MORE_FRAGMENTS,
  IPV4_RESERVED,
  Ipv4Header,
} from "../../wire/ipv4.ts";
import { PROTOCOL_DCCP, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from "../../wire/protocol.ts";
import { Phrase } from "../sink.ts";
import { Ipv4OptionsPrinter } from "./ip-options.ts";
import { ipProtocolWord } from "./ip-protocol-words.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";
import { protocolName } from "./protocol-names.ts";

const NAME = new Phrase("IP ");
const OFFSET = new Phrase(", offset ");
const HEADER_END = new Phrase(")\n    ");

/** What a header's fields are printed as, made when it is met: by type of service and TTL, and by flags and protocol. */
const SERVICE_TEXTS: Phrase[] = [];
/** With the offset of a first fragment. */
const FIRST_PROTOCOL_TEXTS: Phrase[] = [];

const ECN_TEXTS: readonly string[] = ["", ",ECT(1)", ",ECT(0)", ",CE"];

function serviceText(typeOfService: number, ttl: number): Phrase {
  const lives = ttl === 0 ? "" : `, ttl ${ttl}`;
  return new Phrase(`(tos 0x${typeOfService.toString(16)}${ECN_TEXTS[typeOfService & 3]!}${lives}, id `);
}

function firstProtocolText(flags: number, protocol: number): Phrase {
  return new Phrase(`, offset 0${protocolText(flags, protocol)}`);
}

function protocolText(flags: number, protocol: number): string {
  return `, flags [${FLAG_TEXTS[flags]!}], proto ${protocolName(protocol)} (${protocol}), length `;
}

/** Prints an IPv4 packet. */
export class Ipv4Printer {
  readonly #out: Output;
  readonly #network: Network;
  readonly #header: Ipv4Header = new Ipv4Header();
  readonly #options: Ipv4OptionsPrinter;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
    this.#options = new Ipv4OptionsPrinter(out);
  }

  /** Prints the packet at `at`, for which the layer around has `length` bytes. */
  print(at: number, length: number): void {
    const out = this.#out;
    out.protocol = "ip";
    const version = out.u8(at) >> 4;
    if (version !== 4) {
      this.#printWrongVersion(version);
      return;
    }
    if (!out.options.linkLayer) out.sink.phrase(NAME);
    if (!out.has(at, IPV4_MIN_HEADER)) {
      out.truncated("ip");
      return;
    }
    if (!out.enter()) return;
    const limit = out.limit;
    this.#printPacket(at, length);
    out.limit = limit;
    out.leave();
  }

  #printWrongVersion(version: number): void {
    const out = this.#out;
    out.sink.text(version === 6 ? "IP6, wrong link-layer encapsulation" : `IP${version}`);
    out.invalid();
  }

  #printPacket(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    if (length < IPV4_MIN_HEADER) {
      sink.text(`truncated-ip ${length >>> 0}`);
      return;
    }
    const header = this.#header;
    header.read(out.view, at, at + length, out.limit);
    const { headerLength, totalLength } = header;
    if (headerLength < IPV4_MIN_HEADER) {
      sink.text(`bad-hlen ${headerLength}`);
      return;
    }
    if (length < totalLength) sink.text(`truncated-ip - ${totalLength - length} bytes missing! `);
    if (totalLength < headerLength) {
      sink.text(`bad-len ${totalLength}`);
      return;
    }
    if (at + totalLength < out.limit) out.limit = at + totalLength;
    const whole = out.options.verbosity === 0 || this.#printHeader(at, headerLength);
    if (!whole) {
      out.ipv4(header.sourceAt);
      sink.text(" > ");
      out.ipv4(header.destinationAt);
      sink.text(": ");
      out.truncated("ip");
      return;
    }
    if (header.fragmentOffset === 0) this.#printPayload(at, headerLength, totalLength - headerLength);
    else this.#printLaterFragment();
  }

  #printPayload(at: number, headerLength: number, length: number): void {
    const out = this.#out;
    const header = this.#header;
    const protocol = header.protocol;
    const ip = out.ip;
    ip.version = 4;
    ip.at = at;
    ip.sourceAt = header.sourceAt;
    ip.destinationAt = header.destinationAt;
    ip.finalDestinationAt = header.destinationAt;
    ip.addressLength = 4;
    ip.protocol = protocol;
    ip.fragmented = (header.flagsAndOffset & IPV4_MORE_FRAGMENTS) !== 0;
    ip.zeroLength = false;
    if (
      protocol !== PROTOCOL_TCP &&
      protocol !== PROTOCOL_UDP &&
      protocol !== PROTOCOL_SCTP &&
      protocol !== PROTOCOL_DCCP
    ) {
      out.addresses();
      out.sink.text(": ");
    }
    if (headerLength > IPV4_MIN_HEADER) {
      const optionsAt = at + IPV4_MIN_HEADER;
      const end = at + headerLength;
      ip.finalDestinationAt = finalDestinationAt(out.view, optionsAt, end, out.limit, ip.destinationAt);
      if (!out.has(at, headerLength)) {
        out.sink.text(` [remaining caplen(${out.captured(at)}) < header length(${headerLength})]`);
        out.cutHere();
        return;
      }
    }
    this.#network.payload(protocol, at + headerLength, length);
  }

  #printLaterFragment(): void {
    const out = this.#out;
    const header = this.#header;
    out.ipv4(header.sourceAt);
    out.sink.text(" > ");
    out.ipv4(header.destinationAt);
    out.sink.text(`: ${ipProtocolWord(header.protocol, out.hasNames)}`);
  }

  /** Prints the header's fields in parentheses; false when its options are cut. */
  #printHeader(at: number, headerLength: number): boolean {
    const out = this.#out;
    const sink = out.sink;
    const header = this.#header;
    const { typeOfService, ttl, fragmentOffset, protocol } = header;
    sink.phrase((SERVICE_TEXTS[(typeOfService << 8) | ttl] ??= serviceText(typeOfService, ttl)));
    sink.decimal(header.identification);
    const flags = header.flagsAndOffset >> 13;
    if (fragmentOffset === 0) {
      sink.phrase((FIRST_PROTOCOL_TEXTS[(flags << 8) | protocol] ??= firstProtocolText(flags, protocol)));
    } else {
      sink.phrase(OFFSET);
      sink.decimal(fragmentOffset);
      sink.text(protocolText(flags, protocol));
    }
    sink.decimal(header.totalLength);
    let whole = true;
    if (headerLength > IPV4_MIN_HEADER) {
      sink.text(", options (");
      whole = this.#options.print(at + IPV4_MIN_HEADER, at + headerLength);
      if (!whole) sink.text(" [truncated-option]");
      sink.char(0x29);
    }
    if (!out.options.skipChecksums && out.has(at, headerLength)) this.#printChecksum(at, headerLength);
    sink.phrase(HEADER_END);
    return whole;
  }

  #printChecksum(at: number, headerLength: number): void {
    const { sink, view } = this.#out;
    const sum = foldSum(addWords(view, at, at + headerLength, 0));
    if (sum === 0xffff) return;
    const checksum = this.#header.checksum;
    sink.text(", bad cksum ");
    sink.hex(checksum);
    sink.text(" (->");
    sink.hex(rightChecksum(checksum, sum));
    sink.text(")!");
  }
}

/** Texts of the three flag bits. */
const FLAG_TEXTS: readonly string[] = Array.from({ length: 8 }, (_, flags) => {
  const set: string[] = [];
  if ((flags & (IPV4_MORE_FRAGMENTS >> 13)) !== 0) set.push("+");
  if ((flags & (IPV4_DONT_FRAGMENT >> 13)) !== 0) set.push("DF");
  if ((flags & (IPV4_RESERVED >> 13)) !== 0) set.push("rsvd");
  return set.length === 0 ? "none" : set.join(", ");
});
