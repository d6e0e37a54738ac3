import type { CauseText } from "./causes-connect.ts";

/** Causes by which an established connection fails, stalls or only looks odd. */
export const ESTABLISHED_CAUSES: Readonly<Record<string, CauseText>> = {
  "half-open": {
    what: "The peer no longer knows the connection: it was restarted, or a NAT, firewall or load balancer forgot it while it was idle.",
    trace: [
      "0.000 > PSH ACK seq 1 ack 1 len 46",
      "… 489 s of silence",
      "489.000 > PSH ACK seq 47 ack 47 len 46",
      "489.000 < RST seq 47",
    ],
    next: [
      "compare the silence with the timers of the devices on the way (60, 350, 900 s, 4 h)",
      "keep-alives shorter than that",
    ],
  },
  aborted: {
    what: "The peer's kernel aborted: its program closed with data unread or with SO_LINGER 0, or it was killed.",
    trace: ["0.000 > PSH ACK seq 1 ack 1 len 5000", "0.010 < RST ACK seq 1 ack 1449"],
    next: ["the peer's log at that millisecond", "does it limit the size of a request?"],
  },
  "write-after-close": {
    what: "The peer had closed for good, and more data came for it: the race of an idle connection that is reused.",
    trace: [
      "0.000 < FIN ACK seq 1 ack 1",
      "0.000 > ACK ack 2",
      "5.000 > PSH ACK seq 1 ack 2 len 90",
      "5.001 < RST seq 2",
    ],
    next: ["client idle timeout below the server's", "repeat idempotent requests once"],
  },
  "reset-forged": {
    what: "A RST that the peer did not send: another TTL, identification or window than its other packets, or the peer goes on talking after it.",
    trace: [
      "0.000 > PSH ACK seq 1 ack 1 len 200",
      "0.002 < RST seq 1 (TTL 113, all others 52)",
      "0.080 < PSH ACK seq 1 ack 201 len 900",
    ],
    next: [
      "capture at both ends: the peer's shows no RST that leaves",
      "which device is at the hop that the TTL tells?",
    ],
  },
  "reset-ignored": {
    what: "A RST, or a SYN, whose number is not the next one: answered with a challenge ACK, and the connection lives (RFC 5961).",
    trace: ["0.000 < RST seq 5000 (next is 1)", "0.000 > ACK ack 1 (challenge)"],
    next: ["nstat -az TcpExtTCPChallengeACK TcpExtTCPSYNChallenge"],
  },
  "reset-both-sides": {
    what: "RSTs towards both ends at the same moment: something between them ended the connection.",
    trace: ["0.000 < RST seq 901", "0.000 > RST seq 401"],
    next: [
      "the log of firewalls, intrusion prevention and load balancers at that time",
      "ss -K or tcpkill on a gateway",
    ],
  },
  "peer-vanished": {
    what: "Data is repeated with doubling gaps and never acknowledged: the peer, its host or the way is gone.",
    trace: [
      "0.000 > PSH ACK seq 1 ack 1 len 76",
      "0.210 > PSH ACK seq 1 ack 1 len 76 (again)",
      "0.630 > PSH ACK seq 1 ack 1 len 76 (again)",
      "1.470 > PSH ACK seq 1 ack 1 len 76 (again)",
    ],
    next: ["ss -ti: backoff, unacked", "TCP_USER_TIMEOUT gives up earlier than tcp_retries2 (15 to 30 minutes)"],
  },
  "peer-unreachable-established": {
    what: "Data is never acknowledged, and routers say unreachable meanwhile: that errno is kept and returned at the end.",
    trace: [
      "0.000 > PSH ACK seq 1 ack 1 len 76",
      "0.003 r< ICMP host unreachable, quotes the data",
      "0.210 > PSH ACK seq 1 ack 1 len 76 (again)",
    ],
    next: ["which router? tcpscope diagnose -r FILE", "ip route get DST there"],
  },
  "keepalive-timeout": {
    what: "The idle connection was probed and nobody answered.",
    trace: [
      "0.000 > ACK seq 0 ack 1 (keep-alive)",
      "1.000 > ACK seq 0 ack 1 (keep-alive)",
      "2.000 > ACK seq 0 ack 1 (keep-alive)",
      "3.000 > RST ACK seq 1 ack 1",
    ],
    next: [
      "is the peer's host alive? ping",
      "sysctl net.ipv4.tcp_keepalive_time net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes",
    ],
  },
  "pmtu-black-hole": {
    what: "Small segments pass, full-size ones vanish, and the ICMP message that would say so is filtered. Typical behind tunnels and VPNs: the connection opens, and the first large answer hangs.",
    trace: [
      "0.000 < ACK seq 1 ack 77 len 1448",
      "0.210 < ACK seq 1 ack 77 len 1448 (again)",
      "0.630 < ACK seq 1 ack 77 len 1448 (again)",
    ],
    next: [
      "tracepath DST; ping -M do -s 1472 DST",
      "sysctl net.ipv4.tcp_mtu_probing=1",
      "clamp the MSS on the tunnel (TCPMSS --clamp-mss-to-pmtu); let ICMP 3/4 through",
    ],
  },
  "first-data-blocked": {
    what: "The handshake works and the first data never arrives: a device looks into it (the server name of a TLS client hello), or it is too large for the way.",
    trace: [
      "0.020 > ACK ack 1",
      "0.021 > PSH ACK seq 1 ack 1 len 517 (TLS client hello)",
      "0.240 > PSH ACK seq 1 ack 1 len 517 (again)",
    ],
    next: [
      "openssl s_client -connect DST:PORT -servername another.example",
      "does a small request pass? tracepath DST",
    ],
  },
  "server-silent": {
    what: "The request was acknowledged and no answer came: the server's kernel has it, its program does not answer. Not the network.",
    trace: ["0.020 > PSH ACK seq 1 ack 1 len 76", "0.040 < ACK ack 77", "30.000 > FIN ACK seq 77 ack 1"],
    next: ["on the server: ss -tnp (Recv-Q: bytes that its program has not read)", "its log; what does it wait for?"],
  },
  "zero-window": {
    what: "The receiving program does not read: its window closes and the sender waits.",
    trace: [
      "0.000 < ACK ack 14481 win 0",
      "0.210 > ACK seq 14480 ack 1 (probe)",
      "0.230 < ACK ack 14481 win 0",
      "3.100 < ACK ack 14481 win 64128",
    ],
    next: ["ss -tnm on that end: Recv-Q", "what does its program do meanwhile?"],
  },
  "close-leak": {
    what: "One end closed and the other never does: its program does not call close(). Many of them eat descriptors (EMFILE).",
    trace: ["0.000 < FIN ACK seq 50 ack 100", "0.000 > ACK ack 51", "… and no FIN back"],
    next: ["ss -tnp state close-wait", "lsof -p PID | grep CLOSE_WAIT"],
  },
  "duplicate-capture": {
    what: "Packets are in the capture twice: captured on two interfaces, on a bridge and its port, or on a mirror port in both directions. They are no retransmissions.",
    trace: ["0.000000 > SYN seq 0 (id 1, TTL 64)", "0.000004 > SYN seq 0 (id 1, TTL 63)"],
    next: ["capture on one interface", "editcap -d takes them out"],
  },
};
