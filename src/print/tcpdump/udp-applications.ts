import { BootpPrinter } from "./bootp.ts";
import { Dhcp6Printer } from "./dhcp6.ts";
import { DnsPrinter } from "./dns.ts";
import type { Network } from "./network.ts";
import { printNtp } from "./ntp.ts";
import type { Output } from "./output.ts";
import { printGeneve, printOtv, printVxlan } from "./overlay.ts";
import { printSyslog } from "./syslog.ts";
import { printText, SIP } from "./text.ts";

/** Prints the payload of `length` bytes at `at`. */
type Print = (at: number, length: number) => void;

/** Prints the payload of datagrams whose port says what it is. */
export class UdpApplications {
  /** Places in `#prints`, plus 1, by a port at either end; the first in the list wins. */
  readonly #byPort = new Uint8Array(65536);
  /** The same by the destination port alone, which counts after those. */
  readonly #byDestination = new Uint8Array(65536);
  readonly #prints: Print[] = [];

  constructor(out: Output, network: Network) {
    const dns = new DnsPrinter(out);
    const bootp = new BootpPrinter(out);
    const dhcp6 = new Dhcp6Printer(out);
    this.#add([53], (at, length) => dns.print(at, length, false));
    this.#add([67, 68], (at, length) => bootp.print(at, length));
    this.#add([5353], (at, length) => dns.print(at, length, true));
    this.#add([123], (at, length) => printNtp(out, at, length));
    this.#add([546, 547], (at, length) => dhcp6.print(at, length));
    this.#add([514], (at, length) => printSyslog(out, at, length));
    this.#add([5060], (at, length) => printText(out, SIP, at, length));
    this.#addDestination(4789, (at, length) => printVxlan(out, network, at, length));
    this.#addDestination(8472, (at, length) => printOtv(out, network, at, length));
    this.#addDestination(6081, (at, length) => printGeneve(out, network, at, length));
  }

  #add(ports: readonly number[], print: Print): void {
    const place = this.#prints.push(print);
    for (const port of ports) this.#byPort[port] = place;
  }

  #addDestination(port: number, print: Print): void {
    this.#byDestination[port] = this.#prints.push(print);
  }

  /** Prints the payload; false for a port that is not known. */
  print(sourcePort: number, destinationPort: number, at: number, length: number): boolean {
    const source = this.#byPort[sourcePort]!;
    const destination = this.#byPort[destinationPort]!;
    let place = source === 0 || (destination !== 0 && destination < source) ? destination : source;
    if (place === 0) place = this.#byDestination[destinationPort]!;
    if (place === 0) return false;
    this.#prints[place - 1]!(at, length);
    return true;
  }
}
