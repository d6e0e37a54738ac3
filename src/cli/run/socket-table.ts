import os from "node:os";
import { addressText } from "../../wire/address.ts";

/** A line of /proc/net/tcp or tcp6. */
export interface SocketEntry {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly isListening: boolean;
  /** In SYN_SENT. */
  readonly isConnecting: boolean;
  readonly uid: number;
  /** 0: no process holds it any more. */
  readonly inode: number;
}

const LISTEN = "0A";
const SYN_SENT = "02";
const IPV4_DIGITS = 8;
const MAPPED = "::ffff:";

/** The sockets of /proc/net/tcp or tcp6; lines that cannot be read are left out. */
export function parseSocketTable(text: string): SocketEntry[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local = "", remote = "", state = "", , , , uid = "", , inode = ""] = line.trim().split(/\s+/);
      const here = parseEnd(local);
      const there = parseEnd(remote);
      if (here === undefined || there === undefined || !/^\d+$/.test(uid) || !/^\d+$/.test(inode)) return [];
      return [
        {
          localAddress: here.address,
          localPort: here.port,
          remoteAddress: there.address,
          remotePort: there.port,
          isListening: state === LISTEN,
          isConnecting: state === SYN_SENT,
          uid: Number(uid),
          inode: Number(inode),
        },
      ];
    });
}

/** An address in words of the host's byte order, and a port. */
function parseEnd(text: string): { address: string; port: number } | undefined {
  const [, digits, port] = /^([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4})$/.exec(text) ?? [];
  if (digits === undefined || port === undefined) return undefined;
  const bytes = Buffer.from(digits, "hex");
  if (os.endianness() === "LE") bytes.swap32();
  const address = addressText(bytes, 0, digits.length === IPV4_DIGITS ? 4 : 16);
  // An IPv6 socket that talks IPv4.
  return {
    address: address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address,
    port: Number.parseInt(port, 16),
  };
}
