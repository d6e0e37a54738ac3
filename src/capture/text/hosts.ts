import { isIP } from "node:net";
import type { RecordedName } from "../source.ts";

/** Stand-in addresses, in this order: those of documentation (RFC 5737), then those of benchmarks (RFC 2544). */
const RANGES: readonly (readonly [string, number])[] = [
  ["192.0.2", 254],
  ["198.51.100", 254],
  ["203.0.113", 254],
];
const BENCHMARK_HOSTS = 1 << 16;
const MAX_LITERALS = 4096;

/** Names that mean the same everywhere. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  localhost: "127.0.0.1",
  "localhost.localdomain": "127.0.0.1",
  "ip6-localhost": "::1",
  broadcasthost: "255.255.255.255",
};

const NAME = /^[A-Za-z0-9_](?:[\w.-]{0,251}[\w])?$/;

/** Addresses for the hosts of a trace: names get stand-ins in the order in which they appear. */
export class HostAddresses {
  readonly #addresses = new Map<string, string>();
  /** Texts that are addresses. */
  readonly #literals = new Set<string>();
  /** Names with their stand-ins. */
  readonly names: RecordedName[] = [];

  /** The address, of text that is one or a name; undefined when it is neither, or there are too many names. */
  address(text: string, version?: 6): string | undefined {
    if (this.#literals.has(text)) return text;
    if (isIP(text) !== 0) return this.#literal(text);
    const name = text.toLowerCase();
    if (version === 6 && name === "localhost") return "::1";
    if (Object.hasOwn(WELL_KNOWN, name)) return WELL_KNOWN[name];
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    if (!NAME.test(text)) return undefined;
    const address = standIn(this.#addresses.size, version);
    if (address === undefined) return undefined;
    this.#addresses.set(name, address);
    this.names.push({ address, name: text });
    return address;
  }

  #literal(text: string): string {
    if (text.includes("%")) return text.slice(0, text.indexOf("%"));
    if (this.#literals.size >= MAX_LITERALS) this.#literals.clear();
    this.#literals.add(text);
    return text;
  }
}

/** The stand-in number `index`; RFC 3849 for IPv6. */
function standIn(index: number, version: 6 | undefined): string | undefined {
  if (index >= BENCHMARK_HOSTS) return undefined;
  if (version === 6) return `2001:db8::${(index + 1).toString(16)}`;
  let left = index;
  for (const [network, hosts] of RANGES) {
    if (left < hosts) return `${network}.${left + 1}`;
    left -= hosts;
  }
  return `198.18.${left >> 8}.${left & 0xff}`;
}
