import type { Output } from "./output.ts";

/** Prints the payload of TCP segments whose port says what it is. */
export class TcpApplications {
  readonly #out: Output;

  constructor(out: Output) {
    this.#out = out;
  }

  /** Prints what follows ", length n": nothing for a port that is not known. */
  print(_sourcePort: number, _destinationPort: number, _at: number, _length: number): void {
    void this.#out;
  }
}
