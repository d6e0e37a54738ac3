import { icmpWords } from "../../diagnosis/errno.ts";
import type { IcmpError } from "../../flow/connection.ts";
import { icmpErrno } from "../../flow/icmp-errno.ts";
import type { Topic } from "./topic.ts";

const UNREACHABLE_WHY: readonly string[] = [
  "The router has no route to that network.",
  "The last router got no answer to its ARP questions (3 s later), or a router or firewall says so at once.",
  "The host does not have that protocol; for TCP a device that blocks it in these words.",
  "No program has that UDP port; for TCP a firewall that rejects (iptables' REJECT without more words), never a kernel.",
  "The packet is larger than the next link carries and must not be cut. The next hop's MTU is in the message.",
  "A source route could not be followed.",
  "The network is not known. Not sent today.",
  "The host is not known. Not sent today.",
  "The source is isolated. Not sent today.",
  "A firewall forbids that network.",
  "A firewall forbids that host (the default of firewalld).",
  "No route for this type of service.",
  "The host cannot be reached for this type of service.",
  "A router's access list forbids it (Cisco's words).",
  "The precedence is not allowed.",
  "The precedence is below what is asked for.",
];

const UNREACHABLE_WHY_V6: readonly string[] = [
  "The router has no route to that destination.",
  "A firewall forbids it.",
  "The source address is of a smaller scope than the destination.",
  "The last router got no answer to its neighbour solicitations, or says so at once.",
  "No program has that UDP port; for TCP a firewall that rejects.",
  "The source address fails the router's policy.",
  "The route there is one that rejects.",
  "The source route in the header is wrong.",
  "The headers are too long for the router.",
];

/** What an error of that type and code says, and the errno of connect() on Linux. */
function errorTopic(version: 4 | 6, type: number, code: number, what: string, aliases: readonly string[] = []): Topic {
  const error: IcmpError = {
    version,
    type,
    code,
    router: "",
    to: 0,
    frame: 0,
    timeNs: 0,
    quotedFrame: 0,
    quotedTtl: 0,
    ttl: 0,
    nextHopMtu: 0,
    matches: true,
  };
  const words = icmpWords(error).replace(/, MTU 0$/, "");
  const errno = icmpErrno(error);
  const family = version === 4 ? "ICMP" : "ICMPv6";
  const protocol = version === 4 ? "icmp" : "icmp6";
  return {
    kind: "icmp",
    name: `${protocol} ${type}/${code}`,
    aliases: [
      `${protocol}-${type}/${code}`,
      ...(version === 4 ? [`${type}/${code}`] : []),
      words,
      words.replaceAll(" ", "-"),
      ...aliases,
    ],
    title: `${family} ${words}`,
    what,
    wire: `A packet from the router (or the host) that quotes the IP header and the first bytes of what caused it: ports and sequence number tell the connection.`,
    trace: ["0.000 > SYN seq 0", `0.004 r< ${family} ${words}, quotes the SYN`],
    program:
      errno === ""
        ? "connect() goes on: it is no error for TCP, only a hint."
        : `connect() fails at once on Linux: ${errno}. In an established connection it is kept, and returned only when the repetitions end.`,
    next: [
      `tcpscope -nr FILE '${protocol}[0] == ${type} and ${protocol}[1] == ${code}'`,
      ...(errno === "" ? [] : [`tcpscope explain ${errno}`]),
    ],
  };
}

/** A message that is no error. */
function message(
  name: string,
  aliases: readonly string[],
  title: string,
  what: string,
  trace: readonly string[],
  next: readonly string[],
): Topic {
  const program = "A TCP program sees nothing of it.";
  return {
    kind: "icmp",
    name,
    aliases,
    title,
    what,
    wire: "A packet of its own, without a quote.",
    trace,
    program,
    next,
  };
}

