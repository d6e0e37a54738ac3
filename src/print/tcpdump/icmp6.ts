import { addWords, foldSum, pseudoHeaderSum, rightChecksum } from "../../wire/checksum.ts";
import * as icmp from "../../wire/icmp.ts";
import * as p from "../../wire/protocol.ts";
import { printListenerQuery, printListenerReport, printOldListener } from "./listener-discovery.ts";
import { flagText, NeighbourOptionsPrinter, preferenceName } from "./neighbour-options.ts";
import type { Network } from "./network.ts";
import { printNodeInformation } from "./node-information.ts";
import type { Output } from "./output.ts";
import { printRenumbering } from "./router-renumbering.ts";
import { printRpl } from "./rpl.ts";

const NAMES: ReadonlyMap<number, string> = new Map([
  [icmp.ICMPV6_UNREACHABLE, "destination unreachable"],
  [icmp.ICMPV6_PACKET_TOO_BIG, "packet too big"],
  [icmp.ICMPV6_TIME_EXCEEDED, "time exceeded in-transit"],
  [icmp.ICMPV6_PARAMETER_PROBLEM, "parameter problem"],
  [icmp.ICMPV6_ECHO, "echo request"],
  [icmp.ICMPV6_ECHO_REPLY, "echo reply"],
  [icmp.ICMPV6_LISTENER_QUERY, "multicast listener query"],
  [icmp.ICMPV6_LISTENER_REPORT, "multicast listener report"],
  [icmp.ICMPV6_LISTENER_DONE, "multicast listener done"],
  [icmp.ICMPV6_ROUTER_SOLICITATION, "router solicitation"],
  [icmp.ICMPV6_ROUTER_ADVERTISEMENT, "router advertisement"],
  [icmp.ICMPV6_NEIGHBOUR_SOLICITATION, "neighbor solicitation"],
  [icmp.ICMPV6_NEIGHBOUR_ADVERTISEMENT, "neighbor advertisement"],
  [icmp.ICMPV6_REDIRECT, "redirect"],
  [icmp.ICMPV6_ROUTER_RENUMBERING, "router renumbering"],
  [icmp.ICMPV6_NODE_QUERY, "who-are-you request"],
  [icmp.ICMPV6_NODE_REPLY, "who-are-you reply"],
  [icmp.ICMPV6_INVERSE_SOLICITATION, "inverse neighbor solicitation"],
  [icmp.ICMPV6_INVERSE_ADVERTISEMENT, "inverse neighbor advertisement"],
  [icmp.ICMPV6_LISTENER_REPORT_2, "multicast listener report v2"],
  [icmp.ICMPV6_HOME_AGENT_REQUEST, "ha discovery request"],
  [icmp.ICMPV6_HOME_AGENT_REPLY, "ha discovery reply"],
  [icmp.ICMPV6_PREFIX_SOLICITATION, "mobile router solicitation"],
  [icmp.ICMPV6_PREFIX_ADVERTISEMENT, "mobile router advertisement"],
  [icmp.ICMPV6_RPL, "RPL"],
  [200, "mtrace response"],
  [201, "mtrace message"],
]);

/** Types whose length stands behind the name with `-v`. */
const LENGTH_FIRST: ReadonlySet<number> = new Set([
  icmp.ICMPV6_ROUTER_SOLICITATION,
  icmp.ICMPV6_ROUTER_ADVERTISEMENT,
  icmp.ICMPV6_NEIGHBOUR_ADVERTISEMENT,
  icmp.ICMPV6_NEIGHBOUR_SOLICITATION,
  icmp.ICMPV6_REDIRECT,
  icmp.ICMPV6_HOME_AGENT_REPLY,
  icmp.ICMPV6_PREFIX_ADVERTISEMENT,
]);

const UNREACHABLE_NAMES: readonly string[] = [
  "unreachable route",
  " unreachable prohibited",
  "beyond scope",
  "unreachable address",
  "unreachable port",
];
const CODE_BEYOND_SCOPE = 2;
const CODE_PORT = 4;

