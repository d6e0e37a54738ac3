import type { Topic, TopicText } from "./topic.ts";

function term(name: string, aliases: readonly string[], title: string, text: TopicText): Topic {
  return { kind: "term", name, aliases, title, ...text };
}

export const TERM_TOPICS: readonly Topic[] = [
  term("handshake", ["three-way handshake", "3whs", "connect"], "how a connection opens", {
    what: "SYN, SYN-ACK, ACK: each end tells its initial sequence number and acknowledges the other's with one more. The kernels do it; the server's program need not call accept().",
    wire: "Three segments; the first two carry options, the third may carry data.",
    trace: [
      "0.000 > SYN seq 0 (1234567)",
      "0.020 < SYN ACK seq 0 (7654321) ack 1 (1234568)",
      "0.020 > ACK ack 1 (7654322)",
    ],
    program: "connect() returns when the SYN-ACK comes, accept() when the ACK has come.",
    next: ["tcpscope ladder -r FILE", "tcpscope explain --states"],
  }),
  term("close", ["four-way close", "fin-handshake", "teardown", "shutdown"], "how a connection ends", {
    what: "Each direction ends with a FIN and its ACK: four segments, or three when the second FIN comes with the ACK. Who sends the first FIN passes through TIME_WAIT.",
    wire: "FIN, ACK, FIN, ACK.",
    trace: [
      "0.000 > FIN ACK seq 100 ack 50",
      "0.020 < ACK ack 101",
      "0.500 < FIN ACK seq 50 ack 101",
      "0.500 > ACK ack 51",
    ],
    program:
      "recv() of the other end returns 0. Between the two FINs the connection is half-closed: data may still come from the end that has not closed.",
    next: ["tcpscope explain TIME_WAIT CLOSE_WAIT aborted"],
  }),
  term("half-closed", [], "one direction is closed", {
    what: "One end has sent its FIN and the other has not: it may go on sending. Not to be confused with half-open (one end has lost the connection) and embryonic (SYN_RCVD).",
    wire: "FIN and its ACK, then data from the other end.",
    trace: ["0.000 > FIN ACK seq 100 ack 50", "0.020 < ACK ack 101", "0.100 < PSH ACK seq 50 ack 101 len 900"],
    program: "shutdown(SHUT_WR) gets it; recv() goes on.",
    next: ["tcpscope explain FIN_WAIT_2 CLOSE_WAIT half-open"],
  }),
  term("backlog", ["accept queue", "syn queue", "somaxconn", "listen"], "the two queues of a listening socket", {
    what: "The SYN queue holds embryonic connections, the accept queue finished ones that accept() has not taken; listen(backlog) and net.core.somaxconn limit the latter. When it is full, Linux ignores SYNs and last ACKs without any RST, unless tcp_abort_on_overflow is 1: then it resets after the handshake.",
    wire: "SYNs that stay unanswered in bursts, while the same port answers others; or SYN-ACKs that are repeated although they were acknowledged.",
    trace: ["0.000 > SYN seq 0", "1.016 > SYN seq 0 (again)", "1.036 < SYN ACK seq 0 ack 1"],
    program:
      "The client's connect() is slow (1, 3, 7 s) or gives ETIMEDOUT; or it succeeds and the first recv() gives ECONNRESET (10054 on Windows).",
    next: [
      "ss -ltn: Recv-Q is the queue, Send-Q its limit",
      "nstat -az TcpExtListenOverflows TcpExtListenDrops",
      "tcpscope explain accept-queue-full accept-queue-full-at-ack",
    ],
  }),
  term("syn-cookies", ["syn cookie", "syncookies"], "answering SYNs without remembering them", {
    what: "When the SYN queue is full, the server's initial number is a hash of the four-tuple: it keeps nothing until the ACK brings the hash back. Options are lost but for those that fit into the timestamp.",
    wire: "SYN-ACKs that are never repeated, though no ACK came; often without window scale or SACK.",
    trace: ["0.000 > SYN seq 0", "0.000 < SYN ACK seq 0 (a hash) ack 1", "0.020 > ACK ack 1 (the hash plus one)"],
    program: "Nothing; dmesg says possible SYN flooding.",
    next: ["sysctl net.ipv4.tcp_syncookies", "nstat -az 'TcpExtSyncookies*'"],
  }),
  term("tcp-header", ["header", "fields"], "the fields of a TCP segment", {
    what: "20 bytes, or up to 60 with options. Addresses are not in it: they are IP's.",
    wire: "In network byte order:",
    trace: [
      " 0 source port (16)              2 destination port (16)",
      " 4 sequence number (32): of the first byte of data, or of the SYN",
      " 8 acknowledgment number (32): the next byte that is expected",
      "12 data offset (4), reserved (3), AE CWR ECE URG ACK PSH RST SYN FIN",
      "14 window (16): to be shifted by the window scale, but in SYNs",
      "16 checksum (16), with a pseudo header of the IP addresses",
      "18 urgent pointer (16)          20 options, padded to 4 bytes",
    ],
    program: "Nothing of it: programs see bytes in order.",
    next: ["tcpscope -vr FILE prints all of it", "tcpscope explain options"],
  }),
  term("options", ["tcp options", "option layout"], "how options lie in the header", {
    what: "Kind, length and data; the length counts all three. NOP and end of list are one byte alone. The whole is a multiple of four bytes, 40 at most.",
    wire: "<mss 512,nop,wscale 0,nop,nop,timestamp 146647 0> is 20 bytes:",
    trace: [
      " 0-3   02 04 02 00   mss 512",
      " 4-7   01 03 03 00   nop, wscale 0",
      " 8-11  01 01 08 0a   nop, nop, timestamps…",
      "12-15  00 02 3c d7   val 146647",
      "16-19  00 00 00 00   ecr 0",
    ],
    program: "Nothing.",
    next: ["tcpscope explain mss wscale sackOK TS nop", "tcpscope -vr FILE"],
  }),
  term("ecn", ["explicit congestion notification", "ect", "ce"], "marking instead of dropping", {
    what: "Two bits of IP say whether a packet may be marked (10 ECT(0), 01 ECT(1)) and that it was (11 CE); ECE and CWR of TCP carry the news back and forth (RFC 3168).",
    wire: "SYN with ECE and CWR, SYN-ACK with ECE; a CE mark is answered with ECE until CWR comes.",
    trace: [
      "0.000 > SYN ECE CWR seq 0 (IP 00)",
      "0.020 < SYN ECE ACK seq 0 ack 1 (IP 00)",
      "0.021 > ACK seq 1 ack 1 len 1448 (IP 10)",
      "0.041 < ECE ACK ack 1449 (it came with IP 11)",
      "0.042 > CWR ACK seq 1449 ack 1 len 1448 (IP 10)",
    ],
    program: "Nothing.",
    next: ["sysctl net.ipv4.tcp_ecn", "tcpscope explain ECE CWR ecn-blocked"],
  }),
  term("simultaneous-open", ["simultaneous open"], "both ends call connect()", {
    what: "Two SYNs cross: one connection in four segments, without client or server. Both ends go from SYN_SENT by SYN_RCVD to ESTABLISHED.",
    wire: "SYN, SYN, SYN-ACK, SYN-ACK.",
    trace: ["0.000 > SYN seq 0", "0.001 < SYN seq 0", "0.010 > SYN ACK seq 0 ack 1", "0.011 < SYN ACK seq 0 ack 1"],
    program: "connect() returns 0 at both ends; nobody calls accept().",
    next: ["tcpscope ladder -r FILE", "tcpscope explain CLOSING (the simultaneous close)"],
  }),
];
