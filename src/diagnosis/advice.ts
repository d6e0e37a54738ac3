/** Who talks to whom, for the texts. */
export interface Place {
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly port: number;
}

/** What is usually behind a cause, most likely first, and what to run next. */
export interface Advice {
  readonly likely: (place: Place) => string[];
  readonly next: (place: Place) => string[];
  /** What a capture at the other end would tell. */
  readonly otherEnd?: string;
}

const fixed =
  (...texts: readonly string[]) =>
  (): string[] => [...texts];

/** By the word of the cause. A rule that knows more from its evidence says so itself. */
export const ADVICE: Readonly<Record<string, Advice>> = {
  "syn-unanswered": {
    likely: fixed(
      "a firewall drops the SYN, on the way or on the host",
      "the host is down or the address is wrong",
      "the answer takes another way and is lost (no return route)",
    ),
    next: ({ server, port }) => [
      `ping -c 3 ${server}; traceroute -T -p ${port} ${server}`,
      `capture at ${server}: does the SYN arrive?`,
    ],
    otherEnd:
      "whether the SYN arrives, and whether a SYN-ACK leaves: a dropped SYN and a dropped SYN-ACK look the same here",
  },
  "syn-retried": {
    likely: fixed(
      "packet loss",
      "the service's queue was full for a moment",
      "the path needed time (ARP, a load balancer that wakes up)",
    ),
    next: ({ server, port }) => [
      "count how many connections need more than 1 s: flows",
      `on ${server}: nstat -az 'TcpExtListen*'; ss -ltn 'sport = :${port}'`,
    ],
    otherEnd: "whether the first SYN arrived: lost on the way, or dropped by the server",
  },
  "synack-lost": {
    likely: fixed(
      "the SYN-ACK is lost on its way to the client (asymmetric routing, a stateful firewall on one way only)",
      "the client's firewall drops what comes in",
    ),
    next: ({ client, server }) => [
      `capture at ${client}: does the SYN-ACK arrive?`,
      `on ${server}: ip route get ${client}`,
    ],
    otherEnd: "whether the SYN-ACK reaches the client",
  },
  "one-direction": {
    likely: fixed("asymmetric routing", "a capture on the wrong interface, or half of a mirror port"),
    next: ({ client, server }) => [`capture with -i any, or at the other end (${client} or ${server})`],
    otherEnd: "the missing direction",
  },
  "syn-to-half-open": {
    likely: fixed(
      "the client was restarted and uses the same port again",
      "a NAT gave the port to another client",
      "the program binds a fixed source port",
    ),
    next: ({ client, server, port }) => [
      `on ${server}: ss -tn 'sport = :${port}' dst ${client}`,
      `on ${client}: sysctl net.ipv4.ip_local_port_range`,
    ],
  },
  "time-wait-reuse": {
    likely: fixed(
      "the program uses the same source port again at once (a fixed port, or few ports and many connections)",
    ),
    next: ({ client, server }) => [
      `on ${client}: sysctl net.ipv4.tcp_tw_reuse net.ipv4.tcp_timestamps net.ipv4.ip_local_port_range`,
      `on ${server}: ss -tan state time-wait dst ${client}`,
    ],
  },
  "synack-wrong-ack": {
    likely: fixed(
      "a firewall that changes sequence numbers sees only one of two ways",
      "a SYN proxy, or a load balancer that answers for another connection",
      "an old SYN-ACK that was on its way for long, or a forged one",
    ),
    next: ({ client, server }) => [`capture at ${client} and at ${server}: compare the initial sequence numbers`],
    otherEnd: "whether the server sent this SYN-ACK",
  },
  "ecn-blocked": {
    likely: fixed("a device on the way drops SYNs that ask for ECN"),
    next: ({ client, server, port }) => [
      `on ${client}: sysctl net.ipv4.tcp_ecn net.ipv4.tcp_ecn_fallback`,
      `traceroute -T -O ecn -p ${port} ${server}`,
    ],
    otherEnd: "whether the SYN with ECE and CWR arrives",
  },
  "tfo-blocked": {
    likely: fixed(
      "a device on the way drops SYNs that carry data or the Fast Open option",
      "the server has no Fast Open",
    ),
    next: ({ client }) => [
      `on ${client}: sysctl net.ipv4.tcp_fastopen net.ipv4.tcp_fastopen_blackhole_timeout_sec; nstat -az 'TcpExtTCPFastOpen*'`,
    ],
    otherEnd: "whether the SYN with data arrives",
  },
  "duplicate-capture": {
    likely: fixed("a capture on 'any', on a bridge and its port, or on a mirror port that copies both directions"),
    next: fixed("capture on one interface; or take duplicates out first (editcap -d)"),
  },
  "reset-ignored": {
    likely: fixed(
      "a blind attempt to reset the connection",
      "a host or a NAT that holds an old connection on these ports",
      "an intrusion prevention system that guesses numbers",
    ),
    next: fixed("nstat -az 'TcpExtTCPChallengeACK' 'TcpExtTCPSYNChallenge'"),
    otherEnd: "whether the peer sent this RST",
  },
  "reset-both-sides": {
    likely: fixed(
      "an intrusion prevention system or a firewall ends the connection towards both ends",
      "a load balancer or proxy restarts or fails over",
      "an administrator ended it (tcpkill, ss -K)",
    ),
    next: ({ client, server }) => [
      `capture at ${client} and at ${server}: neither will show that its own host sent a RST`,
      "the log of the firewalls and load balancers on the way, at that time",
    ],
    otherEnd: "whether that end sent a RST itself",
  },
  "fragmentation-needed": {
    likely: fixed("a link or tunnel on the way has a smaller MTU: path MTU discovery works as it should"),
    next: ({ server }) => [`tracepath ${server}`, `ip route get ${server}`],
  },
  "server-silent": {
    likely: fixed(
      "the server's program is busy, or waits for something itself (a database, a lock)",
      "the server's program waits for more of the request than the client sent",
      "the protocol has no answer here",
    ),
    next: ({ client, server, port }) => [
      `on ${server}: ss -tnp 'sport = :${port}' dst ${client} (Recv-Q: bytes that the program has not read)`,
      `on ${server}: the log of the service at that time`,
    ],
  },
  "close-leak": {
    likely: fixed(
      "the program got the end of the stream (recv returned 0) and never called close()",
      "it still works for the answer, or holds the connection in a pool",
    ),
    next: ({ server, port }) => [`on ${server}: ss -tnp state close-wait 'sport = :${port}'`],
  },
  "zero-window": {
    likely: fixed("the receiving program reads too slowly, or not at all", "its receive buffer is small (SO_RCVBUF)"),
    next: ({ client, server, port }) => [
      `at the end that closes its window: ss -tnm 'sport = :${port} or dport = :${port}' (Recv-Q), ${client} or ${server}`,
    ],
  },
  "first-data-blocked": {
    likely: fixed(
      "a device inspects the first data (the server name of TLS) and drops it",
      "the first data is larger than the path can carry (MTU)",
      "the server died right after the handshake, or a SYN proxy answers without it",
    ),
    next: ({ server, port }) => [
      `openssl s_client -connect ${server}:${port} -servername example.com`,
      `tracepath ${server}`,
    ],
    otherEnd: "whether the first data arrives",
  },
  "happy-eyeballs": {
    likely: fixed(
      "IPv6 (or IPv4) to this host is slower or broken: the program tried both and took the first that answered",
    ),
    next: ({ server, port }) => [`traceroute -T -p ${port} ${server}`, "compare curl -4 and curl -6"],
  },
  "syn-flood": {
    likely: fixed(
      "SYNs with forged sources fill the queue of the service",
      "many clients behind a path that loses the answers",
    ),
    next: ({ server, port }) => [
      `on ${server}: ss -tn state syn-recv 'sport = :${port}' | wc -l; nstat -az 'TcpExtSyncookies*' TcpExtTCPReqQFullDrop`,
      `on ${server}: sysctl net.ipv4.tcp_syncookies net.ipv4.tcp_max_syn_backlog`,
    ],
  },
  "port-scan": {
    likely: fixed("someone scans the host for open ports", "an inventory or monitoring tool does"),
    next: ({ client }) => [`who is ${client}?`],
  },
};
