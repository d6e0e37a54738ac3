import type { Connection } from "./connection.ts";
import type { TcpState } from "./states.ts";

/**
 * The server's state as a line tells it at its time: until it has answered a SYN, it is taken to listen, though only
 * the answer shows whether it does.
 */
export function shownServerState({ client, server }: Connection): TcpState {
  const isAsked = server.state === "UNKNOWN" && client.state === "SYN_SENT" && !server.hasSent;
  return isAsked ? "LISTEN" : server.state;
}
