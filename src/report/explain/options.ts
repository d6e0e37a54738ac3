import * as kinds from "../../wire/tcp-options.ts";
import type { Topic, TopicText } from "./topic.ts";

/** An option of the TCP header with its kinds in the IANA registry. */
interface OptionTopic extends Topic {
  readonly kinds: readonly number[];
}

function option(
  numbers: readonly number[],
  name: string,
  aliases: readonly string[],
  title: string,
  text: TopicText,
): OptionTopic {
  const words = numbers.flatMap((kind) => [String(kind), `kind ${kind}`, `option ${kind}`]);
  return {
    kind: "option",
    kinds: numbers,
    name,
    aliases: [...aliases, ...words],
    title: `kind ${numbers.join(", ")}: ${title}`,
    ...text,
  };
}

export const OPTION_TOPICS: readonly OptionTopic[] = [
  option([kinds.OPTION_END], "eol", ["end of option list"], "end of the options", {
    what: "One byte: what follows up to the data offset is padding.",
    wire: "00. Only needed when the options end before the header does.",
    trace: ["options [mss 1460,sackOK,eol]"],
    program: "Nothing.",
    next: ["tcpscope -vr FILE"],
  }),
  option([kinds.OPTION_NOP], "nop", ["no-operation"], "one byte of padding", {
    what: "Moves the next option to a boundary of four bytes. The order of NOPs in a SYN tells the operating system.",
    wire: "01.",
    trace: ["options [nop,nop,TS val 1000 ecr 0]", "bytes   01 01 08 0a 00 00 03 e8 00 00 00 00"],
    program: "Nothing.",
    next: ["tcpscope -vr FILE 'tcp[tcpflags] & tcp-syn != 0'"],
  }),
  option([kinds.OPTION_MSS], "mss", ["maximum segment size"], "the largest segment that the sender can receive", {
    what: "In SYNs only: bytes of data in one segment, usually the MTU less 40 (IPv4) or 60 (IPv6). Without it 536 (IPv4) or 1220 (IPv6). Each end tells its own; it is no negotiation.",
    wire: "02 04 05 b4 is 1460.",
    trace: ["0.000 > SYN seq 0, options [mss 1460,…]", "0.020 < SYN ACK seq 0 ack 1, options [mss 1400,…]"],
    program: "getsockopt(TCP_MAXSEG). A firewall that clamps it changes the number on the way.",
    next: ["ip route get DST (mtu, advmss)", "tcpscope explain pmtu-black-hole"],
  }),
  option([kinds.OPTION_WINDOW_SCALE], "wscale", ["window scale", "ws"], "by how many bits windows are shifted", {
    what: "In SYNs only, and only when both ends send it: the window of every later segment is to be shifted left by so many bits, up to 14 (RFC 7323). Without it a window ends at 65535 bytes.",
    wire: "03 03 07 is a factor of 128. The window of the SYNs themselves is not scaled.",
    trace: [
      "0.000 > SYN seq 0 win 64240, options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7]",
      "0.020 > ACK ack 1 win 502 (502 * 128 = 64256 bytes)",
    ],
    program: "Nothing; SO_RCVBUF set before connect() or listen() decides it.",
    next: ["a window that looks tiny: is the handshake in the capture?"],
  }),
  option(
    [kinds.OPTION_SACK_PERMITTED],
    "sackOK",
    ["sack permitted", "sackperm"],
    "selective acknowledgments are understood",
    {
      what: "In SYNs only (RFC 2018). When both ends send it, ACKs may say which later ranges have come.",
      wire: "04 02.",
      trace: ["0.000 > SYN seq 0, options [mss 1460,sackOK,…]"],
      program: "Nothing.",
      next: ["sysctl net.ipv4.tcp_sack"],
    },
  ),
  option(
    [kinds.OPTION_SACK],
    "sack",
    ["selective acknowledgment", "dsack"],
    "ranges that came although something before is missing",
    {
      what: "Up to four ranges (three beside timestamps). A first range below the acknowledgment is a D-SACK (RFC 2883): that data came twice, the retransmission was not needed.",
      wire: "05 0a and two numbers: left edge, right edge.",
      trace: ["0.000 < ACK ack 1449, options [nop,nop,sack 1 {2897:4345}]"],
      program: "Nothing: the sender repeats only what is missing.",
      next: ["ss -ti: sacked, lost, retrans", "tcpscope explain fastRetransmission"],
    },
  ),
  option([kinds.OPTION_ECHO, kinds.OPTION_ECHO_REPLY], "echo", ["echo reply"], "echo and its reply (obsolete)", {
    what: "The forerunners of timestamps (RFC 1072).",
    wire: "06 06 and 07 06 with four bytes.",
    trace: ["options [echo 1,echoreply 0]"],
    program: "Nothing.",
    next: ["who sends it? No system of today does"],
  }),
  option([kinds.OPTION_TIMESTAMPS], "TS", ["timestamps", "timestamp", "TSopt"], "timestamps", {
    what: "val is the sender's clock, ecr the value that it saw last of the peer (RFC 7323). It measures round trips, and old segments are dropped by it (PAWS).",
    wire: "08 0a and two numbers; in every segment or in none.",
    trace: [
      "0.000 > SYN seq 0, options [mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7]",
      "0.020 < SYN ACK seq 0 ack 1, options [mss 1460,sackOK,TS val 7000 ecr 1000,nop,wscale 7]",
    ],
    program: "Nothing. Behind a NAT, clients whose clocks differ may be dropped by servers that compare them.",
    next: ["sysctl net.ipv4.tcp_timestamps", "nstat -az 'TcpExtPAWS*'"],
  }),
  option(
    [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27],
    "obsolete-options",
    ["cc", "ccnew", "ccecho", "quick-start"],
    "kinds of the registry that are no longer used",
    {
      what: "Partial order (9, 10), T/TCP's connection counts (11 to 13), alternate checksums (14, 15) and other experiments that were given up; 27 is Quick-Start (RFC 4782).",
      wire: "Kind, length, data as for any option.",
      trace: ["options [mss 1460,cc 1,…]"],
      program: "Nothing.",
      next: ["an unknown sender of them is a scanner or a fuzzer"],
    },
  ),
  option([kinds.OPTION_MD5], "md5", ["md5 signature", "tcp md5"], "signature of the segment (RFC 2385)", {
    what: "Each segment is signed with a shared key: BGP sessions. A segment without it, or with a wrong one, is dropped in silence.",
    wire: "13 12 and 16 bytes.",
    trace: [
      "0.000 > SYN seq 0, options [md5 shared secret not supplied with -M,…]",
      "1.003 > SYN seq 0 (again): the keys differ",
    ],
    program: "connect() gives ETIMEDOUT when keys differ: nothing answers.",
    next: ["nstat -az 'TcpExtTCPMD5*'", "dmesg | grep -i md5"],
  }),
  option(
    [kinds.OPTION_USER_TIMEOUT],
    "uto",
    ["user timeout"],
    "how long the sender tries before it gives up (RFC 5482)",
    {
      what: "Tells the peer the user timeout. Linux knows the socket option TCP_USER_TIMEOUT but does not send this.",
      wire: "1c 04 and a granularity bit with 15 bits.",
      trace: ["options [uto 300,…]"],
      program: "Nothing.",
      next: ["setsockopt(TCP_USER_TIMEOUT)"],
    },
  ),
  option(
    [kinds.OPTION_AUTHENTICATION],
    "tcp-ao",
    ["ao", "authentication option"],
    "authentication of the segment (RFC 5925)",
    {
      what: "The successor of MD5 signatures, with key numbers and several algorithms; Linux has it since 6.7.",
      wire: "1d, length, key number, next key number, code.",
      trace: ["0.000 > SYN seq 0, options [tcp-ao keyid 5 rnextkeyid 5 mac 0x…]"],
      program: "As with MD5: wrong keys are silence, and ETIMEDOUT.",
      next: ["nstat -az 'TcpExtTCPAO*'"],
    },
  ),
  option([kinds.OPTION_MULTIPATH], "mptcp", ["multipath tcp"], "Multipath TCP (RFC 8684)", {
    what: "One connection over several paths: MP_CAPABLE in the first handshake, MP_JOIN for further ones, DSS maps the data. A middlebox that takes it away leaves plain TCP.",
    wire: "1e, length, subtype.",
    trace: [
      "0.000 > SYN seq 0, options [mss 1460,…,mptcp capable v1]",
      "0.020 < SYN ACK seq 0 ack 1, options [mss 1460,…,mptcp capable v1 {0x…}]",
    ],
    program: "Nothing: the socket behaves like TCP.",
    next: ["ss -tniM; ip mptcp endpoint", "nstat -az 'MPTcp*'"],
  }),
  option([kinds.OPTION_FAST_OPEN], "tfo", ["fast open", "tcp fast open", "cookie"], "Fast Open cookie (RFC 7413)", {
    what: "Empty: the client asks for a cookie. With 4 to 16 bytes: the server gives one, or the client shows it and may send data in its SYN.",
    wire: "22 02, or 22 and length and cookie.",
    trace: ["0.000 > SYN seq 0 len 120, options [mss 1460,…,tfo cookie 8a9b…]", "0.020 < SYN ACK seq 0 ack 121"],
    program: "sendto(MSG_FASTOPEN) or TCP_FASTOPEN_CONNECT: the first write leaves with the SYN.",
    next: ["sysctl net.ipv4.tcp_fastopen", "tcpscope explain tfo-blocked"],
  }),
  option([69], "eno", ["tcp-eno", "tcpcrypt"], "encryption negotiation (RFC 8547)", {
    what: "Offers opportunistic encryption of the byte stream (tcpcrypt).",
    wire: "45, length, suboptions.",
    trace: ["0.000 > SYN seq 0, options [mss 1460,…,eno …]"],
    program: "Nothing; hardly any system has it.",
    next: ["who sends it? tcpscope -vr FILE"],
  }),
  option([kinds.OPTION_ACCECN_0, kinds.OPTION_ACCECN_1], "AccECN", ["accurate ecn"], "counters of accurate ECN", {
    what: "How many bytes came with ECT(0), CE and ECT(1), 24 bits each; 172 and 174 differ in the order.",
    wire: "ac or ae, length, counters.",
    trace: ["0.020 < AE SYN ACK seq 0 ack 1, options [exp-accecn or accecn e1b 1 ceb 0 e0b 1]"],
    program: "Nothing.",
    next: ["sysctl net.ipv4.tcp_ecn net.ipv4.tcp_ecn_option", "tcpscope explain AE ecn"],
  }),
  option(
    [kinds.OPTION_EXPERIMENT_1, kinds.OPTION_EXPERIMENT_2],
    "exp",
    ["experimental"],
    "experiments (RFC 4727, RFC 6994)",
    {
      what: "Shared by experiments; the first two or four bytes say which: 0xf989 is Fast Open before it had a kind, 0xe2d4c3d9 is SMC-R.",
      wire: "fd or fe, length, identifier, data.",
      trace: ["0.000 > SYN seq 0, options [mss 1460,…,exp-tfo cookiereq]"],
      program: "Nothing.",
      next: ["tcpscope -vr FILE names the known ones"],
    },
  ),
];
