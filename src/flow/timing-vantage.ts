import type { Connection } from "./connection.ts";
import { CLIENT, type EndIndex, SERVER } from "./states.ts";
import { NEVER } from "./time.ts";

/** Where the capture was made: at an end's host, between them, on a host that is both, or not to be told. */
export type CapturePoint = "client" | "server" | "middle" | "loopback" | "unknown";

/** What tells it. */
export type CapturePointReason =
  /** Both addresses are the same host's. */
  | "same-host"
  /** One end's packets have passed no router, the other's have. */
  | "hops"
  /** One half of the handshake takes nearly none of its time. */
  | "handshake-halves"
  /** Neither. */
  | "both-far"
  /** No handshake, and no packets of both ends. */
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

/** Initial TTLs in use. */
const INITIAL_TTLS = [32, 64, 128, 255];
/** A half of the handshake below this share of it is that of the host with the capture. */
const NEAR = 0.1;
/** Below this a half is a host's own, however short the other one is, in nanoseconds. */
const OWN_NS = 200_000;

/** Where the capture stands, by addresses, TTLs and the halves of the handshake. */
export function vantageOf(connection: Connection): Vantage {
  const { client, server } = connection;
  const hops: readonly [number, number] = [hopsOf(client.firstTtl), hopsOf(server.firstTtl)];
  const hasSynAck = connection.synAckTimeNs !== NEVER && connection.answeredSynTimeNs !== NEVER;
  const serverHalfNs = hasSynAck ? Math.max(0, connection.synAckTimeNs - connection.answeredSynTimeNs) : -1;
  const hasAck = hasSynAck && connection.established && connection.lastSynAckTimeNs !== NEVER;
  const clientHalfNs = hasAck ? Math.max(0, connection.handshakeAckTimeNs - connection.lastSynAckTimeNs) : -1;
  const told = tell(connection, hops, serverHalfNs, clientHalfNs);
  return { ...told, hops, serverHalfNs, clientHalfNs };
}

function tell(
  connection: Connection,
  hops: readonly [number, number],
  serverHalfNs: number,
  clientHalfNs: number,
): { point: CapturePoint; reason: CapturePointReason } {
  if (isSameHost(connection)) return { point: "loopback", reason: "same-host" };
  const near = nearEnd(serverHalfNs, clientHalfNs);
  if (hops[CLIENT] === 0 && hops[SERVER] > 0 && near !== SERVER) return { point: "client", reason: "hops" };
  if (hops[SERVER] === 0 && hops[CLIENT] > 0 && near !== CLIENT) return { point: "server", reason: "hops" };
  if (near !== undefined) return { point: near === CLIENT ? "client" : "server", reason: "handshake-halves" };
  if (hops[CLIENT] > 0 && hops[SERVER] > 0) return { point: "middle", reason: "hops" };
  if (clientHalfNs > OWN_NS && serverHalfNs > OWN_NS) return { point: "middle", reason: "both-far" };
  return { point: "unknown", reason: "no-evidence" };
}

/** The end that takes nearly nothing of the handshake's time. */
function nearEnd(serverHalfNs: number, clientHalfNs: number): EndIndex | undefined {
  if (serverHalfNs < 0 || clientHalfNs < 0) return undefined;
  const total = serverHalfNs + clientHalfNs;
  if (clientHalfNs < NEAR * total && serverHalfNs > OWN_NS) return CLIENT;
  return serverHalfNs < NEAR * total && clientHalfNs > OWN_NS ? SERVER : undefined;
}

function hopsOf(ttl: number): number {
  if (ttl < 0) return -1;
  return (INITIAL_TTLS.find((initial) => ttl <= initial) ?? ttl) - ttl;
}

function isSameHost({ addresses, ipVersion }: Connection): boolean {
  const length = addresses.length / 2;
  if (ipVersion === 4 && addresses[0] === 127) return true;
  for (let i = 0; i < length; i++) if (addresses[i] !== addresses[length + i]) return false;
  return length > 0;
}
