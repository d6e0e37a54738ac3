import dgram from "node:dgram";
import { lookup } from "node:dns/promises";
import net from "node:net";
import os from "node:os";
import { parseServices, systemFile } from "../../capture/text/services.ts";
import type { ConnectOptions } from "../connect.ts";
import { UsageError } from "../status.ts";

/** Where a connection is to begin. */
interface SourceEnd {
  readonly address: string;
  /** Undefined: the kernel chooses. */
  readonly port: number | undefined;
}

/** One address to connect to. */
export interface Target {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  readonly source: SourceEnd | undefined;
  /** The address that the kernel connects from; undefined: it has no route. */
  readonly local: string | undefined;
  /** The interface that carries it; undefined when that is not sure. */
  readonly interfaceName: string | undefined;
  /** It is this host's own loopback interface. */
  readonly isLoopback: boolean;
}

const HIGHEST_PORT = 65_535;

/** A port by its number or by the name of its service. */
export function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : servicePort(text);
  if (port === undefined || port < 1 || port > HIGHEST_PORT) {
    throw new UsageError(`${text}: is no port: a number from 1 to ${HIGHEST_PORT}, or a name of /etc/services`);
  }
  return port;
}

function servicePort(name: string): number | undefined {
  return parseServices(systemFile("/etc/services"), false).tcp.get(name);
}

/** The source that is asked for. */
function sourceOf(text: string | undefined): SourceEnd | undefined {
  if (text === undefined) return undefined;
  if (net.isIP(text) !== 0) return { address: text, port: undefined };
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? "";
  if (net.isIP(address) === 0 || Number(port) > HIGHEST_PORT) {
    throw new UsageError(`option --source: ${text} is no ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT`);
  }
  return { address, port: Number(port) };
}

/** The addresses of the host, in the order of the system. Rejects with the resolver's error when there are none. */
export async function targetsOf(host: string, port: number, options: ConnectOptions): Promise<Target[]> {
  const { ipv4, ipv6 } = options;
  const source = sourceOf(options.source);
  const family = wantedFamily(ipv4 === true, ipv6 === true, source);
  const found = await lookup(host, { all: true, verbatim: true, family });
  const addresses = [...new Map(found.map((each) => [each.address, each.family === 6 ? 6 : 4] as const))];
  return Promise.all(addresses.map(([address, version]) => targetOf(address, port, version, source)));
}

function wantedFamily(ipv4: boolean, ipv6: boolean, source: SourceEnd | undefined): 0 | 4 | 6 {
  if (ipv4 && ipv6) throw new UsageError("options --ipv4 and --ipv6 exclude each other");
  const own = source === undefined ? 0 : net.isIPv6(source.address) ? 6 : 4;
  if ((ipv4 && own === 6) || (ipv6 && own === 4)) {
    throw new UsageError("option --source: its address is of the other version of IP");
  }
  return ipv4 ? 4 : ipv6 ? 6 : own;
}

async function targetOf(address: string, port: number, family: 4 | 6, source: SourceEnd | undefined): Promise<Target> {
  const local = await localAddress(address, port, family, source);
  return { address, port, family, source, local, ...interfaceOf(address, local) };
}

/** The address that the routes lead from: a datagram socket is told, and nothing is sent. */
async function localAddress(
  address: string,
  port: number,
  family: 4 | 6,
  source: SourceEnd | undefined,
): Promise<string | undefined> {
  const socket = dgram.createSocket({ type: family === 6 ? "udp6" : "udp4" });
  try {
    return await new Promise<string | undefined>((resolve) => {
      const connect = (): void =>
        socket.connect(port, address, (...failure: unknown[]) => {
          resolve(failure[0] instanceof Error ? undefined : socket.address().address);
        });
      socket.once("error", () => resolve(undefined));
      if (source === undefined) connect();
      else socket.bind({ address: source.address, port: 0 }, connect);
    });
  } finally {
    socket.close();
  }
}

/** The interface that has the local address, if there is one and only one. */
function interfaceOf(address: string, local: string | undefined): Pick<Target, "interfaceName" | "isLoopback"> {
  const [, scope] = address.split("%", 2);
  if (scope !== undefined) return { interfaceName: scope, isLoopback: false };
  if (process.platform === "win32" || local === undefined) return { interfaceName: undefined, isLoopback: false };
  const all = Object.entries(os.networkInterfaces());
  const having = (wanted: string): string[] =>
    all.flatMap(([name, list]) => (list?.some((each) => each.address === withoutScope(wanted)) === true ? [name] : []));
  const isLoopback = (name: string): boolean =>
    all.some(([each, list]) => each === name && list?.[0]?.internal === true);
  // What is for this host itself goes over its loopback interface, whichever has the address.
  if (having(address).length > 0 || isLoopbackAddress(address)) {
    return { interfaceName: all.find(([name]) => isLoopback(name))?.[0], isLoopback: true };
  }
  const [only, ...others] = having(local);
  // An address of the loopback interface can be used on any.
  const isSure = only !== undefined && others.length === 0 && !isLoopback(only);
  return { interfaceName: isSure ? only : undefined, isLoopback: false };
}

function isLoopbackAddress(address: string): boolean {
  return address === "::1" || (net.isIPv4(address) && address.startsWith("127."));
}

export function withoutScope(address: string): string {
  return address.split("%", 1)[0] ?? address;
}
