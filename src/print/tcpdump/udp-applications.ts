import { printBroadcomShim } from "./bcm-li.ts";
import { BootpPrinter } from "./bootp.ts";
import { Dhcp6Printer } from "./dhcp6.ts";
import { DnsPrinter } from "./dns.ts";
import type { Network } from "./network.ts";
import { NFS_PORT, NfsPrinter } from "./nfs/nfs.ts";
import { printNtp } from "./ntp.ts";
import type { PayloadType } from "./options.ts";
import type { Output } from "./output.ts";
import { printGeneve, printOtv, printVxlan, printVxlanGpe } from "./overlay.ts";
import { printSyslog } from "./syslog.ts";
import { printText, SIP } from "./text.ts";
import { printTftp } from "./tftp.ts";

/** Prints the payload of `length` bytes at `at`. */
type Print = (at: number, length: number) => void;

/** Prints the payload of datagrams whose port says what it is. */
export class UdpApplications {
  /** Places in `#prints`, plus 1, by the port at either end; the first in the list wins. */
  readonly #bySource = new Uint8Array(65536);
  readonly #byDestination = new Uint8Array(65536);
  readonly #prints: Print[] = [];
  readonly #nfs: NfsPrinter;
  /** What option `-T` says that all payloads are. */
  readonly #chosen: Print | undefined;

  constructor(out: Output, network: Network) {
    this.#nfs = new NfsPrinter(out);
    const dns = new DnsPrinter(out);
    const bootp = new BootpPrinter(out);
    const dhcp6 = new Dhcp6Printer(out);
    const domain: Print = (at, length) => dns.print(at, length, false);
    const tftp: Print = (at, length) => printTftp(out, at, length);
    const vxlan: Print = (at, length) => printVxlan(out, network, at, length);
    this.#add([53], domain);
    this.#add([5353], (at, length) => dns.print(at, length, true));
    this.#add([69], tftp);
    this.#add([67, 68], (at, length) => bootp.print(at, length));
    this.#add([123], (at, length) => printNtp(out, at, length));
    this.#add([546, 547], (at, length) => dhcp6.print(at, length));
    this.#bySource[49152] = this.#prints.push((at, length) => printBroadcomShim(out, network, at, length));
    this.#add([5060], (at, length) => printText(out, SIP, at, length));
    this.#add([514], (at, length) => printSyslog(out, at, length));
    this.#add([8472], (at, length) => printOtv(out, network, at, length));
    this.#add([4789], vxlan);
    this.#add([6081], (at, length) => printGeneve(out, network, at, length));
    this.#add([4790], (at, length) => printVxlanGpe(out, network, at, length));
    const byType: Record<PayloadType, Print> = { domain, tftp, vxlan };
    const type = out.options.payloadType;
    this.#chosen = type === undefined ? undefined : byType[type];
  }

  #add(ports: readonly number[], print: Print): void {
    const place = this.#prints.push(print);
    for (const port of ports) {
      this.#bySource[port] = place;
      this.#byDestination[port] = place;
    }
  }

  /** Prints the payload as what option `-T` says; false where nothing is said. */
  printChosen(at: number, length: number): boolean {
    if (this.#chosen === undefined) return false;
    this.#chosen(at, length);
    return true;
  }

  /** Prints NFS, for which no checksum is shown; false for what is none. */
  printNfs(sourcePort: number, destinationPort: number, at: number, length: number): boolean {
    if (sourcePort !== NFS_PORT && destinationPort !== NFS_PORT) return false;
    return this.#nfs.print("", at, length, sourcePort, destinationPort);
  }

  /** Prints the payload; false for a port that is not known. */
  print(sourcePort: number, destinationPort: number, at: number, length: number): boolean {
    const source = this.#bySource[sourcePort]!;
    const destination = this.#byDestination[destinationPort]!;
    if ((source | destination) === 0) return false;
    const place = source === 0 || (destination !== 0 && destination < source) ? destination : source;
    this.#prints[place - 1]!(at, length);
    return true;
  }
}
