import type { TopicText } from "./topic.ts";

/** Errors that something on the wire brings about. */
export const ERRNO_ON_THE_WIRE: Readonly<Record<string, TopicText>> = {
  ECONNREFUSED: {
    what: "Something answered the SYN and said no. The host is up and the way there works, but nothing listens on that port, or a firewall rejects instead of dropping.",
    wire: "A RST with ACK that acknowledges the SYN, one round trip later, sequence number 0 and window 0; or ICMP port unreachable (type 3 code 3), which only firewalls send for TCP.",
    trace: ["0.000000 > SYN seq 0", "0.000214 < RST ACK seq 0 ack 1 win 0"],
    program:
      "connect() fails at once with it; the socket is of no use any more and must be closed. Windows tries three times, half a second apart, before it says 10061.",
    next: [
      "on the server: ss -ltn 'sport = :PORT'",
      "does it listen on 127.0.0.1 only? ss -ltn shows the address",
      "tcpscope explain refused refused-by-middlebox",
    ],
  },
  ETIMEDOUT: {
    what: "Nobody answered, for a whole schedule of repetitions: of the SYN, of data, or of keep-alive probes.",
    wire: "The same SYN again and again, from one port with one sequence number, with growing gaps. Linux before 6.5: at 0, 1, 3, 7, 15, 31 and 63 s, the error after 127 s. Since 6.5: at 0, 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s, the error after 131 s. The measured times run a few percent late.",
    trace: [
      "0.000 > SYN seq 0",
      "1.003 > SYN seq 0 (again)",
      "3.019 > SYN seq 0 (again)",
      "7.211 > SYN seq 0 (again)",
      "… connect() fails after 130 s",
    ],
    program:
      "connect() fails with it when no SYN was answered; send() or recv() when data or keep-alive probes were not (tcp_retries2: 15 to 30 minutes). A program that gives up earlier has its own timeout, and no errno of the kernel's.",
    next: [
      "sysctl net.ipv4.tcp_syn_retries net.ipv4.tcp_syn_linear_timeouts net.ipv4.tcp_retries2",
      "capture at the server: does the SYN arrive?",
      "tcpscope explain syn-unanswered peer-vanished",
    ],
  },
  ECONNRESET: {
    what: "The peer, or somebody in its name, ended the connection at once with a RST: its program was killed or closed with data unread, its kernel no longer knows the connection, or a device on the way cut it.",
    wire: "A RST within the connection. With ACK: the peer's kernel knew the connection and aborted it. Without ACK and with your acknowledgment as its sequence number: it has no such connection.",
    trace: ["0.000 > PSH ACK seq 1 ack 1 len 120", "0.020 < RST ACK seq 1 ack 121"],
    program:
      "recv() fails with it once, after that recv() returns 0 and send() gives EPIPE. On Windows it is 10054. A send() right after connect() can meet it: the server forgot a handshake whose last ACK it never got or had no room for.",
    next: [
      "tcpscope diagnose -r FILE tells which of the two it is, and who sent the RST",
      "the server's log at that moment",
      "tcpscope explain aborted half-open reset-forged",
    ],
  },
  EPIPE: {
    what: "You wrote to a connection on which nothing can be sent any more: the peer answered an earlier write with a RST after it had closed, or you shut down writing yourself.",
    wire: "The peer's FIN, your data, its RST. The write that meets EPIPE leaves nothing on the wire: it is the one after.",
    trace: [
      "0.000 < FIN ACK seq 1 ack 1",
      "0.100 > PSH ACK seq 1 ack 2 len 5",
      "0.101 < RST seq 2",
      "0.200   send() fails here: nothing is sent",
    ],
    program:
      "The first send() after the peer's close succeeds, the second gives EPIPE and the signal SIGPIPE, which ends a program that does not ignore it (MSG_NOSIGNAL). Windows says WSAECONNABORTED or WSAESHUTDOWN.",
    next: [
      "read before you write: recv() returns 0 as soon as the peer has closed",
      "HTTP clients: keep connections shorter than the server does",
      "tcpscope explain write-after-close",
    ],
  },
  EHOSTUNREACH: {
    what: "No way to that host: a router said so, or the host (or the gateway) did not answer to its link-layer address.",
    wire: "ICMP type 3 code 1 (also 10, 12 and 13 to 15), or type 11 code 0, that quotes the SYN; or three ARP or neighbour questions a second apart without answer, and no SYN at all.",
    trace: ["0.000 > SYN seq 0", "0.011 r< ICMP host unreachable, quotes the SYN"],
    program:
      "connect() fails on Linux at once for an ICMP error, after 3.07 s when ARP stays unanswered. BSD, macOS and Windows go on trying and return it at the end. In an established connection it is returned only when the repetitions end.",
    next: ["ip neigh show DST; arping DST", "mtr -T -P PORT DST", "ip route get DST"],
  },
  ENETUNREACH: {
    what: "No route to that network: in your own routing table (nothing leaves), or in that of a router on the way.",
    wire: "Nothing when the own table has no route; else ICMP type 3 code 0, 6, 9 or 11 that quotes the SYN (ICMPv6: type 1 code 0).",
    trace: ["0.000 > SYN seq 0", "0.004 r< ICMP network unreachable, quotes the SYN"],
    program:
      "connect() fails at once. A name with an IPv6 address on a host without IPv6 gives it immediately; the program then tries IPv4.",
    next: ["ip route get DST", "ip -6 route; is the VPN up?", "tcpscope explain no-route icmp-unreachable"],
  },
  EACCES: {
    what: "It is forbidden: by a route of type prohibit, by a firewall that says so over IPv6, by SELinux, or because the port to bind is below 1024.",
    wire: "ICMPv6 type 1 code 1, 5 or 6 (administratively prohibited, policy, reject route) that quotes the SYN; nothing for local causes.",
    trace: ["0.000 > SYN seq 0", "0.003 r< ICMPv6 administratively prohibited, quotes the SYN"],
    program:
      "connect() or bind() fails at once. The same words over IPv4 (code 9, 10, 13) give EHOSTUNREACH or ENETUNREACH instead.",
    next: ["ip -6 route get DST", "nft list ruleset", "sysctl net.ipv4.ip_unprivileged_port_start"],
  },
  ECONNABORTED: {
    what: "A connection ended before the program took it, or your own system gave it up.",
    wire: "Handshake, then a RST from the client before accept() was called. On Windows also: data repeated in vain, then the own RST.",
    trace: ["0.000 > SYN seq 0", "0.010 < SYN ACK seq 0 ack 1", "0.020 > ACK ack 1", "0.021 > RST ACK seq 1 ack 1"],
    program:
      "accept() may return it (POSIX); a server should simply call accept() again. On Linux accept() usually succeeds and the first recv() fails with ECONNRESET. On Windows 10053 is what send() gives after the local system gave up.",
    next: ["tcpscope explain reset-after-handshake", "nstat -az TcpExtListenOverflows TcpExtListenDrops"],
  },
  EMSGSIZE: {
    what: "A packet is larger than the way can carry.",
    wire: "ICMP type 3 code 4 with the next hop's MTU, or ICMPv6 packet too big; afterwards the data in smaller segments.",
    trace: [
      "0.000 > ACK seq 1 ack 1 len 1448",
      "0.002 r< ICMP fragmentation needed, next-hop MTU 1400",
      "0.002 > ACK seq 1 ack 1 len 1348",
    ],
    program: "TCP never returns it: the kernel sends smaller segments. Datagram sockets get it from send().",
    next: [
      "tracepath DST",
      "ip route get DST (shows a learnt mtu)",
      "tcpscope explain pmtu-black-hole fragmentation-needed",
    ],
  },
  ENOPROTOOPT: {
    what: "A router or host said protocol unreachable; or setsockopt() does not know the option.",
    wire: "ICMP type 3 code 2 that quotes the SYN; nothing for setsockopt().",
    trace: ["0.000 > SYN seq 0", "0.004 r< ICMP protocol unreachable, quotes the SYN"],
    program: "connect() fails at once on Linux; setsockopt() or getsockopt() fails for an unknown option.",
    next: ["whose address does the ICMP error come from? tcpscope ladder -r FILE", "an ACL of that device"],
  },
  EHOSTDOWN: {
    what: "The host is down: said by a router in words that are rare today, or by BSD after ARP stayed unanswered.",
    wire: "ICMP type 3 code 7 (host unknown) that quotes the SYN; on BSD, ARP questions without answer.",
    trace: ["0.000 > SYN seq 0", "0.004 r< ICMP host unknown, quotes the SYN"],
    program: "connect() fails at once on Linux for that code.",
    next: ["arping DST", "ip neigh show DST"],
  },
  ENONET: {
    what: "The machine is not on the network: what Linux makes of one ICMP code.",
    wire: "ICMP type 3 code 8 (source host isolated) that quotes the SYN.",
    trace: ["0.000 > SYN seq 0", "0.004 r< ICMP source host isolated, quotes the SYN"],
    program: "connect() fails at once on Linux; other systems have no such error and say host unreachable.",
    next: ["which device sends it? tcpscope ladder -r FILE"],
  },
  EPROTO: {
    what: "Protocol error: what Linux makes of an ICMP parameter problem.",
    wire: "ICMP type 12, or ICMPv6 type 4, that quotes the SYN.",
    trace: ["0.000 > SYN seq 0", "0.004 r< ICMP parameter problem, quotes the SYN"],
    program:
      "connect() fails at once on Linux. FreeBSD numbers it 92, macOS 100. accept() may give it, too, for errors that came before it was called.",
    next: ["tcpscope -vvr FILE 'icmp or ip[0] != 0x45': which field of the IP header is meant?"],
  },
  EOPNOTSUPP: {
    what: "The operation is not supported by this kind of socket; from connect(): an ICMP code.",
    wire: "ICMP type 3 code 5 (source route failed) that quotes the SYN; nothing for local causes.",
    trace: ["0.000 > SYN seq 0", "0.004 r< ICMP source route failed, quotes the SYN"],
    program:
      "connect() fails at once on Linux for that code; accept() on a datagram socket, listen() on the wrong kind. Linux 95, FreeBSD 45, macOS 102.",
    next: ["is a source route set? tcpscope -vr FILE shows IP options", "check the type of the socket"],
  },
  ENETRESET: {
    what: "The connection was dropped because keep-alive found a failure (Windows), or the network reset it.",
    wire: "Keep-alive probes without answer, then the own RST.",
    trace: [
      "0.000 > ACK seq 0 ack 1 (keep-alive)",
      "1.000 > ACK seq 0 ack 1 (keep-alive)",
      "10.000 > RST ACK seq 1 ack 1",
    ],
    program: "Windows: 10052 from recv() or send(). Linux gives ETIMEDOUT in the same place.",
    next: ["tcpscope explain keepalive-timeout"],
  },
};
