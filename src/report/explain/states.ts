import { STATES, type TcpState } from "../../flow/states.ts";
import type { Topic, TopicText } from "./topic.ts";

interface StateText extends TopicText {
  readonly title: string;
}

const TEXTS: Readonly<Record<TcpState, StateText>> = {
  UNKNOWN: {
    title: "the capture cannot tell",
    what: "No state of RFC 9293: what is printed (? in a ladder) for an end of which the capture shows too little, because it began in the middle or holds one direction only.",
    wire: "Segments without the handshake before them, or none of that end.",
    trace: ["0.000 > PSH ACK seq 1 ack 1 len 20", "… whether the server still knows the connection is not seen"],
    program: "Nothing: the state is unknown to the reader, not to the kernel.",
    next: ["capture from before the connection starts, with -i any", "ss -tan on the host itself"],
  },
  CLOSED: {
    title: "no connection",
    what: "There is no connection: not yet, or no more. Any segment for it but a RST is answered with a RST.",
    wire: "A SYN to a port in CLOSED is refused by RST with ACK.",
    trace: ["0.000 > SYN seq 0", "0.001 < RST ACK seq 0 ack 1"],
    program: "A socket before connect() or listen(), or after an error. ss does not show it.",
    next: ["ss -ltn: which ports do listen?", "tcpscope explain refused"],
  },
  LISTEN: {
    title: "waiting for a SYN",
    what: "A server called listen(). The kernel answers SYNs by itself, whether or not the program calls accept().",
    wire: "Nothing until a SYN comes.",
    trace: ["… listen() leaves nothing on the wire", "0.000 > SYN seq 0", "0.001 < SYN ACK seq 0 ack 1"],
    program: "accept() blocks. ss -ltn shows the accept queue in Recv-Q and its limit in Send-Q.",
    next: ["ss -ltn 'sport = :PORT'", "tcpscope explain backlog"],
  },
  SYN_SENT: {
    title: "connect() has sent a SYN",
    what: "The client waits for the SYN-ACK and repeats its SYN by a schedule.",
    wire: "SYNs with the same port and sequence number, the gaps growing.",
    trace: ["0.000 > SYN seq 0", "1.003 > SYN seq 0 (again)"],
    program:
      "connect() blocks, or gave EINPROGRESS. RST: ECONNREFUSED. ICMP: EHOSTUNREACH and others. Silence: ETIMEDOUT.",
    next: ["ss -tn state syn-sent", "tcpscope explain syn-unanswered ETIMEDOUT"],
  },
  SYN_RCVD: {
    title: "SYN-ACK sent, its acknowledgment awaited",
    what: "The server's kernel has answered a SYN: an embryonic connection (Linux calls it SYN_RECV). In a simultaneous open both ends pass through it.",
    wire: "SYN, SYN-ACK; the SYN-ACK is repeated at 1, 3, 7, 15, 31 s (tcp_synack_retries 5) when no ACK comes.",
    trace: ["0.000 > SYN seq 0", "0.001 < SYN ACK seq 0 ack 1", "1.010 < SYN ACK seq 0 ack 1 (again)"],
    program: "The server's program does not see it yet.",
    next: ["ss -tn state syn-recv", "tcpscope explain accept-queue-full-at-ack syn-flood"],
  },
  ESTABLISHED: {
    title: "open: data can pass both ways",
    what: "The handshake is complete at this end.",
    wire: "The client enters it with the SYN-ACK, the server with the ACK of its SYN-ACK.",
    trace: [
      "0.000 > SYN seq 0",
      "0.020 < SYN ACK seq 0 ack 1 (client: ESTABLISHED)",
      "0.020 > ACK ack 1 (server: ESTABLISHED)",
    ],
    program: "connect() returns 0; accept() can return.",
    next: ["ss -tni: round trip, window, retransmissions of each connection"],
  },
  FIN_WAIT_1: {
    title: "closed here, FIN not acknowledged yet",
    what: "This end closed first and sent its FIN.",
    wire: "FIN; it is repeated like data when no ACK comes.",
    trace: ["0.000 > FIN ACK seq 100 ack 50"],
    program: "close() or shutdown() has returned. After close() the program no longer sees the connection.",
    next: ["ss -tan state fin-wait-1: many of them wait for peers that are gone (tcp_orphan_retries)"],
  },
  FIN_WAIT_2: {
    title: "closed here, the peer still open",
    what: "The FIN is acknowledged, the peer has not sent its own: the connection is half-closed and the peer may still send.",
    wire: "FIN, ACK, and then nothing or data from the peer.",
    trace: ["0.000 > FIN ACK seq 100 ack 50", "0.020 < ACK ack 101"],
    program:
      "After shutdown() recv() still reads. After close() Linux gives up after tcp_fin_timeout (60 s) and answers later data with RST.",
    next: ["ss -tan state fin-wait-2; on the peer: state close-wait", "tcpscope explain close-leak"],
  },
  CLOSE_WAIT: {
    title: "the peer has closed, this end not yet",
    what: "The peer's FIN came. The program has to call close(); until it does, nothing happens.",
    wire: "FIN from the peer, ACK, and no FIN back.",
    trace: ["0.000 < FIN ACK seq 50 ack 100", "0.000 > ACK ack 51"],
    program: "recv() returns 0. send() still works as far as the peer reads. Many of them are a leak in the program.",
    next: ["ss -tnp state close-wait: which program?", "tcpscope explain close-leak EMFILE"],
  },
  CLOSING: {
    title: "both closed at the same moment",
    what: "The FINs crossed: this end has sent one and got one, and its own is not acknowledged yet.",
    wire: "Two FINs, neither of which acknowledges the other.",
    trace: [
      "0.000 > FIN ACK seq 100 ack 50",
      "0.001 < FIN ACK seq 50 ack 100",
      "0.020 > ACK ack 51",
      "0.021 < ACK ack 101",
    ],
    program: "close() has returned. Seldom seen.",
    next: ["nothing to do: TIME_WAIT follows at both ends"],
  },
  LAST_ACK: {
    title: "closed second, the FIN not acknowledged yet",
    what: "The peer closed first, this end has now sent its FIN, too.",
    wire: "FIN of the second closer; repeated when the last ACK is lost.",
    trace: ["0.000 < FIN ACK seq 50 ack 100", "0.010 > FIN ACK seq 100 ack 51", "0.030 < ACK ack 101"],
    program: "close() has returned.",
    next: ["ss -tan state last-ack: many of them wait for peers that are gone"],
  },
  TIME_WAIT: {
    title: "closed, kept for late segments",
    what: "The end that closed first keeps the four-tuple for twice the maximum segment lifetime, so that a late FIN is acknowledged and old segments meet no new connection. 60 s on Linux, fixed; 60 s on BSD (net.inet.tcp.msl), 30 to 240 s on Windows. Entered from FIN_WAIT_2, from CLOSING, or from FIN_WAIT_1 when FIN and ACK come together.",
    wire: "The last ACK, then silence; a repeated FIN is acknowledged again.",
    trace: [
      "0.000 > FIN ACK seq 100 ack 50",
      "0.020 < FIN ACK seq 50 ack 101",
      "0.020 > ACK ack 51 (client: TIME_WAIT)",
    ],
    program:
      "Nothing. bind() to its port gives EADDRINUSE without SO_REUSEADDR; very many of them use up the ports: EADDRNOTAVAIL.",
    next: [
      "ss -s; ss -tan state time-wait | wc -l",
      "sysctl net.ipv4.tcp_tw_reuse",
      "tcpscope explain time-wait-reuse EADDRINUSE",
    ],
  },
};

/** Other spellings: RFC 9293's, Linux' ss, BSD's netstat. */
const ALIASES: Readonly<Partial<Record<TcpState, readonly string[]>>> = {
  UNKNOWN: ["?"],
  SYN_RCVD: ["SYN_RECEIVED", "SYN_RECV", "embryonic"],
  SYN_SENT: ["SYN_SEND"],
  ESTABLISHED: ["ESTAB"],
  FIN_WAIT_1: ["FIN_WAIT1"],
  FIN_WAIT_2: ["FIN_WAIT2"],
  CLOSE_WAIT: ["CLOSE_WAITING"],
  LAST_ACK: ["LASTACK"],
  TIME_WAIT: ["TIMEWAIT", "2MSL"],
};

export const STATE_TOPICS: readonly Topic[] = STATES.map((state) => ({
  kind: "state",
  name: state,
  aliases: ALIASES[state] ?? [],
  ...TEXTS[state],
}));