const PROBLEM_NAMES: readonly string[] = ["erroneous", "next header", "option", "incomplete header chain"];

const ROUTER_FLAGS: readonly (readonly [number, string])[] = [
  [0x80, "managed"],
  [0x40, "other stateful"],
  [0x20, "home agent"],
  [0x02, "ipv6 only"],
];
const NEIGHBOUR_FLAGS: readonly (readonly [number, string])[] = [
  [0x80, "router"],
  [0x40, "solicited"],
  [0x20, "override"],
];

/** Where a quoted packet's addresses are, from the start of the message. */
const QUOTE = icmp.ICMP_HEADER;
const QUOTE_SOURCE = QUOTE + 8;
const QUOTE_DESTINATION = QUOTE + 24;
const MLD_LENGTH = 24;
const MLD2_LENGTH = 28;

/** Prints ICMPv6 messages (RFC 4443, RFC 4861, RFC 3810). */
export class Icmpv6Printer {
  readonly #out: Output;
  readonly #options: NeighbourOptionsPrinter;
  /** Whether the length was printed, or is not to be. */
  #lengthDone = false;

  constructor(out: Output, _network: Network) {
    this.#out = out;
    this.#options = new NeighbourOptionsPrinter(out);
  }

  /** Prints the message of `length` bytes at `at`. */
  print(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "icmp6";
    if (length === 0) {
      sink.text("ICMP6, length 0");
      out.invalid();
      return;
    }
    const verbose = out.options.verbosity > 0;
    if (verbose && !out.ip.fragmented && out.has(at, Math.max(length, 4))) this.#printChecksum(at, length);
    const type = out.u8(at);
    sink.text("ICMP6, ");
    sink.text(NAMES.get(type) ?? `unknown icmp6 type (${type})`);
    if (verbose && LENGTH_FIRST.has(type)) sink.text(`, length ${length}`);
    this.#lengthDone = verbose;
    this.#printBody(type, at, length);
    if (!this.#lengthDone) sink.text(`, length ${length}`);
  }

  #printChecksum(at: number, length: number): void {
    const { sink, view, ip } = this.#out;
    let sum = pseudoHeaderSum(view, ip.sourceAt, ip.finalDestinationAt, 16, p.PROTOCOL_ICMPV6, length);
    sum = foldSum(addWords(view, at, at + length, sum));
    if (sum === 0xffff) {
      sink.text("[icmp6 sum ok] ");
      return;
    }
    const checksum = this.#out.u16(at + 2);
    sink.text("[bad icmp6 cksum 0x");
    sink.hex(checksum, 4);
    sink.text(" -> 0x");
    sink.hex(rightChecksum(checksum, sum), 4);
    sink.text("!] ");
  }

