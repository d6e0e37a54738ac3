import type { Connection } from "../flow/connection.ts";
import { icmpErrno } from "../flow/icmp-errno.ts";
import type { Segment } from "../flow/segment.ts";
import { shownServerState } from "../flow/shown-state.ts";
import { CLIENT, type EndIndex, SERVER, STATES, type TcpState } from "../flow/states.ts";
import { ACK, FIN, RST, SYN } from "../wire/tcp.ts";
import { Phrase, type TextSink } from "./sink.ts";

/** Something at the end of a packet's line, before any dump of its bytes. */
export interface LineEnd {
  printEnd(sink: TextSink): void;
}

/** What parts the column from the line. */
const GAP = new Phrase("  ");

/** Texts of all pairs of states, client's and server's: "{SYN_SENT | SYN_RCVD}". */
const PAIRS: readonly Phrase[] = STATES.flatMap((client) =>
  STATES.map((server) => new Phrase(`{${client} | ${server}}`)),
);

/** What a system call of a program at one of the ends returns. */
function call(text: string): readonly [Phrase, Phrase] {
  return [new Phrase(` client: ${text}`), new Phrase(` server: ${text}`)];
}

const CONNECTED = call("connect() = 0");
const REFUSED = call("connect() = -1 ECONNREFUSED");
const ACCEPTED = call("accept() returns");
const END_OF_FILE = call("read() = 0");
const RESET = call("read() = -1 ECONNRESET");
const BROKEN_PIPE = call("write() = -1 EPIPE");

/**
 * What a segment does to the two ends, as a column: their states after it, and
 * the system call that returns through it if the program waits in it. States
 * are those of `flow`: taken as received what the capture shows on its way.
 */
export class StatesColumn implements LineEnd {
  #segment: Segment | undefined = undefined;
  #error: Connection | undefined = undefined;
  #frame = 0;

  /** The next line is that of `segment`, or of an ICMP error (frame number `frame`) that quotes a segment of `quoted`, or of neither. */
  set(segment: Segment | undefined, quoted: Connection | undefined, frame: number): void {
    this.#segment = segment;
    this.#error = segment === undefined ? quoted : undefined;
    this.#frame = frame;
  }

  /** Whether nothing is known of the packet's connection, or it has none. */
  get isEmpty(): boolean {
    return this.#segment === undefined && this.#error === undefined;
  }

  printEnd(sink: TextSink): void {
    if (this.isEmpty) return;
    sink.phrase(GAP);
    this.print(sink);
  }

  /** The same with nothing before it. */
  print(sink: TextSink): void {
    const segment = this.#segment;
    if (segment !== undefined) {
      printStates(sink, segment.connection);
      printCalls(sink, segment);
    } else if (this.#error !== undefined) {
      printError(sink, this.#error, this.#frame);
    }
  }
}

function printStates(sink: TextSink, connection: Connection): void {
  const { client } = connection;
  sink.phrase(PAIRS[STATES.indexOf(client.state) * STATES.length + STATES.indexOf(shownServerState(connection))]!);
}

/** The calls that return where the segment arrives. */
function printCalls(sink: TextSink, segment: Segment): void {
  const { connection, flags, frame } = segment;
  const to: EndIndex = segment.from === CLIENT ? SERVER : CLIENT;
  if ((flags & RST) !== 0) {
    printReset(sink, segment, to);
    return;
  }
  const { state } = connection.ends[to];
  if ((flags & SYN) !== 0) {
    if ((flags & ACK) !== 0 && state === "ESTABLISHED" && entered(connection, to, frame)) sink.phrase(CONNECTED[to]);
    return;
  }
  const completes = connection.handshakeAckFrame === frame && to === SERVER;
  if (completes && !connection.simultaneousOpen && state !== "SYN_RCVD") sink.phrase(ACCEPTED[to]);
  if ((flags & FIN) !== 0 && isAfterFin(state) && entered(connection, to, frame)) sink.phrase(END_OF_FILE[to]);
}

function printReset(sink: TextSink, { connection, frame }: Segment, to: EndIndex): void {
  const reset = connection.resets.at(-1);
  if (reset?.frame !== frame || !reset.accepted) return;
  switch (connection.transitions.lastBefore(to, frame)) {
    case "SYN_SENT":
      sink.phrase(REFUSED[to]);
      break;
    case "SYN_RCVD":
      if (connection.simultaneousOpen) sink.phrase(REFUSED[to]);
      break;
    case "ESTABLISHED":
    case "FIN_WAIT_1":
    case "FIN_WAIT_2":
      sink.phrase(RESET[to]);
      break;
    case "CLOSE_WAIT":
      sink.phrase(BROKEN_PIPE[to]);
      break;
    default:
  }
}

/** Whether the end changed its state by the frame. */
function entered({ transitions }: Connection, end: EndIndex, frame: number): boolean {
  return transitions.lastFrame(end) === frame;
}

function isAfterFin(state: TcpState): boolean {
  return state === "CLOSE_WAIT" || state === "CLOSING" || state === "TIME_WAIT";
}

/** An ICMP error fails connect() at once on Linux; an established connection only remembers it. */
function printError(sink: TextSink, connection: Connection, frame: number): void {
  printStates(sink, connection);
  const error = connection.icmpErrors.at(-1);
  if (error?.frame !== frame || connection.transitions.lastBefore(error.to, frame) !== "SYN_SENT") return;
  const errno = icmpErrno(error);
  if (errno !== "") sink.text(` ${error.to === CLIENT ? "client" : "server"}: connect() = -1 ${errno}`);
}
