import type { Connection } from "../flow/connection.ts";
import { vantageOf as capturePointOf } from "../flow/vantage.ts";
import { durationText } from "./text.ts";
import type { Vantage } from "./verdict.ts";

/** Where the capture was made, and what tells it, in words. */
export function vantageOf(connection: Connection): Vantage {
  const { point, reason, hops, serverHalfNs, clientHalfNs } = capturePointOf(connection);
  const halves =
    serverHalfNs < 0 || clientHalfNs < 0
      ? ""
      : `SYN to SYN-ACK ${durationText(serverHalfNs / 1e9)}, SYN-ACK to ACK ${durationText(clientHalfNs / 1e9)}`;
  switch (reason) {
    case "same-host":
      return { at: point, reason: "both addresses are this host's" };
    case "hops":
      return { at: point, reason: hopsReason(hops) };
    case "handshake-halves":
    case "both-far":
      return { at: point, reason: halves };
    case "contradiction":
      return { at: point, reason: `${hopsReason(hops)}, but ${halves}` };
    case "one-sided":
      return { at: point, reason: oneSidedReason(hops) };
    case "no-evidence":
      return { at: point, reason: undecidedReason(hops, halves) };
    default:
      return reason satisfies never;
  }
}

function hopsReason([client, server]: readonly [number, number]): string {
  if (client > 0 && server > 0) return `the client is ${hopsText(client)} away, the server ${hopsText(server)}`;
  return client === 0
    ? `the client's TTL has not been counted down, the server is ${hopsText(server)} away`
    : `the server's TTL has not been counted down, the client is ${hopsText(client)} away`;
}

function oneSidedReason([client, server]: readonly [number, number]): string {
  const [end, hops] = server < 0 ? ["client", client] : ["server", server];
  return hops === 0
    ? `on the ${end}'s link or at the ${end}: its TTL has not been counted down, and no packet of the other end came`
    : `not at the ${end}, which is ${hopsText(hops)} away; no packet of the other end came`;
}

function undecidedReason([client]: readonly [number, number], halves: string): string {
  if (client < 0) return "no TTL that tells";
  return `both ends are on this link or this host${halves === "" ? ": no TTL has been counted down" : `; ${halves}`}`;
}

function hopsText(hops: number): string {
  return hops === 1 ? "1 hop" : `${hops} hops`;
}
