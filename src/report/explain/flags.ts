import * as tcp from "../../wire/tcp.ts";
import type { Topic } from "./topic.ts";

/** A flag with its bit in the 16 bits of data offset and flags. */
interface FlagTopic extends Topic {
  readonly bit: number;
}

type FlagText = Omit<FlagTopic, "kind" | "aliases" | "title"> & {
  readonly aliases?: readonly string[];
  readonly letter: string;
  readonly short: string;
};

function flag({ letter, short, aliases, ...rest }: FlagText): FlagTopic {
  const bit = `0x${rest.bit.toString(16).padStart(3, "0")}`;
  return {
    ...rest,
    kind: "flag",
    aliases: [`[${letter}]`, bit, ...(aliases ?? [])],
    title: `${short}: bit ${bit}, tcpdump's letter ${letter}`,
  };
}

export const FLAG_TOPICS: readonly FlagTopic[] = [
  flag({
    bit: tcp.FIN,
    name: "FIN",
    letter: "F",
    short: "the sender has nothing more to send",
    what: "Ends one direction of the connection; the other may go on (half-closed). It takes one sequence number, so it is acknowledged and repeated like a byte of data.",
    wire: "FIN with ACK, often with the last data. Never together with SYN: SYN and FIN in one segment is a probe or an attack.",
    trace: ["0.000 > FIN ACK seq 100 ack 50", "0.020 < ACK ack 101"],
    program: "close() or shutdown(SHUT_WR) sends it. The peer's recv() returns 0.",
    next: ["tcpscope -nr FILE 'tcp[tcpflags] & tcp-fin != 0'"],
  }),
  flag({
    bit: tcp.SYN,
    name: "SYN",
    letter: "S",
    short: "opens a connection",
    what: "Carries the sender's initial sequence number and the options that both ends agree on: MSS, window scale, SACK, timestamps. It takes one sequence number.",
    wire: "SYN alone from the client, SYN with ACK from the server. Its window is never scaled. Data in a SYN is TCP Fast Open, or odd.",
    trace: ["0.000 > SYN seq 0", "0.020 < SYN ACK seq 0 ack 1", "0.020 > ACK ack 1"],
    program: "connect() sends it; listen() lets the kernel answer it.",
    next: ["tcpscope -nr FILE 'tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn'", "tcpscope explain handshake"],
  }),
  flag({
    bit: tcp.RST,
    name: "RST",
    letter: "R",
    short: "ends the connection at once",
    what: "Refuses a SYN, aborts a connection, or says that there is no such connection. It is not acknowledged and not repeated. A receiver believes it only with the right sequence number (RFC 5961).",
    wire: "To a SYN: with ACK, sequence number 0. Abort: with ACK and the next sequence number. No such connection: without ACK, the sequence number is your acknowledgment.",
    trace: ["0.000 > SYN seq 0", "0.001 < RST ACK seq 0 ack 1"],
    program:
      "connect() gives ECONNREFUSED; recv() ECONNRESET; after the peer's FIN send() gives EPIPE. close() with unread data, or with SO_LINGER 0, sends it.",
    next: ["tcpscope diagnose -r FILE says who sent it", "tcpscope explain refused aborted half-open reset-forged"],
  }),
  flag({
    bit: tcp.PSH,
    name: "PSH",
    letter: "P",
    short: "give the data to the program now",
    what: "The sender's buffer was empty after this segment: usually the end of one write. It does not mean that there is data, nor is it missing wherever there is: the length says that.",
    wire: "Set on the last segment of what a program wrote at once.",
    trace: ["0.000 > ACK seq 1 ack 1 len 1448", "0.000 > PSH ACK seq 1449 ack 1 len 552"],
    program: "Nothing: receivers hand over data without it, too.",
    next: ["tcpscope -nr FILE 'tcp[tcpflags] & tcp-push != 0'"],
  }),
  flag({
    bit: tcp.ACK,
    name: "ACK",
    letter: ".",
    short: "the acknowledgment number counts",
    what: "Every segment after the first SYN has it. The number is the next byte that the sender of the ACK expects.",
    wire: "A segment with ACK alone and no data is a pure acknowledgment; the same number again and again asks for what is missing.",
    trace: ["0.000 > PSH ACK seq 1 ack 1 len 7", "0.020 < ACK ack 8"],
    program: "Nothing: an acknowledgment says that the peer's kernel has the data, not that its program read it.",
    next: ["tcpscope explain duplicateAck server-silent"],
  }),
  flag({
    bit: tcp.URG,
    name: "URG",
    letter: "U",
    short: "the urgent pointer counts",
    what: "Marks a byte as urgent, as telnet's interrupt does. Hardly used (RFC 6093 advises against it).",
    wire: "URG with a pointer behind the urgent byte.",
    trace: ["0.000 > PSH URG ACK seq 1 ack 1 len 1"],
    program: "send() with MSG_OOB sends it; the receiver gets SIGURG and reads with MSG_OOB.",
    next: ["tcpscope -nr FILE 'tcp[tcpflags] & tcp-urg != 0'"],
  }),
  flag({
    bit: tcp.ECE,
    name: "ECE",
    letter: "E",
    short: "ECN echo",
    what: "In a SYN: ECN is wanted (with CWR) or granted (alone, in the SYN-ACK). Later: a packet came with the mark Congestion Experienced; repeated until the sender answers with CWR.",
    wire: "SYN with ECE and CWR, SYN-ACK with ECE; later ACKs with ECE after a packet whose ECN bits of IP are 11.",
    trace: ["0.000 > SYN ECE CWR seq 0", "0.020 < SYN ECE ACK seq 0 ack 1"],
    program: "Nothing: the sender slows down without a loss.",
    next: ["sysctl net.ipv4.tcp_ecn", "tcpscope explain ecn ecn-blocked"],
  }),
  flag({
    bit: tcp.CWR,
    name: "CWR",
    letter: "W",
    short: "congestion window reduced",
    what: "The sender has heard ECE and slowed down. In a SYN, with ECE: ECN is wanted.",
    wire: "On the first new data after an ACK with ECE.",
    trace: ["0.000 < ECE ACK ack 2897", "0.001 > CWR ACK seq 2897 ack 1 len 1448"],
    program: "Nothing.",
    next: ["nstat -az 'TcpExt*ECN*' 'IpExt*CE*'", "tcpscope explain ecn"],
  }),
  flag({
    bit: tcp.AE,
    name: "AE",
    letter: "e",
    short: "accurate ECN (the former NS)",
    aliases: ["NS"],
    what: "With ECE and CWR a counter of three bits: how many packets came with the mark Congestion Experienced (AccECN). Before: the nonce sum of RFC 3540, which nobody used.",
    wire: "SYN with AE, CWR and ECE asks for accurate ECN.",
    trace: ["0.000 > SYN ECE CWR AE seq 0"],
    program: "Nothing.",
    next: ["sysctl net.ipv4.tcp_ecn (3: accurate ECN)", "tcpscope explain AccECN"],
  }),
];
