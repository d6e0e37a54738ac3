import type { Connection } from "../flow/connection.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { durationText } from "./text.ts";
import { hopsFrom } from "./stack.ts";
import type { Vantage } from "./verdict.ts";

/** One half of the handshake has to be so many times shorter than the other to be made at the capture. */
const MUCH_SHORTER = 4;
/** Halves shorter than this are host times, which say nothing of the way. */
const WIRE_NS = 200_000;

/**
 * Where the capture was made: a TTL that has not been counted down is its sender's,
 * and of the two halves of the handshake the nearer end's is the shorter one.
 */
export function vantageOf(connection: Connection): Vantage {
  const client = hopsOf(connection, CLIENT);
  const server = hopsOf(connection, SERVER);
  const byTtl = fromTtls(client, server);
  if (byTtl !== undefined) return byTtl;
  const halves = halvesOf(connection);
  if (halves !== undefined) return fromHalves(halves);
  if (client === 0 && server === 0)
    return { at: "unknown", reason: "both ends are on this link or this host: no TTL has been counted down" };
  if (client === 0) return { at: "client", reason: "the client's TTL has not been counted down; nothing came back" };
  if (client > 0 || server > 0) return { at: "middle", reason: "the TTL that was seen has been counted down" };
  return { at: "unknown", reason: "no handshake, and no TTL that tells" };
}

/** Routers between an end and the capture; -1: not known. */
function hopsOf(connection: Connection, end: 0 | 1): number {
  const { firstTtl } = connection.ends[end];
  return firstTtl < 0 ? -1 : hopsFrom(firstTtl).hops;
}

function fromTtls(client: number, server: number): Vantage | undefined {
  if (client < 0 || server < 0) return undefined;
  if (client === 0 && server > 0)
    return {
      at: "client",
      reason: `the client's TTL has not been counted down, the server is ${hopsText(server)} away`,
    };
  if (server === 0 && client > 0)
    return {
      at: "server",
      reason: `the server's TTL has not been counted down, the client is ${hopsText(client)} away`,
    };
  if (client > 0 && server > 0)
    return { at: "middle", reason: `the client is ${hopsText(client)} away, the server ${hopsText(server)}` };
  return undefined;
}

function hopsText(hops: number): string {
  return hops === 1 ? "1 hop" : `${hops} hops`;
}

interface Halves {
  readonly toServer: number;
  readonly toClient: number;
}

function halvesOf(connection: Connection): Halves | undefined {
  if (connection.synAckTimeNs < 0 || connection.handshakeAckTimeNs < 0) return undefined;
  return {
    toServer: connection.synAckTimeNs - connection.answeredSynTimeNs,
    toClient: connection.handshakeAckTimeNs - connection.lastSynAckTimeNs,
  };
}

/** Both ends are on this link, as far as the TTLs tell: times decide. */
function fromHalves({ toServer, toClient }: Halves): Vantage {
  const reason = `SYN to SYN-ACK ${durationText(toServer / 1e9)}, SYN-ACK to ACK ${durationText(toClient / 1e9)}`;
  if (toServer > WIRE_NS && toServer > MUCH_SHORTER * toClient) return { at: "client", reason };
  if (toClient > WIRE_NS && toClient > MUCH_SHORTER * toServer) return { at: "server", reason };
  return { at: "unknown", reason: `both ends are on this link or this host; ${reason}` };
}
