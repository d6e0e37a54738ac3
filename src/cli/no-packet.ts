import os from "node:os";
import * as causes from "../diagnosis/causes.ts";
import type { Cause } from "../diagnosis/verdict.ts";

/** Why a connect() that has no error of its own leaves no packet. */
export const LOCAL_FIREWALL =
  "no packet of it left this host: a firewall in its OUTPUT chain drops them (nft list ruleset; iptables -vnL OUTPUT)";

/** What an error means that the kernel gives without any packet. */
export function kernelsOwn(errno: string | null): { readonly cause: Cause; readonly text: string } | undefined {
  const { NO_ROUTE, LOCAL_ADDRESS_OR_PORT, LOCAL_FIREWALL_REJECT } = causes;
  switch (errno) {
    case "ENETUNREACH":
      return { cause: NO_ROUTE, text: "this host has no route to the address (ip route get ADDRESS)" };
    case "EHOSTUNREACH":
      return {
        cause: NO_ROUTE,
        text: "a route of type unreachable leads there, or the neighbour is known not to answer (ip route get ADDRESS; ip neigh)",
      };
    case "EACCES":
      return {
        cause: NO_ROUTE,
        text: "a route of type prohibit leads there, or a policy of this host forbids it (ip route get ADDRESS)",
      };
    case "EINVAL":
      return {
        cause: NO_ROUTE,
        text: "a route of type blackhole leads there, or source and destination do not go together (ip route get ADDRESS)",
      };
    case "EADDRNOTAVAIL":
      return {
        cause: LOCAL_ADDRESS_OR_PORT,
        text: "no interface has the source address, or no local port is free (ip address; ss -tan)",
      };
    case "EADDRINUSE":
      return {
        cause: LOCAL_ADDRESS_OR_PORT,
        text: `the source port is in use (${os.platform() === "linux" ? "ss -tan" : "netstat -an"})`,
      };
    case "EPERM":
      return {
        cause: LOCAL_FIREWALL_REJECT,
        text: "a firewall or a policy of this host forbids it (nft list ruleset; iptables -vnL OUTPUT)",
      };
    default:
      return undefined;
  }
}
