import type { TopicText } from "./topic.ts";

/** What a cause means and what to run; what is on the wire and what the program gets is in the table of all causes. */
export type CauseText = Pick<TopicText, "what" | "trace" | "next">;

/** Causes by which connect() fails, or is slow. */
export const CONNECT_CAUSES: Readonly<Record<string, CauseText>> = {
  ok: {
    what: "Nothing failed, and nothing else was notable.",
    trace: ["0.000 > SYN seq 0", "0.020 < SYN ACK seq 0 ack 1", "0.020 > ACK ack 1"],
    next: ["tcpscope flows -r FILE: times and retransmissions"],
  },
  "no-route": {
    what: "The own routing table has no way to the destination, or one of type unreachable, prohibit or blackhole.",
    trace: [],
    next: ["ip route get DST; ip rule; ip route show table all", "is the VPN up?"],
  },
  "local-firewall-reject": {
    what: "The own machine's firewall rejects what leaves. The error comes over loopback: with ICMP only the second one counts, a second later; a tcp-reset counts at once.",
    trace: [
      "0.000   ICMP host administratively prohibited on lo, quotes the SYN",
      "1.024   ICMP host administratively prohibited on lo, quotes the SYN",
    ],
    next: ["nft list ruleset; iptables -vnL OUTPUT", "capture with -i any: on the outer interface nothing is seen"],
  },
  "local-firewall-drop": {
    what: "The own machine's firewall drops what leaves without a word, so connect() runs into its timeout although nothing is on any interface.",
    trace: [],
    next: ["nft list ruleset; iptables -vnL OUTPUT; tc filter show dev IFACE egress", "perf trace -e skb:kfree_skb"],
  },
  "neighbour-unreachable": {
    what: "The next hop, or the host itself when it is on the same link, does not answer to its link-layer address: no SYN can leave.",
    trace: [
      "0.000 > ARP who-has 10.0.0.9",
      "1.024 > ARP who-has 10.0.0.9",
      "2.048 > ARP who-has 10.0.0.9",
      "… connect() fails after 3.07 s",
    ],
    next: ["ip neigh show DST; arping DST", "is the netmask right, and the VLAN?"],
  },
  "local-address-or-port": {
    what: "The address to bind is not this host's, somebody else has the port, or no ephemeral port is left for this destination.",
    trace: [],
    next: [
      "ss -s; sysctl net.ipv4.ip_local_port_range",
      "ss -tlnp 'sport = :PORT'",
      "tcpscope explain EADDRINUSE EADDRNOTAVAIL",
    ],
  },
  refused: {
    what: "The host answered the SYN with RST: it is up, and nothing listens on that port.",
    trace: ["0.000000 > SYN seq 0", "0.000214 < RST ACK seq 0 ack 1 win 0"],
    next: ["on the server: ss -ltn 'sport = :PORT'", "on which address does it listen?"],
  },
  "refused-by-middlebox": {
    what: "A RST answered the SYN, but not as a kernel sends it: with a sequence number of its own, a window, another TTL, or after a constant delay. A firewall, proxy, NAT or load balancer speaks for the host.",
    trace: ["0.000 > SYN seq 0", "1.001 < RST ACK seq 1766537774 ack 1 win 64240"],
    next: [
      "traceroute -T -p PORT DST",
      "capture at the server: does the SYN arrive?",
      "does the load balancer have a healthy backend?",
    ],
  },
  "reset-after-handshake": {
    what: "The handshake was completed and ended by a RST right away: the service took the connection and closed it, an accept queue overflows with tcp_abort_on_overflow=1, or a proxy has no backend.",
    trace: ["0.000 > SYN seq 0", "0.010 < SYN ACK seq 0 ack 1", "0.020 > ACK ack 1", "0.021 < RST ACK seq 1 ack 1"],
    next: [
      "on the server: nstat -az TcpExtListenOverflows; its log",
      "TCP wrappers, allow lists, health of the backends",
    ],
  },
  "client-reset-synack": {
    what: "The client's own kernel resets the SYN-ACK: the program had closed the socket before it came. Its timeout is shorter than the round trip, or it took another address.",
    trace: ["0.000 > SYN seq 0", "0.300 < SYN ACK seq 0 ack 1", "0.300 > RST seq 1"],
    next: ["the program's connect timeout", "who sends SYNs without a socket? A scanner does"],
  },
  "port-scan": {
    what: "One client tries many ports of a host, with SYNs that no socket sent: a scanner.",
    trace: ["0.000 > SYN seq 0 to port 21", "0.001 > SYN seq 0 to port 22", "0.002 > SYN seq 0 to port 23"],
    next: ["who is the client?"],
  },
  "refused-with-diagnostic": {
    what: "The RST that refuses carries a text, as RFC 9293 allows: the device says why.",
    trace: ["0.000 > SYN seq 0", "0.003 < RST ACK seq 0 ack 1 len 24 (a text)"],
    next: ["tcpscope -Ar FILE 'tcp[tcpflags] & tcp-rst != 0'"],
  },
  "icmp-unreachable": {
    what: "A router answers the SYN with destination unreachable: no route beyond it, or the host does not answer its ARP.",
    trace: ["0.000 > SYN seq 0", "0.011 r< ICMP host unreachable, quotes the SYN"],
    next: ["mtr -T -P PORT DST", "on that router: its route and its ARP table"],
  },
  "icmp-prohibited": {
    what: "A firewall on the way forbids it and says so.",
    trace: ["0.000 > SYN seq 0", "0.003 r< ICMP host administratively prohibited, quotes the SYN"],
    next: ["the rules of the device that sent the ICMP error"],
  },
  "icmp-port-unreachable": {
    what: "ICMP port unreachable for a SYN: only firewalls send that for TCP (the default of iptables' REJECT).",
    trace: ["0.000 > SYN seq 0", "0.003 r< ICMP port unreachable, quotes the SYN"],
    next: ["iptables -vnL; nft list ruleset on the device that sent it"],
  },
  "ttl-exceeded": {
    what: "The SYN went in circles, or its TTL was too small for the way.",
    trace: ["0.000 > SYN seq 0", "0.090 r< ICMP time to live exceeded in transit, quotes the SYN"],
    next: ["traceroute -T -p PORT DST: do hops repeat?"],
  },
  "fragmentation-needed": {
    what: "A link on the way has a smaller MTU and says so. That is path MTU discovery at work; trouble only when it never ends.",
    trace: [
      "0.000 > ACK seq 1 ack 1 len 1448",
      "0.002 r< ICMP fragmentation needed, next-hop MTU 1400",
      "0.002 > ACK seq 1 ack 1 len 1348",
    ],
    next: ["tracepath DST; ip route get DST"],
  },
  "syn-unanswered": {
    what: "Nothing ever answered, by the whole schedule of a known stack: a firewall drops, the host is down, the address is wrong, or the answers are lost.",
    trace: [
      "0.000 > SYN seq 0",
      "1.016 > SYN seq 0 (again)",
      "2.040 > SYN seq 0 (again)",
      "…",
      "68.670 > SYN seq 0 (again)",
      "134.2   connect() fails: ETIMEDOUT",
    ],
    next: ["capture at the server: does the SYN arrive?", "traceroute -T -p PORT DST", "nc -vz from another host"],
  },
  "application-gave-up": {
    what: "The SYN was due again and stayed away: not the kernel but the program gave up, by a timeout of its own.",
    trace: ["0.000 > SYN seq 0", "1.016 > SYN seq 0 (again)", "… the SYN due at 2.0 s stays away"],
    next: [
      "the program's connect timeout (curl --connect-timeout, a context, a proxy's setting)",
      "why is nothing answered? tcpscope explain syn-unanswered",
    ],
  },
  "accept-queue-full": {
    what: "The same port answers others and not this client: its accept queue is full and the kernel drops SYNs, or something drops for this client only (conntrack table, a policy by source).",
    trace: ["0.000 > SYN seq 0 from another client: answered", "0.010 > SYN seq 0", "1.016 > SYN seq 0 (again)"],
    next: [
      "ss -ltn: Recv-Q not below Send-Q?",
      "nstat -az TcpExtListenOverflows TcpExtListenDrops",
      "dmesg | grep conntrack",
    ],
  },
  "syn-flood": {
    what: "Very many SYNs to one port, and nobody follows up the SYN-ACKs: forged sources.",
    trace: [
      "0.000 > SYN seq 0 from 198.51.100.7",
      "0.000 < SYN ACK seq 0 ack 1",
      "0.001 > SYN seq 0 from 203.0.113.9",
      "0.001 < SYN ACK seq 0 ack 1",
    ],
    next: ["sysctl net.ipv4.tcp_syncookies; nstat -az 'TcpExtSyncookies*'", "ss -tn state syn-recv | wc -l"],
  },
  "syn-retried": {
    what: "A later SYN was answered: the connection works, and needed one or more seconds longer.",
    trace: ["0.000 > SYN seq 0", "1.016 > SYN seq 0 (again)", "1.036 < SYN ACK seq 0 ack 1"],
    next: [
      "how many connections need 1 s, 3 s, 7 s? tcpscope flows -r FILE",
      "nstat -az TcpExtListenDrops on the server",
    ],
  },
  "synack-dropped-locally": {
    what: "The capture at the client shows the SYN-ACK, and yet the SYN is repeated: the own machine drops it behind the capture point.",
    trace: [
      "0.000 > SYN seq 0",
      "0.020 < SYN ACK seq 0 ack 1",
      "1.016 > SYN seq 0 (again)",
      "1.036 < SYN ACK seq 0 ack 1 (again)",
    ],
    next: [
      "iptables -vnL INPUT; nft list ruleset",
      "nstat -az | grep -E 'IPReverse|CsumErr|PAWSActive'",
      "sysctl net.ipv4.conf.all.rp_filter",
    ],
  },
  "synack-lost": {
    what: "The SYN-ACK leaves the server, and the client repeats its SYN: the answer is lost on its way back.",
    trace: ["0.000 > SYN seq 0", "0.000 < SYN ACK seq 0 ack 1", "1.016 > SYN seq 0 (again)"],
    next: ["capture at the client: does it arrive?", "on the server: ip route get CLIENT (asymmetric way?)"],
  },
  "accept-queue-full-at-ack": {
    what: "The client has finished the handshake and the server acts as if not: its accept queue is full and it ignores the ACK, or the ACK is lost.",
    trace: [
      "0.000 > SYN seq 0",
      "0.001 < SYN ACK seq 0 ack 1",
      "0.001 > ACK ack 1",
      "1.010 < SYN ACK seq 0 ack 1 (again)",
      "1.010 > ACK ack 1",
    ],
    next: [
      "on the server: ss -ltn; nstat -az TcpExtListenOverflows",
      "sysctl net.core.somaxconn; the backlog that the program gives to listen()",
    ],
  },
  "one-direction": {
    what: "The capture holds one direction only: what the other end said is not known.",
    trace: ["0.000 > SYN seq 0", "0.020 > ACK ack 1", "0.021 > PSH ACK seq 1 ack 1 len 76"],
    next: ["capture with -i any, or both halves of the mirror port"],
  },
  "syn-to-half-open": {
    what: "The server still has an old connection on these ports and answers the SYN with an ACK of that one (a challenge). The client resets it, and the next SYN is let in.",
    trace: [
      "0.000 > SYN seq 0",
      "0.000 < ACK ack 3735928559 (of the old connection)",
      "0.000 > RST seq 3735928559",
      "0.010 > SYN seq 0 (again)",
      "0.010 < SYN ACK seq 0 ack 1",
    ],
    next: [
      "does the program bind a fixed source port?",
      "is the client's RST let through? Without it connect() ends in ETIMEDOUT",
    ],
  },
  "time-wait-reuse": {
    what: "A SYN on ports that the server has in TIME_WAIT. With newer timestamps or numbers it is let in at once, else answered with an ACK or dropped.",
    trace: [
      "0.000 < FIN ACK seq 50 ack 100 (the old one closes)",
      "0.001 > ACK ack 51",
      "0.500 > SYN seq 0 (a higher number)",
      "0.500 < SYN ACK seq 0 ack 1",
    ],
    next: ["sysctl net.ipv4.tcp_tw_reuse net.ipv4.tcp_timestamps net.ipv4.ip_local_port_range"],
  },
  "synack-wrong-ack": {
    what: "The SYN-ACK acknowledges another number than the SYN had: a SYN proxy, or a firewall that changes sequence numbers on one way only.",
    trace: ["0.000 > SYN seq 0", "0.020 < SYN ACK seq 0 ack 912559 (not 1)", "0.020 > RST seq 912559"],
    next: ["compare the initial numbers in captures at both ends"],
  },
  "ecn-blocked": {
    what: "The SYN that asks for ECN is lost, the one without is answered: a device on the way drops ECN.",
    trace: ["0.000 > SYN ECE CWR seq 0", "1.016 > SYN seq 0 (again)", "1.036 < SYN ACK seq 0 ack 1"],
    next: ["sysctl net.ipv4.tcp_ecn=0 to compare", "traceroute -T -O ecn DST"],
  },
  "tfo-blocked": {
    what: "The SYN with Fast Open is lost or its data ignored, the plain SYN is answered.",
    trace: ["0.000 > SYN seq 0 len 120, tfo cookie", "1.016 > SYN seq 0 (again, plain)", "1.036 < SYN ACK seq 0 ack 1"],
    next: ["sysctl net.ipv4.tcp_fastopen_blackhole_timeout_sec", "nstat -az 'TcpExtTCPFastOpen*'"],
  },
  "happy-eyeballs": {
    what: "A name with several addresses: the program tries them side by side, some 250 ms apart, and closes the slower one (RFC 8305).",
    trace: [
      "0.000 > SYN seq 0 to 2001:db8::1",
      "0.250 > SYN seq 0 to 192.0.2.1",
      "0.270 < SYN ACK seq 0 ack 1 from 192.0.2.1",
    ],
    next: ["curl -4 and curl -6: which one is slow?"],
  },
};
