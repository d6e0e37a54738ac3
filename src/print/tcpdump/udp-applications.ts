import type { Network } from "./network.ts";
import type { Output } from "./output.ts";
import { printGeneve, printOtv, printVxlan } from "./overlay.ts";

const VXLAN = 4789;
const OTV = 8472;
const GENEVE = 6081;

/** Prints the payload of datagrams whose port says what it is. */
export class UdpApplications {
  readonly #out: Output;
  readonly #network: Network;

  constructor(out: Output, network: Network) {
    this.#out = out;
    this.#network = network;
  }

  /** Prints the payload; false for a port that is not known. */
  print(sourcePort: number, destinationPort: number, at: number, length: number): boolean {
    const out = this.#out;
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
    return sourcePort < 0;
  }
}
