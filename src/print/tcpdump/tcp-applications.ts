import { printBeep } from "./beep.ts";
import { printBgp } from "./bgp/bgp.ts";
import { DnsPrinter } from "./dns.ts";
import { NFS_PORT, NfsPrinter } from "./nfs/nfs.ts";
import { printOpenFlow } from "./openflow.ts";
import type { Output } from "./output.ts";
import { printPptp } from "./pptp.ts";
import { printTelnet } from "./telnet.ts";
import * as text from "./text.ts";

/** Prints the payload of `length` bytes at `at`. */
type Print = (at: number, length: number, sourcePort: number, destinationPort: number) => void;

/** Prints the payload of TCP segments whose port says what it is. */
export class TcpApplications {
  /** Places in `#prints`, plus 1, by a port at either end; the first in the list wins. */
  readonly #byPort = new Uint8Array(65536);
  readonly #prints: Print[] = [];

  constructor(out: Output) {
    const dns = new DnsPrinter(out);
    const lines = (protocol: text.TextProtocol): Print => {
      return (at, length) => {
        out.sink.text(": ");
        text.printText(out, protocol, at, length);
      };
    };
    this.#add([23], (at, length) => printTelnet(out, at, length));
    this.#add([25], lines(text.SMTP));
    this.#add([43], lines(text.WHOIS));
    this.#add([179], (at) => printBgp(out, at));
    this.#add([1723], (at) => printPptp(out, at));
    this.#add([22], (at, length) => text.printSsh(out, at, length));
    this.#add([21], lines(text.FTP));
    this.#add([80, 8080], lines(text.HTTP));
    this.#add([554, 8554], lines(text.RTSP));
    this.#add([10288], (at, length) => printBeep(out, at, length));
    this.#add([6633, 6653], (at, length) => printOpenFlow(out, at, length));
    this.#add([53], (at, length) => dns.printOverTcp(at, length));
    const nfs = new NfsPrinter(out);
    this.#add([NFS_PORT], (at, length, from, to) => nfs.printRecord(at, length, from, to));
  }

  #add(ports: readonly number[], print: Print): void {
    const place = this.#prints.push(print);
    for (const port of ports) this.#byPort[port] = place;
  }

  /** Prints what follows ", length n": nothing for a port that is not known. */
  print(sourcePort: number, destinationPort: number, at: number, length: number): void {
    const source = this.#byPort[sourcePort]!;
    const destination = this.#byPort[destinationPort]!;
    if ((source | destination) === 0) return;
    const place = source === 0 || (destination !== 0 && destination < source) ? destination : source;
    this.#prints[place - 1]!(at, length, sourcePort, destinationPort);
  }
}
