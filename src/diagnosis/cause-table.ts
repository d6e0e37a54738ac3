import * as causes from "./causes.ts";
import type { Cause } from "./verdict.ts";

/** A cause for people: what it looks like on the wire, and what the program gets on Linux. */
export interface CauseRow {
  readonly cause: Cause;
  readonly wire: string;
  readonly program: string;
}

const row = (cause: Cause, wire: string, program: string): CauseRow => ({ cause, wire, program });

/** All causes in the order of their codes. Those that leave nothing on the wire are no verdicts of a capture. */
export const CAUSE_TABLE: readonly CauseRow[] = [
  row(causes.OK, "the handshake is complete and nothing failed", "0"),
  row(
    causes.NO_ROUTE,
    "nothing: the own routing table has no way (no verdict of a capture; connect and run are told by the kernel)",
    "connect: ENETUNREACH, EHOSTUNREACH, EACCES or EINVAL, by the route's type",
  ),
  row(
    causes.LOCAL_FIREWALL_REJECT,
    "ICMP error or RST from the host itself, no SYN",
    "connect: ECONNREFUSED, EHOSTUNREACH…",
  ),
  row(
    causes.LOCAL_FIREWALL_DROP,
    "nothing, for the whole schedule of SYNs (no verdict of a capture; connect and run see the socket)",
    "connect: ETIMEDOUT",
  ),
  row(
    causes.NEIGHBOUR_UNREACHABLE,
    "ARP or neighbour discovery three times, unanswered, no SYN",
    "connect: EHOSTUNREACH after 3 s",
  ),
  row(
    causes.LOCAL_ADDRESS_OR_PORT,
    "nothing: no port is free, or the address is not the host's (no verdict of a capture; connect and run are told by the kernel)",
    "connect, bind: EADDRNOTAVAIL, EADDRINUSE",
  ),
  row(causes.REFUSED, "RST answers the SYN", "connect: ECONNREFUSED"),
  row(
    causes.REFUSED_BY_MIDDLEBOX,
    "that RST has a sequence number, a window, or comes a second late",
    "connect: ECONNREFUSED",
  ),
  row(causes.RESET_AFTER_HANDSHAKE, "RST right after the handshake", "recv: ECONNRESET"),
  row(causes.CLIENT_RESET_SYNACK, "the client resets the SYN-ACK", "the program had given up"),
  row(
    causes.PORT_SCAN,
    "one client tries many ports of a host with SYNs of its own making",
    "nothing: no program called connect()",
  ),
  row(causes.REFUSED_WITH_DIAGNOSTIC, "that RST carries a text", "connect: ECONNREFUSED"),
  row(causes.ICMP_UNREACHABLE, "an ICMP error quotes the SYN", "connect: by type and code, EHOSTUNREACH, ENETUNREACH…"),
  row(
    causes.ICMP_PROHIBITED,
    "ICMP administratively prohibited quotes the SYN",
    "connect: EHOSTUNREACH, ENETUNREACH; IPv6 EACCES",
  ),
  row(
    causes.ICMP_PORT_UNREACHABLE,
    "ICMP port unreachable quotes the SYN: a firewall, no kernel",
    "connect: ECONNREFUSED",
  ),
  row(causes.TTL_EXCEEDED, "ICMP time exceeded quotes the SYN", "connect: EHOSTUNREACH"),
  row(
    causes.FRAGMENTATION_NEEDED,
    "ICMP fragmentation needed, packet too big",
    "0; connect: ETIMEDOUT when every SYN is too large",
  ),
  row(
    causes.SYN_UNANSWERED,
    "the SYN is repeated by a known schedule and never answered",
    "connect: ETIMEDOUT, the time predicted",
  ),
  row(causes.APPLICATION_GAVE_UP, "the next SYN of the schedule stays away", "the program's own timeout"),
  row(causes.ACCEPT_QUEUE_FULL, "the same port answers others and not this client", "connect: ETIMEDOUT"),
  row(causes.SYN_FLOOD, "many SYNs to one port that nobody follows up", "nothing: no program called connect()"),
  row(causes.SYN_RETRIED, "a later SYN is answered", "0, but slow"),
  row(
    causes.SYNACK_DROPPED_LOCALLY,
    "captured at the client: the SYN-ACK comes and the SYN is repeated",
    "connect: ETIMEDOUT",
  ),
  row(
    causes.SYNACK_LOST,
    "captured at the server or between: the SYN-ACK leaves and the SYN is repeated",
    "connect: ETIMEDOUT",
  ),
  row(
    causes.ACCEPT_QUEUE_FULL_AT_ACK,
    "the server repeats its SYN-ACK although it was acknowledged, resets then, or never takes data",
    "0, then ETIMEDOUT or ECONNRESET",
  ),
  row(
    causes.ONE_DIRECTION,
    "only one direction was captured",
    "no verdict; ECONNREFUSED, possibly, when the SYN is not repeated",
  ),
  row(causes.SYN_TO_HALF_OPEN, "challenge ACK, RST, SYN again", "0, a little later; ETIMEDOUT when it never ends"),
  row(
    causes.TIME_WAIT_REUSE,
    "a SYN on ports in TIME_WAIT: newer, it is let in; older, dropped",
    "0; connect: ETIMEDOUT",
  ),
  row(causes.SYNACK_WRONG_ACK, "a SYN-ACK acknowledges another SYN", "0, later; connect: ETIMEDOUT"),
  row(causes.HALF_OPEN, "data is answered with a bare RST", "recv: ECONNRESET"),
  row(causes.ABORTED, "RST with ACK from an established end", "recv: ECONNRESET"),
  row(causes.WRITE_AFTER_CLOSE, "data after the peer's FIN is answered with RST", "send: EPIPE"),
  row(causes.RESET_FORGED, "a RST that the peer did not send", "recv: ECONNRESET"),
  row(causes.RESET_IGNORED, "a RST without the next sequence number; the connection lives", "0"),
  row(causes.RESET_BOTH_SIDES, "RSTs towards both ends at the same moment", "recv: ECONNRESET at both ends"),
  row(causes.PEER_VANISHED, "data is repeated and never acknowledged", "send: ETIMEDOUT"),
  row(causes.PEER_UNREACHABLE, "the same, with ICMP errors meanwhile", "send: the ICMP error's errno"),
  row(causes.KEEPALIVE_TIMEOUT, "keep-alive probes stay unanswered", "recv: ETIMEDOUT"),
  row(causes.PMTU_BLACK_HOLE, "only full-size segments are repeated", "the program's own timeout; send: ETIMEDOUT"),
  row(
    causes.FIRST_DATA_BLOCKED,
    "the TLS client hello is repeated and never acknowledged",
    "the program's own timeout; send: ETIMEDOUT",
  ),
  row(
    causes.SERVER_SILENT,
    "the request is acknowledged, no byte comes back, the client closes",
    "0: the program's own timeout",
  ),
  row(causes.ZERO_WINDOW, "a receive window stays closed", "0: send blocks"),
  row(
    causes.CLOSE_LEAK,
    "one end closed, the other never does (CLOSE_WAIT)",
    "0; send: EPIPE or ECONNRESET when it sends at last",
  ),
  row(causes.ECN_BLOCKED, "the SYN with ECE and CWR is lost, the one without answered", "0, 1 s later"),
  row(causes.TFO_BLOCKED, "the SYN with Fast Open is lost, the plain one answered", "0, 1 s later"),
  row(causes.DUPLICATE_CAPTURE, "the same packets twice", "0"),
  row(causes.HAPPY_EYEBALLS, "two addresses of one name tried side by side; the slower is closed", "0"),
];