export const ICMP_TOPICS: readonly Topic[] = [
  message(
    "icmp 0/0",
    ["icmp 0", "echo reply", "pong"],
    "ICMP echo reply",
    "The answer to ping.",
    ["0.000 > ICMP echo request, id 7, seq 1", "0.020 < ICMP echo reply, id 7, seq 1"],
    ["ping -c 3 DST: answers say nothing about TCP ports"],
  ),
  ...UNREACHABLE_WHY.map((what, code) =>
    errorTopic(
      4,
      3,
      code,
      what,
      code === 0 ? ["icmp 3", "destination unreachable"] : code === 4 ? ["frag needed", "need to fragment"] : [],
    ),
  ),
  errorTopic(4, 4, 0, "Please send slower. No longer used (RFC 6633), and ignored.", ["icmp 4"]),
  {
    ...errorTopic(
      4,
      5,
      1,
      "A router on the link says: for this destination another gateway is the better way. The host may change its route (accept_redirects).",
      ["icmp 5", "5/0", "redirect"],
    ),
    title: "ICMP redirect (5/0 network, 5/1 host)",
    trace: [
      "0.000 > SYN seq 0",
      "0.001 r< ICMP redirect 10.0.0.5 to host 10.0.0.254, quotes the SYN",
      "0.020 < SYN ACK seq 0 ack 1",
    ],
    next: [
      "ip route get DST; sysctl net.ipv4.conf.all.accept_redirects",
      "two routers on one link: give the host the right route",
    ],
  },
  message(
    "icmp 8/0",
    ["icmp 8", "echo request", "ping"],
    "ICMP echo request",
    "What ping sends.",
    ["0.000 > ICMP echo request, id 7, seq 1", "0.020 < ICMP echo reply, id 7, seq 1"],
    ["ping -c 3 DST; no answer says little: firewalls drop it"],
  ),
  errorTopic(
    4,
    11,
    0,
    "The TTL was counted down to 0: a routing loop, a path longer than the TTL, or traceroute at work.",
    ["icmp 11", "time exceeded", "ttl exceeded"],
  ),
  errorTopic(4, 11, 1, "Not all fragments came in time."),
  errorTopic(4, 12, 0, "A field of the IP header is wrong: an option that a device does not like.", [
    "icmp 12",
    "parameter problem",
  ]),
  message(
    "icmp 13/0",
    ["icmp 13", "icmp 14", "icmp 14/0", "timestamp request"],
    "ICMP timestamp request, and 14 its reply",
    "Asks for the clock of a host; scanners use it.",
    ["0.000 > ICMP time stamp query id 7 seq 1", "0.020 < ICMP time stamp reply id 7 seq 1"],
    ["hping3 --icmp-ts DST"],
  ),
  ...UNREACHABLE_WHY_V6.map((what, code) => errorTopic(6, 1, code, what, code === 0 ? ["icmp6 1"] : [])),
  errorTopic(
    6,
    2,
    0,
    "The packet is larger than the next link carries: the MTU is in the message. Routers of IPv6 never cut packets, so this message must not be filtered.",
    ["icmp6 2", "packet too big"],
  ),
  errorTopic(6, 3, 0, "The hop limit was counted down to 0: a loop, or traceroute.", ["icmp6 3", "hop limit exceeded"]),
  errorTopic(6, 3, 1, "Not all fragments came in time."),
  errorTopic(6, 4, 0, "A field of the header, or a header, is not understood.", ["icmp6 4"]),
  message(
    "icmp6 128/0",
    ["icmp6 128", "icmp6 129", "icmp6 129/0", "ping6"],
    "ICMPv6 echo request, and 129 its reply",
    "What ping sends over IPv6.",
    ["0.000 > ICMP6 echo request, id 7, seq 1", "0.020 < ICMP6 echo reply, id 7, seq 1"],
    ["ping -6 -c 3 DST"],
  ),
  message(
    "icmp6 133/0",
    ["icmp6 133", "icmp6 134", "icmp6 134/0", "router solicitation", "router advertisement"],
    "ICMPv6 router solicitation, and 134 the advertisement",
    "How a host finds its gateway and its prefix.",
    ["0.000 > ICMP6 router solicitation", "0.010 < ICMP6 router advertisement"],
    ["rdisc6 IFACE; ip -6 route"],
  ),
  message(
    "icmp6 135/0",
    [
      "icmp6 135",
      "icmp6 136",
      "icmp6 136/0",
      "neighbour solicitation",
      "neighbor solicitation",
      "neighbour advertisement",
      "nd",
    ],
    "ICMPv6 neighbour solicitation, and 136 the advertisement",
    "IPv6's ARP: who has this address? Three questions a second apart without answer, and connect() fails with EHOSTUNREACH.",
    [
      "0.000 > ICMP6 neighbour solicitation, who has 2001:db8::9",
      "1.000 > ICMP6 neighbour solicitation, who has 2001:db8::9",
    ],
    ["ip -6 neigh", "tcpscope explain neighbour-unreachable"],
  ),
  message(
    "icmp6 137/0",
    ["icmp6 137", "redirect6"],
    "ICMPv6 redirect",
    "A router on the link says: for this destination another neighbour is the better way.",
    ["0.000 < ICMP6 redirect, 2001:db8::9 to fe80::5"],
    ["ip -6 route get DST"],
  ),
];
