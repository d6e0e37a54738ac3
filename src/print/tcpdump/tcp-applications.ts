import { DnsPrinter } from "./dns.ts";
import type { Output } from "./output.ts";
import { printTelnet } from "./telnet.ts";
import * as text from "./text.ts";

/** Ports of protocols that are lines of text. */
const TEXT_PORTS: ReadonlyMap<number, text.TextProtocol> = new Map([
  [21, text.FTP],
  [25, text.SMTP],
  [43, text.WHOIS],
  [80, text.HTTP],
  [8080, text.HTTP],
  [554, text.RTSP],
  [8554, text.RTSP],
]);

/** All ports that are known, so that the others cost two look-ups in a table. */
const IS_KNOWN = new Uint8Array(65536);
for (const port of [22, 23, 53, ...TEXT_PORTS.keys()]) IS_KNOWN[port] = 1;

/** Prints the payload of TCP segments whose port says what it is. */
export class TcpApplications {
  readonly #out: Output;
  readonly #dns: DnsPrinter;

  constructor(out: Output) {
    this.#out = out;
    this.#dns = new DnsPrinter(out);
  }

  /** Prints what follows ", length n": nothing for a port that is not known. */
  print(sourcePort: number, destinationPort: number, at: number, length: number): void {
    if (IS_KNOWN[sourcePort] === 0 && IS_KNOWN[destinationPort] === 0) return;
    const out = this.#out;
    const has = (port: number): boolean => sourcePort === port || destinationPort === port;
    if (has(23)) printTelnet(out, at, length);
    else if (has(22)) text.printSsh(out, at, length);
    else {
      for (const [port, protocol] of TEXT_PORTS) {
        if (!has(port)) continue;
        out.sink.text(": ");
        text.printText(out, protocol, at, length);
        return;
      }
      this.#dns.printOverTcp(at, length);
    }
  }
}
