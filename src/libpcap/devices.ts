import { LibpcapError } from "./error.ts";
import { ERROR_LENGTH, type Pointer, textOf } from "./handle.ts";
import type { LibpcapLibrary } from "./library.ts";

/** Something that libpcap can capture on. */
export interface DeviceInfo {
  readonly name: string;
  /** "" when it has none. */
  readonly description: string;
  readonly up: boolean;
  readonly running: boolean;
  readonly loopback: boolean;
  readonly wireless: boolean;
  /** Undefined where it has no meaning. */
  readonly connection: "unknown" | "connected" | "disconnected" | undefined;
  /** Addresses of IPv4 and IPv6, as bytes (4 or 16) and the length of their network's prefix. */
  readonly addresses: readonly DeviceAddress[];
}

export interface DeviceAddress {
  readonly bytes: Uint8Array;
  /** In bits; -1 when not known. */
  readonly prefixLength: number;
}

const LOOPBACK = 1;
const UP = 2;
const RUNNING = 4;
const WIRELESS = 8;
const CONNECTION = 0x30;
const CONNECTIONS: ReadonlyMap<number, DeviceInfo["connection"]> = new Map([
  [0, "unknown"],
  [0x10, "connected"],
  [0x20, "disconnected"],
]);

const AF_INET = 2;
const AF_INET6: Partial<Record<NodeJS.Platform, number>> = {
  linux: 10,
  android: 10,
  darwin: 30,
  freebsd: 28,
  openbsd: 24,
  win32: 23,
};
/** Systems whose `struct sockaddr` begins with its length. */
const HAS_LENGTH = new Set<NodeJS.Platform>(["darwin", "freebsd", "openbsd"]);
/** Bytes of `struct sockaddr_in` before the address, and of `struct sockaddr_in6`. */
const ADDRESS_AT = 4;
const ADDRESS6_AT = 8;

interface InterfaceRecord {
  readonly next: Pointer;
  readonly name: string;
  readonly description: string | null;
  readonly addresses: Pointer;
  readonly flags: number;
}

interface AddressRecord {
  readonly next: Pointer;
  readonly address: Pointer;
  readonly netmask: Pointer;
}

/** Lists what libpcap can capture on, in its order; needs no privilege. */
export function deviceLister({ koffi, handle }: LibpcapLibrary): () => DeviceInfo[] {
  const interfaceType = koffi.struct({
    next: "void *",
    name: "const char *",
    description: "const char *",
    addresses: "void *",
    flags: "uint32_t",
  });
  const addressType = koffi.struct({
    next: "void *",
    address: "void *",
    netmask: "void *",
    broadcast: "void *",
    destination: "void *",
  });
  const find: (list: Pointer, error: Uint8Array) => number = handle.func(
    "int pcap_findalldevs(void *list, _Out_ uint8_t *error)",
  );
  const free: (list: Pointer) => void = handle.func("void pcap_freealldevs(void *list)");

  const bytesOf = (address: Pointer): Uint8Array | undefined => {
    if (address === null) return undefined;
    const head = new Uint8Array(koffi.view(address, 2));
    const family = HAS_LENGTH.has(process.platform) ? head[1] : new Uint16Array(head.slice().buffer)[0];
    // Copies: the memory is freed with the list.
    if (family === AF_INET) return new Uint8Array(koffi.view(address, ADDRESS_AT + 4)).slice(ADDRESS_AT);
    if (family !== AF_INET6[process.platform]) return undefined;
    return new Uint8Array(koffi.view(address, ADDRESS6_AT + 16)).slice(ADDRESS6_AT);
  };
  const addressesOf = (first: Pointer): DeviceAddress[] => {
    const addresses: DeviceAddress[] = [];
    for (let at = first; at !== null;) {
      const record: AddressRecord = koffi.decode(at, addressType);
      const bytes = bytesOf(record.address);
      if (bytes !== undefined) addresses.push({ bytes, prefixLength: prefixLength(bytesOf(record.netmask)) });
      at = record.next;
    }
    return addresses;
  };

  return () => {
    const list: Pointer = koffi.alloc("void *", 1);
    const error = new Uint8Array(ERROR_LENGTH);
    try {
      if (find(list, error) !== 0) throw new LibpcapError("device-failed", textOf(error));
      const first: Pointer = koffi.decode(list, "void *");
      const devices: DeviceInfo[] = [];
      for (let at = first; at !== null;) {
        const record: InterfaceRecord = koffi.decode(at, interfaceType);
        devices.push(deviceInfo(record, addressesOf(record.addresses)));
        at = record.next;
      }
      if (first !== null) free(first);
      return devices;
    } finally {
      koffi.free(list);
    }
  };
}

function deviceInfo({ name, description, flags }: InterfaceRecord, addresses: DeviceAddress[]): DeviceInfo {
  return {
    name,
    description: description ?? "",
    up: (flags & UP) !== 0,
    running: (flags & RUNNING) !== 0,
    loopback: (flags & LOOPBACK) !== 0,
    wireless: (flags & WIRELESS) !== 0,
    connection: CONNECTIONS.get(flags & CONNECTION),
    addresses,
  };
}

/** Ones at the start of a mask. */
function prefixLength(mask: Uint8Array | undefined): number {
  if (mask === undefined) return -1;
  let bits = 0;
  for (const byte of mask) {
    bits += Math.clz32(~(byte << 24));
    if (byte !== 0xff) break;
  }
  return bits;
}
