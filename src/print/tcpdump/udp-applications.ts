import { DnsPrinter } from "./dns.ts";
import type { Network } from "./network.ts";
import type { Output } from "./output.ts";
import { printGeneve, printOtv, printVxlan } from "./overlay.ts";
import { printSyslog } from "./syslog.ts";
import { printText, SIP } from "./text.ts";

const DNS = 53;
const MULTICAST_DNS = 5353;
const SYSLOG = 514;
const SIP_PORT = 5060;
const VXLAN = 4789;
const OTV = 8472;
const GENEVE = 6081;

/** All ports that are known, so that the others cost two look-ups in a table. */
const IS_KNOWN = new Uint8Array(65536);
for (const port of [DNS, MULTICAST_DNS, SYSLOG, SIP_PORT, VXLAN, OTV, GENEVE]) IS_KNOWN[port] = 1;

/** Prints the payload of datagrams whose port says what it is. */
export class UdpApplications {
  readonly #out: Output;
  readonly #network: Network;
  readonly #dns: DnsPrinter;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
    this.#dns = new DnsPrinter(out);
  }

  /** Prints the payload; false for a port that is not known. */
  print(sourcePort: number, destinationPort: number, at: number, length: number): boolean {
    const out = this.#out;
    if (IS_KNOWN[sourcePort] === 0 && IS_KNOWN[destinationPort] === 0) return false;
    const has = (port: number): boolean => sourcePort === port || destinationPort === port;
    if (has(DNS) || has(MULTICAST_DNS)) {
      this.#dns.print(at, length, !has(DNS));
      return true;
    }
    if (has(SYSLOG)) {
      printSyslog(out, at, length);
      return true;
    }
    if (has(SIP_PORT)) {
      printText(out, SIP, at, length);
      return true;
    }
    if (destinationPort === VXLAN) {
      printVxlan(out, this.#network, at, length);
      return true;
    }
    if (destinationPort === OTV) {
      printOtv(out, this.#network, at, length);
      return true;
    }
    if (destinationPort === GENEVE) {
      printGeneve(out, this.#network, at, length);
      return true;
    }
    return false;
  }
}
