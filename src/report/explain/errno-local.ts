import type { TopicText } from "./topic.ts";

const NOTHING = "Nothing: no packet belongs to this error.";

/** Of an error that the own system raises without any packet. */
function local(what: string, program: string, next: readonly string[], wire: string = NOTHING): TopicText {
  return { what, wire, trace: [], program, next };
}

/** Errors that leave nothing on the wire. */
export const ERRNO_LOCAL: Readonly<Record<string, TopicText>> = {
  EPERM: local(
    "The own system forbids it: a packet filter drops what leaves, or an eBPF program of the control group refuses connect().",
    "connect() or send() fails at once.",
    ["nft list ruleset; iptables -vnL OUTPUT", "bpftool cgroup tree"],
  ),
  EINTR: local(
    "A signal came while the call waited. The handshake goes on meanwhile: the SYN is not taken back.",
    "connect(), accept(), recv() or send() returns early. Call recv() and accept() again; after connect() wait with poll() for the socket to be writable and ask SO_ERROR: a second connect() gives EALREADY or EISCONN.",
    ["sigaction() with SA_RESTART (not for connect())", "strace -f -e trace=network,signal CMD"],
    "Nothing of its own: the handshake on the wire looks as always.",
  ),
  EBADF: local(
    "The number is no open file descriptor: it was closed, often by another thread.",
    "Any call on it fails at once.",
    ["strace -f -e trace=network,close CMD: who closed it?", "set the variable to -1 after close()"],
  ),
  EAGAIN: local(
    "A non-blocking socket has nothing to read or no room to write right now, or a timeout of SO_RCVTIMEO or SO_SNDTIMEO ran out. EWOULDBLOCK is the same number on Linux.",
    "recv() with nothing there, send() with a full send buffer, accept() with an empty queue. On Linux connect() of a Unix socket with a full backlog. Wait with poll() and call again.",
    ["ss -tnm: Recv-Q and Send-Q show what waits", "a full send buffer: tcpscope explain zero-window"],
    "Nothing of its own. When send() meets it for long, the wire shows a closed window or unacknowledged data.",
  ),
  ENOMEM: local("The kernel has no memory for it.", "socket(), connect() or accept() fails.", [
    "cat /proc/net/sockstat; sysctl net.ipv4.tcp_mem",
    "dmesg | grep -i 'out of memory'",
  ]),
  EFAULT: local(
    "A pointer that was given to the call is not in the program's memory.",
    "The call fails at once: a defect of the program.",
    ["strace -e trace=network CMD shows the arguments", "a debugger, or -fsanitize=address"],
  ),
  EBUSY: local(
    "The thing is in use. Sockets give it seldom: an option that cannot be changed now.",
    "setsockopt() or ioctl() fails.",
    ["strace -e trace=network CMD: which call gave it?"],
  ),
  EINVAL: local(
    "An argument makes no sense here: a wrong address length, listen() on a connected socket, bind() a second time; from connect() also a route of type blackhole.",
    "The call fails at once.",
    ["ip route get DST (blackhole says so)", "strace -e trace=network CMD"],
  ),
  ENFILE: local("The whole system has too many open files.", "socket() or accept() fails.", [
    "sysctl fs.file-nr fs.file-max",
    "lsof -n | awk '{print $1}' | sort | uniq -c | sort -n",
  ]),
  EMFILE: local(
    "This process has too many open descriptors: usually connections that it never closes.",
    "socket() or accept() fails. The connection that accept() could not take stays in the queue: the client believes that it is connected and waits.",
    [
      "ulimit -n; ls /proc/PID/fd | wc -l",
      "ss -tnp state close-wait: connections that were never closed",
      "tcpscope explain close-leak",
    ],
    "Nothing of its own. Clients see a finished handshake and then silence; when the queue is full, SYNs that stay unanswered.",
  ),
  ENOTSOCK: local(
    "The descriptor is of a file, not of a socket; often a number that was closed and given out again.",
    "Any socket call on it fails at once.",
    ["ls -l /proc/PID/fd/N", "strace -f -e trace=network,close CMD"],
  ),
  EDESTADDRREQ: local(
    "A datagram socket without a peer, and no address was given.",
    "send() fails; sendto() with an address would do.",
    ["call connect() first, or sendto()"],
  ),
  EPROTOTYPE: local(
    "Protocol and type of the socket do not fit: SOCK_DGRAM with IPPROTO_TCP; or the Unix socket at the path is of another type.",
    "socket() or connect() fails at once.",
    ["SOCK_STREAM goes with IPPROTO_TCP or 0"],
  ),
  EPROTONOSUPPORT: local(
    "The kernel does not have this protocol: a module is missing (SCTP, MPTCP is switched off).",
    "socket() fails at once.",
    ["cat /proc/net/protocols; modprobe sctp", "sysctl net.mptcp.enabled"],
  ),
  ESOCKTNOSUPPORT: local("This address family has no such type of socket.", "socket() fails at once.", [
    "check the second argument of socket()",
  ]),
  EPFNOSUPPORT: local("The kernel does not have this protocol family.", "socket() fails at once.", [
    "cat /proc/net/protocols",
  ]),
  EAFNOSUPPORT: local(
    "The address is of a family that this socket or this kernel does not have: an IPv6 address for an IPv4 socket, or IPv6 switched off.",
    "socket(), bind() or connect() fails at once.",
    ["sysctl net.ipv6.conf.all.disable_ipv6", "getent ahosts NAME: which families does the name have?"],
  ),
  EADDRINUSE: local(
    "Another socket has this address and port: it listens there, or, without SO_REUSEADDR, a connection of it is still in TIME_WAIT. From connect(): no port is free for this destination after bind().",
    "bind() fails, or listen(). With SO_REUSEADDR Linux lets a server start in spite of TIME_WAIT, but not beside another listener (that is SO_REUSEPORT).",
    ["ss -tlnp 'sport = :PORT'", "ss -tan state time-wait 'sport = :PORT'", "set SO_REUSEADDR before bind()"],
  ),
  EADDRNOTAVAIL: local(
    "The address is none of this host's (bind), or no ephemeral port is left for this destination (connect): they are in use or in TIME_WAIT.",
    "bind() or connect() fails at once. Destination 0.0.0.0:0 or port 0 gives it on BSD, too.",
    ["ip addr", "ss -s; ss -tan dst DST | wc -l", "sysctl net.ipv4.ip_local_port_range net.ipv4.tcp_tw_reuse"],
    "Nothing: but the connections before it, many short ones to the same port, are there.",
  ),
  ENETDOWN: local(
    "The interface that the packet would take is down.",
    "connect(), send() or bind() to the device fails at once.",
    ["ip -br link", "dmesg | tail"],
  ),
  ENOBUFS: local(
    "No buffer is left: the queue of an interface is full, or the system lacks memory; on Windows also no port is left.",
    "send() or connect() fails; on Windows 10055 often means that the ephemeral ports are used up.",
    ["ip -s link (dropped)", "tc -s qdisc", "Windows: netsh int ipv4 show dynamicport tcp"],
  ),
  EISCONN: local(
    "The socket is connected already. After connect() gave EINPROGRESS, a second connect() returns it when the handshake is done: then it is good news.",
    "connect() fails, or sendto() with another address.",
    ["ask getsockopt(SO_ERROR) instead of calling connect() again"],
    "Nothing of its own: the handshake is complete.",
  ),
  ENOTCONN: local(
    "The socket has no peer: it never connected, or the connection is gone.",
    "recv(), send(), shutdown() or getpeername() fails. getpeername() right after accept() gives it when the client has reset meanwhile.",
    ["did connect() succeed? getsockopt(SO_ERROR)", "tcpscope explain reset-after-handshake"],
  ),
  ESHUTDOWN: local(
    "Writing was shut down by shutdown().",
    "send() fails; on Linux with EPIPE instead, for TCP.",
    ["strace -e trace=network CMD: who called shutdown()?"],
    "Your own FIN, long before: nothing more for the call that fails.",
  ),
  EALREADY: local(
    "A connect() on this non-blocking socket is still under way.",
    "A second connect() returns it. Wait with poll() until the socket is writable, then ask SO_ERROR.",
    ["ss -tn state syn-sent"],
    "Nothing of its own: SYNs of the first connect(), not answered yet.",
  ),
  EINPROGRESS: local(
    "The handshake was begun and is not finished: what connect() on a non-blocking socket returns. It is no failure.",
    "Wait with poll() or epoll until the socket is writable, then getsockopt(SO_ERROR) tells how it ended: 0, ECONNREFUSED, ETIMEDOUT… A blocking connect() with SO_SNDTIMEO returns it when that time is over.",
    ["ss -tn state syn-sent", "strace -e trace=network,poll CMD"],
    "A SYN that has just left. A program that closes the socket then is seen as a SYN without repetition, or a RST for the late SYN-ACK.",
  ),
};
