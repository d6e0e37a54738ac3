import { ipv6Text } from "../wire/address.ts";
import { Phrase, type TextSink } from "./sink.ts";

/** Host names at most, from whatever sources. */
const MAX_HOSTS = 1 << 16;
/** Longest name that is printed (RFC 1035 section 2.3.4). */
const MAX_NAME = 253;

const DOT = 0x2e;

/** Asked for the name of an address that has none yet; the name comes later with `addHost`, or never. */
export type AskName = (address: string) => void;

/** How names are shown. */
export interface NamesOptions {
  /** Whether link-layer addresses are followed by their organisation; true when left out. */
  readonly organisations?: boolean;
  /** Whether names end before their first dot. */
  readonly withoutDomain?: boolean;
  readonly ask?: AskName | undefined;
}

/** Names that stand for addresses and ports in a line. */
export class Names {
  readonly #tcp: (Phrase | undefined)[] = [];
  readonly #udp: (Phrase | undefined)[] = [];
  /** By the address as a number, and as text. */
  readonly #ipv4 = new Map<number, Phrase>();
  readonly #ipv6 = new Map<string, Phrase>();
  readonly #asked = new Set<string>();
  /** Link-layer addresses are followed by their organisation. */
  readonly organisations: boolean;
  readonly #withoutDomain: boolean;
  readonly #ask: AskName | undefined;

  constructor({ organisations = true, withoutDomain = false, ask }: NamesOptions = {}) {
    this.organisations = organisations;
    this.#withoutDomain = withoutDomain;
    this.#ask = ask;
  }

  /** Names a port; the first name that it gets stays. */
  addPort(protocol: "tcp" | "udp", port: number, name: string): void {
    const names = protocol === "tcp" ? this.#tcp : this.#udp;
    names[port] ??= new Phrase(safeName(name));
  }

  /** Names an address, dotted or in any form of IPv6; the first name that it gets stays. */
  addHost(address: string, name: string): void {
    const text = safeName(this.#withoutDomain ? (name.split(".", 1)[0] ?? name) : name);
    if (text === "" || this.#ipv4.size + this.#ipv6.size >= MAX_HOSTS) return;
    const number = ipv4Number(address);
    if (number < 0) {
      const key = address.toLowerCase();
      if (!this.#ipv6.has(key)) this.#ipv6.set(key, new Phrase(text));
    } else if (!this.#ipv4.has(number)) {
      this.#ipv4.set(number, new Phrase(text));
    }
  }

  /** Prints a port: its name, or the number. */
  port(sink: TextSink, protocol: "tcp" | "udp", port: number): void {
    const name = protocol === "tcp" ? this.#tcp[port] : this.#udp[port];
    if (name === undefined) sink.decimal(port);
    else sink.phrase(name);
  }

  /** The name of the 4 bytes at `at`, if it has one. */
  ipv4(view: DataView, at: number): Phrase | undefined {
    const name = this.#ipv4.get(view.getUint32(at));
    if (name === undefined && this.#ask !== undefined) {
      const bytes = [view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3)];
      this.#askFor(bytes.join("."));
    }
    return name;
  }

  /** The name of an IPv6 address, given as its text (RFC 5952). */
  ipv6(text: string): Phrase | undefined {
    const name = this.#ipv6.get(text);
    if (name === undefined && this.#ask !== undefined) this.#askFor(text);
    return name;
  }

  #askFor(address: string): void {
    if (this.#asked.has(address) || this.#asked.size >= MAX_HOSTS) return;
    this.#asked.add(address);
    this.#ask?.(address);
  }

  /** Prints an address of 4 or 16 bytes: its name, or the number. */
  address(sink: TextSink, bytes: Uint8Array, view: DataView, at: number, length: number): void {
    if (length === 4) {
      const name = this.ipv4(view, at);
      if (name !== undefined) sink.phrase(name);
      else {
        sink.dottedQuad(bytes, at);
        sink.back();
      }
      return;
    }
    const text = ipv6Text(bytes, at);
    const name = this.ipv6(text);
    if (name === undefined) sink.text(text);
    else sink.phrase(name);
  }

  /** The same with a dot behind, as before a port. */
  addressAndDot(sink: TextSink, bytes: Uint8Array, view: DataView, at: number, length: number): void {
    this.address(sink, bytes, view, at, length);
    sink.char(DOT);
  }
}

/** A dotted address as a number below 2^32; -1 for other text. */
function ipv4Number(text: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return -1;
  const octets = match.slice(1).map(Number);
  if (octets.some((octet) => octet > 255)) return -1;
  return octets.reduce((number, octet) => number * 256 + octet, 0);
}

/** Printable ASCII only: names come from files and from the network. */
function safeName(name: string): string {
  return name.slice(0, MAX_NAME).replaceAll(/[^!-~]/g, "?");
}
