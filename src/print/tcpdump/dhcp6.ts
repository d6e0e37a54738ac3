import { Dhcp6OptionsPrinter } from "./dhcp6-options.ts";
import type { Output } from "./output.ts";

const MESSAGES: readonly string[] = [
  "",
  "solicit",
  "advertise",
  "request",
  "confirm",
  "renew",
  "rebind",
  "reply",
  "release",
  "decline",
  "reconfigure",
  "inf-req",
  "relay-fwd",
  "relay-reply",
  "leasequery",
  "leasequery-reply",
];
const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;
const HEADER = 4;
const RELAY_HEADER = 34;

/** Prints DHCPv6 messages (RFC 8415 sections 8 and 9): with `-v` their options. */
export class Dhcp6Printer {
  readonly #out: Output;
  readonly #options: Dhcp6OptionsPrinter;

  constructor(out: Output) {
    this.#out = out;
    this.#options = new Dhcp6OptionsPrinter(out, (at, length) => this.print(at, length));
  }

  print(at: number, length: number): void {
    const out = this.#out;
    const sink = out.sink;
    out.protocol = "dhcp6";
    sink.text("dhcp6");
    const end = Math.min(at + length, out.limit);
    if (end - at < HEADER) {
      out.truncated("dhcp6");
      return;
    }
    const type = out.u8(at);
    sink.text(` ${MESSAGES[type] || `msgtype-${type}`}`);
    if (out.options.verbosity === 0) return;
    sink.text(" (");
    if (type === RELAY_FORWARD || type === RELAY_REPLY) {
      if (!out.need(at + 2, 16)) return;
      sink.text("linkaddr=");
      out.ipv6(at + 2);
      if (!out.need(at + 18, 16)) return;
      sink.text(" peeraddr=");
      out.ipv6(at + 18);
      this.#options.print(at + RELAY_HEADER, end);
    } else {
      sink.text(`xid=${out.u24(at + 1).toString(16)}`);
      this.#options.print(at + HEADER, end);
    }
    sink.text(")");
  }
}