  #printBody(type: number, at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    switch (type) {
      case icmp.ICMPV6_UNREACHABLE:
        this.#printUnreachable(at, length);
        break;
      case icmp.ICMPV6_PACKET_TOO_BIG:
        sink.text(`, mtu ${out.u32(at + 4)}`);
        break;
      case icmp.ICMPV6_TIME_EXCEEDED:
        this.#printTimeExceeded(at);
        break;
      case icmp.ICMPV6_PARAMETER_PROBLEM:
        this.#printProblem(at);
        break;
      case icmp.ICMPV6_ECHO:
      case icmp.ICMPV6_ECHO_REPLY:
        sink.text(`, id ${out.u16(at + 4)}, seq ${out.u16(at + 6)}`);
        break;
      case icmp.ICMPV6_LISTENER_QUERY:
        if (length === MLD_LENGTH) printOldListener(out, at);
        else if (length >= MLD2_LENGTH) {
          sink.text(" v2");
          printListenerQuery(out, at, length);
        } else {
          sink.text(` unknown-version (len ${length}) `);
        }
        break;
      case icmp.ICMPV6_LISTENER_REPORT:
      case icmp.ICMPV6_LISTENER_DONE:
        printOldListener(out, at);
        break;
      case icmp.ICMPV6_LISTENER_REPORT_2:
        printListenerReport(out, at, length);
        break;
      default:
        this.#printNeighbour(type, at, length);
    }
  }

  #printNeighbour(type: number, at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    const verbose = out.options.verbosity > 0;
    switch (type) {
      case icmp.ICMPV6_ROUTER_SOLICITATION:
        if (verbose) this.#options.print(at + 8, length - 8);
        break;
      case icmp.ICMPV6_ROUTER_ADVERTISEMENT:
        if (verbose) this.#printRouterAdvertisement(at, length);
        break;
      case icmp.ICMPV6_NEIGHBOUR_SOLICITATION:
        if (!out.need(at + 8, 16)) break;
        sink.text(", who has ");
        out.ipv6(at + 8);
        if (verbose) this.#options.print(at + 24, length - 24);
        break;
      case icmp.ICMPV6_NEIGHBOUR_ADVERTISEMENT:
        if (!out.need(at + 8, 16)) break;
        sink.text(", tgt is ");
        out.ipv6(at + 8);
        if (!verbose) break;
        sink.text(`, Flags [${flagText(NEIGHBOUR_FLAGS, out.u8(at + 4))}]`);
        this.#options.print(at + 24, length - 24);
        break;
      case icmp.ICMPV6_REDIRECT:
        if (!out.need(at + 24, 16)) break;
        sink.text(", ");
        out.ipv6(at + 24);
        sink.text(" to ");
        out.ipv6(at + 8);
        if (verbose) this.#options.print(at + 40, length - 40);
        break;
      case icmp.ICMPV6_INVERSE_SOLICITATION:
      case icmp.ICMPV6_INVERSE_ADVERTISEMENT:
        break;
      default:
        this.#printRare(type, at, length);
    }
  }

  #printRare(type: number, at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    const verbose = out.options.verbosity > 0;
    switch (type) {
      case icmp.ICMPV6_ROUTER_RENUMBERING:
        printRenumbering(out, at);
        break;
      case icmp.ICMPV6_NODE_QUERY:
      case icmp.ICMPV6_NODE_REPLY:
        printNodeInformation(out, at, length);
        break;
      case icmp.ICMPV6_PREFIX_SOLICITATION:
      case icmp.ICMPV6_HOME_AGENT_REQUEST:
        sink.text(", id 0x");
        sink.hex(out.u16(at + 4), 4);
        break;
      case icmp.ICMPV6_HOME_AGENT_REPLY:
        if (!verbose) break;
        sink.text(", id 0x");
        sink.hex(out.u16(at + 4), 4);
        for (let next = at + 8; next < at + length && !out.cut; next += 16) {
          sink.text(", ");
          out.ipv6(next);
        }
        break;
      case icmp.ICMPV6_PREFIX_ADVERTISEMENT:
        if (verbose) this.#printPrefixAdvertisement(at, length);
        break;
      case icmp.ICMPV6_RPL:
        printRpl(out, out.u8(at + 1), at + 4, length - 4);
        break;
      default:
        sink.text(`, length ${length}`);
        if (out.options.verbosity <= 1) out.hexLines(at, length, "\n\t");
        this.#lengthDone = true;
    }
  }

  #printPrefixAdvertisement(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    sink.text(", id 0x");
    sink.hex(out.u16(at + 4), 4);
    const flags = out.u8(at + 6);
    if ((flags & 0xc0) !== 0) sink.text(" ");
    if ((flags & 0x80) !== 0) sink.text("M");
    if ((flags & 0x40) !== 0) sink.text("O");
    this.#options.print(at + 8, length - 8);
  }

  #printUnreachable(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    const code = out.u8(at + 1);
    sink.text(", ");
    sink.text(UNREACHABLE_NAMES[code] ?? `unknown unreach code (${code})`);
    if (code === CODE_PORT) {
      this.#printPort(at);
    } else if (code < CODE_PORT) {
      if (!out.need(at + QUOTE_DESTINATION, 16)) return;
      sink.text(" ");
      out.ipv6(at + QUOTE_DESTINATION);
      if (code === CODE_BEYOND_SCOPE) {
        sink.text(", source address ");
        out.ipv6(at + QUOTE_SOURCE);
      }
    } else if (out.options.verbosity <= 1) {
      out.hexLines(at, length, "\n\t");
      this.#lengthDone = true;
    }
  }

  #printPort(at: number): void {
    const out = this.#out;
    const sink = out.sink;
    const transportAt = this.#upperLayer(at + QUOTE);
    if (transportAt < 0) {
      out.truncated("icmp6");
      this.#lengthDone = true;
      return;
    }
    sink.text(", ");
    out.ipv6(at + QUOTE_DESTINATION);
    const port = out.u16(transportAt + 2);
    if (this.#upperProtocol === p.PROTOCOL_TCP) {
      sink.text(" tcp port ");
      out.tcpPort(port);
    } else {
      sink.text(" udp port ");
      out.udpPort(port);
    }
  }

  #upperProtocol = 0;

  /** Where the ports of a quoted packet are; -1: not captured, or not TCP or UDP. */
  #upperLayer(packetAt: number): number {
    const out = this.#out;
    if (!out.has(packetAt, 7)) return -1;
    let next = out.u8(packetAt + 6);
    let length = 40;
    for (let at = packetAt; at < out.limit;) {
      at += length;
      switch (next) {
        case p.PROTOCOL_TCP:
        case p.PROTOCOL_UDP:
          this.#upperProtocol = next;
          return out.has(at, 4) ? at : -1;
        case p.PROTOCOL_HOP_BY_HOP:
        case p.PROTOCOL_DESTINATION_OPTIONS:
        case p.PROTOCOL_ROUTING:
        case p.PROTOCOL_AH:
          if (!out.has(at, 2)) return -1;
          length = next === p.PROTOCOL_AH ? (out.u8(at + 1) + 2) * 4 : (out.u8(at + 1) + 1) * 8;
          next = out.u8(at);
          break;
        case p.PROTOCOL_FRAGMENT:
          if (!out.has(at, 4) || (out.u16(at + 2) & 0xfff8) !== 0) return -1;
          length = 8;
          next = out.u8(at);
          break;
        default:
          return -1;
      }
    }
    return -1;
  }

  #printTimeExceeded(at: number): void {
    const out = this.#out;
    const code = out.u8(at + 1);
    if (code === 0) {
      if (!out.need(at + QUOTE_DESTINATION, 16)) return;
      out.sink.text(" for ");
      out.ipv6(at + QUOTE_DESTINATION);
    } else if (code === 1) {
      out.sink.text(" (reassembly)");
    } else {
      out.sink.text(`, unknown code (${code})`);
    }
  }

  #printProblem(at: number): void {
    const out = this.#out;
    const code = out.u8(at + 1);
    const name = PROBLEM_NAMES[code];
    if (!out.need(at + QUOTE_DESTINATION, 16)) return;
    out.sink.text(name === undefined ? `, code-#${code}` : `, ${name} - octet ${out.u32(at + 4)}`);
  }

  #printRouterAdvertisement(at: number, length: number): void {
    const out = this.#out;
    const flags = out.u8(at + 5);
    out.sink.text(
      `\n\thop limit ${out.u8(at + 4)}, Flags [${flagText(ROUTER_FLAGS, flags)}], pref ${preferenceName(flags)}` +
        `, router lifetime ${out.u16(at + 6)}s, reachable time ${out.u32(at + 8)}ms, retrans timer ${out.u32(at + 12)}ms`,
    );
    this.#options.print(at + 16, length - 16);
  }
}
