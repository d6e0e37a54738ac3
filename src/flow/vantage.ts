import type { Connection } from "./connection.ts";
import { hopsFrom } from "./initial-ttl.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";

/** Where the capture was made: at an end's host, between them, on a host that is both, or not to be told. */
export type CapturePoint = "client" | "server" | "middle" | "loopback" | "unknown";

/** What tells it. */
export type CapturePointReason =
  /** Both addresses are the same host's. */
  | "same-host"
  /** One end's packets have passed no router, the other's have; or both have. */
  | "hops"
  /** One half of the handshake takes nearly none of its time. */
  | "handshake-halves"
  /** No packet has passed a router, and both halves take time. */
  | "both-far"
  /** The end whose packets have passed no router is far by its half of the handshake, the other one near. */
  | "contradiction"
  /** Packets of one end only: they tell where the capture was not made, at most. */
  | "one-sided"
  /** None of these. */
  | "no-evidence";

export interface Vantage {
  readonly point: CapturePoint;
  readonly reason: CapturePointReason;
  /** Routers between each end and the capture point, by the next usual initial TTL; -1: not known. */
  readonly hops: readonly [number, number];
  /** From capture point to the server and back, and to the client and back, in nanoseconds; -1: not known. */
  readonly serverHalfNs: number;
  readonly clientHalfNs: number;
}

/** A half of the handshake below this share of it is that of the host with the capture. */
const NEAR = 0.1;
/** Below this a half is a host's own, however short the other one is, in nanoseconds. */
const OWN_NS = 200_000;

/** Where the capture stands, by addresses, TTLs and the halves of the handshake. */
export function vantageOf(connection: Connection): Vantage {
  const hops: readonly [number, number] = [hopsOf(connection.client.firstTtl), hopsOf(connection.server.firstTtl)];
  const serverHalfNs = connection.wayNs(SERVER);
  const clientHalfNs = connection.wayNs(CLIENT);
  const told = isSameHost(connection)
    ? ({ point: "loopback", reason: "same-host" } as const)
    : tell(hops, serverHalfNs, clientHalfNs);
  return { ...told, hops, serverHalfNs, clientHalfNs };
}

/** Who has passed a router was not captured at its host; times decide between ends on this link. */
function tell(
  [client, server]: readonly [number, number],
  serverHalfNs: number,
  clientHalfNs: number,
): { point: CapturePoint; reason: CapturePointReason } {
  if (client < 0 && server < 0) return { point: "unknown", reason: "no-evidence" };
  if (client < 0 || server < 0) return { point: "unknown", reason: "one-sided" };
  if (client > 0 && server > 0) return { point: "middle", reason: "hops" };
  const near = nearEnd(serverHalfNs, clientHalfNs);
  if (client > 0 || server > 0) {
    const whole = client > 0 ? SERVER : CLIENT;
    if (near !== undefined && near !== whole) return { point: "unknown", reason: "contradiction" };
    return { point: POINTS[whole], reason: "hops" };
  }
  if (near !== undefined) return { point: POINTS[near], reason: "handshake-halves" };
  if (clientHalfNs > OWN_NS && serverHalfNs > OWN_NS) return { point: "middle", reason: "both-far" };
  return { point: "unknown", reason: "no-evidence" };
}

const POINTS = ["client", "server"] as const;

/** The end that takes nearly nothing of the handshake's time. */
function nearEnd(serverHalfNs: number, clientHalfNs: number): EndIndex | undefined {
  if (serverHalfNs < 0 || clientHalfNs < 0) return undefined;
  const total = serverHalfNs + clientHalfNs;
  if (clientHalfNs < NEAR * total && serverHalfNs > OWN_NS) return CLIENT;
  return serverHalfNs < NEAR * total && clientHalfNs > OWN_NS ? SERVER : undefined;
}

function hopsOf(ttl: number): number {
  return ttl < 0 ? -1 : hopsFrom(ttl).hops;
}

function isSameHost({ addresses, ipVersion }: Connection): boolean {
  const length = addresses.length / 2;
  if (ipVersion === 4 && addresses[0] === 127) return true;
  for (let i = 0; i < length; i++) if (addresses[i] !== addresses[length + i]) return false;
  return length > 0;
}
