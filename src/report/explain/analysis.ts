import type { Topic, TopicText } from "./topic.ts";

function finding(name: string, aliases: readonly string[], title: string, text: TopicText): Topic {
  return { kind: "analysis", name, aliases, title, ...text };
}

/** What Wireshark writes in brackets, by the names that --json and --where use. */
export const ANALYSIS_TOPICS: readonly Topic[] = [
  finding("retransmission", ["TCP Retransmission", "rto"], "sent again after a timeout, or for no reason that shows", {
    what: "The segment starts below what was already sent, and it is neither fast, spurious nor out of order by Wireshark's rules. The gap to the first sending tells why: a doubling gap is the retransmission timer.",
    wire: "The same sequence number again, later.",
    trace: ["0.000 > ACK seq 1 ack 1 len 1448", "0.220 > ACK seq 1 ack 1 len 1448 (again)"],
    program: "Nothing, but it waits. When nothing is ever acknowledged: ETIMEDOUT.",
    next: ["ss -ti: retrans, rto, backoff", "tcpscope flows -r FILE; tcpscope explain peer-vanished"],
  }),
  finding(
    "fastRetransmission",
    ["TCP Fast Retransmission", "fast retransmit"],
    "sent again because duplicate ACKs asked for it",
    {
      what: "Two or more duplicate ACKs came within 20 ms before: one segment was lost, the ones behind it arrived.",
      wire: "Duplicate ACKs with the same number, then that segment.",
      trace: [
        "0.000 < ACK ack 1449",
        "0.001 < ACK ack 1449 (duplicate)",
        "0.002 < ACK ack 1449 (duplicate)",
        "0.002 > ACK seq 1449 ack 1 len 1448 (again)",
      ],
      program: "Nothing: the pause is about one round trip.",
      next: ["ss -ti: lost, sacked", "where is it lost? capture at both ends"],
    },
  ),
  finding("spuriousRetransmission", ["TCP Spurious Retransmission"], "sent again although it had been acknowledged", {
    what: "The data was acknowledged already in the capture: the ACK was late or lost, or the sender's timer too short.",
    wire: "Segment, its ACK, and the segment again; often answered with a D-SACK.",
    trace: [
      "0.000 > ACK seq 1 ack 1 len 100",
      "0.250 < ACK ack 101",
      "0.251 > ACK seq 1 ack 1 len 100 (again)",
      "0.501 < ACK ack 101, options [sack 1 {1:101}]",
    ],
    program: "Nothing.",
    next: ["is the delay jumping? tcpscope flows -r FILE (RTT)", "the ACKs are lost: capture at the sender"],
  }),
  finding("outOfOrder", ["TCP Out-Of-Order"], "comes behind a later one, but soon", {
    what: "Starts below the highest number seen, within 3 ms or the initial round trip: overtaken on the way rather than sent again.",
    wire: "A later segment first, then this one.",
    trace: ["0.000 > ACK seq 1449 ack 1 len 1448", "0.001 > ACK seq 1 ack 1 len 1448"],
    program: "Nothing.",
    next: ["several paths or a bonded link? IP identification tells: tcpscope -vr FILE"],
  }),
  finding("duplicateAck", ["TCP Dup ACK", "dup ack"], "the same ACK again", {
    what: "An empty segment with the same acknowledgment and the same window as before: something came that is not what is expected next.",
    wire: "ACK with the same number, often with SACK ranges.",
    trace: ["0.000 < ACK ack 1449", "0.001 < ACK ack 1449, options [sack 1 {2897:4345}]"],
    program: "Nothing.",
    next: ["tcpscope explain fastRetransmission sack"],
  }),
  finding("lostSegment", ["TCP Previous segment not captured", "previous segment lost"], "a gap before this segment", {
    what: "The sequence number is beyond what was seen: a segment before it was lost before the capture point, or the capture dropped it.",
    wire: "Numbers that jump.",
    trace: ["0.000 > ACK seq 1 ack 1 len 1448", "0.001 > ACK seq 2897 ack 1 len 1448"],
    program: "Nothing yet.",
    next: [
      "did the capture drop packets? tcpdump says so at its end (dropped by kernel)",
      "is it acknowledged later? Then only the capture missed it",
    ],
  }),
  finding(
    "ackLostSegment",
    ["TCP ACKed unseen segment", "ack of unseen segment"],
    "acknowledges what was not captured",
    {
      what: "The acknowledgment is beyond what the capture has seen of the other end: the capture misses packets, not the connection.",
      wire: "An ACK for numbers that are in no segment.",
      trace: ["0.000 > ACK seq 1 ack 1 len 1448", "0.020 < ACK ack 4345"],
      program: "Nothing.",
      next: ["capture with a larger buffer: tcpdump -B 16384", "tcpscope explain one-direction"],
    },
  ),
  finding("zeroWindow", ["TCP ZeroWindow", "zero window"], "the receiver has no room", {
    what: "The sender of this segment can take nothing more: its program does not read.",
    wire: "ACK with window 0.",
    trace: ["0.000 < ACK ack 14481 win 0"],
    program: "The other end's send() blocks, or gives EAGAIN.",
    next: ["ss -tnm on that end: Recv-Q", "tcpscope explain zero-window"],
  }),
  finding("windowFull", ["TCP Window Full"], "fills the window to its edge", {
    what: "After this segment nothing more may be sent until the receiver makes room.",
    wire: "Data that ends exactly where the window ends.",
    trace: ["0.000 < ACK ack 1 win 1448", "0.001 > ACK seq 1 ack 1 len 1448"],
    program: "send() may block soon.",
    next: ["the receiver's buffer: sysctl net.ipv4.tcp_rmem", "tcpscope explain zero-window"],
  }),
  finding("windowUpdate", ["TCP Window Update"], "there is room again, or more of it", {
    what: "An empty segment with the same acknowledgment and another window.",
    wire: "ACK with the same number and a larger window.",
    trace: ["0.000 < ACK ack 14481 win 0", "3.100 < ACK ack 14481 win 64128"],
    program: "The receiver's program has read.",
    next: ["how long was the window closed? tcpscope diagnose -r FILE"],
  }),
  finding("keepAlive", ["TCP Keep-Alive", "keepalive"], "a question whether the peer is still there", {
    what: "Empty or with one byte, its sequence number one below the next: the peer has to answer. Linux: after 2 h of silence (tcp_keepalive_time), every 75 s, 9 times; programs set less.",
    wire: "ACK with the number before the next one, after a long silence.",
    trace: ["7200.000 > ACK seq 0 ack 1", "7200.020 < ACK ack 1"],
    program: "Nothing when it is answered; ETIMEDOUT when none is.",
    next: ["setsockopt(SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT)", "tcpscope explain keepalive-timeout"],
  }),
  finding("keepAliveAck", ["TCP Keep-Alive ACK"], "the answer to a keep-alive", {
    what: "The peer is still there and still knows the connection.",
    wire: "ACK with the numbers of before, right after a keep-alive.",
    trace: ["7200.000 > ACK seq 0 ack 1", "7200.020 < ACK ack 1"],
    program: "Nothing.",
    next: ["nothing to do"],
  }),
  finding("zeroWindowProbe", ["TCP ZeroWindowProbe", "window probe"], "a question whether there is room again", {
    what: "Sent while the receiver's window is closed. One byte of new data by Wireshark's rule; Linux sends an empty segment one number back instead, which Wireshark calls a keep-alive.",
    wire: "At growing gaps, answered with the window.",
    trace: ["0.000 < ACK ack 14481 win 0", "0.210 > ACK seq 14480 ack 1", "0.230 < ACK ack 14481 win 0"],
    program: "send() blocks.",
    next: ["tcpscope explain zero-window"],
  }),
  finding("zeroWindowProbeAck", ["TCP ZeroWindowProbeAck"], "the answer to a window probe: still no room", {
    what: "An ACK with window 0 after a probe.",
    wire: "ACK with window 0.",
    trace: ["0.210 > ACK seq 14481 ack 1 len 1", "0.230 < ACK ack 14481 win 0"],
    program: "send() still blocks.",
    next: ["tcpscope explain zero-window"],
  }),
  finding("reusedPorts", ["TCP Port numbers reused", "port reuse"], "a SYN on a four-tuple that was used before", {
    what: "The same addresses and ports, another initial sequence number: a new connection.",
    wire: "A SYN after the end of a connection on the same ports.",
    trace: ["0.000 > ACK ack 51 (end of the first)", "1.000 > SYN seq 0 (another number)"],
    program: "Nothing, unless the peer still keeps the old one in TIME_WAIT or as half-open.",
    next: ["tcpscope explain time-wait-reuse syn-to-half-open"],
  }),
];
