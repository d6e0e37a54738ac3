import type { Connection } from "../flow/connection.ts";
import { CLIENT, type EndIndex, SERVER, type TcpState, type Transition } from "../flow/states.ts";
import { endText } from "./flow-table.ts";
import { transitionTimeNs } from "./flow-summary.ts";
import { startNs, startStates } from "./ladder.ts";

/** The states and ways of RFC 9293 section 3.3.2, without the ways that a RST opens. */
const DIAGRAM: readonly string[] = `
          listen()            ┌─────────────┐   connect(): send SYN
          ┌───────────────────│    CLOSED   │───────────────────┐
          │                   └─────────────┘                   │
          ▼                                                     ▼
   ┌─────────────┐                                       ┌─────────────┐
   │    LISTEN   │─ send(): send SYN ───────────────────▶│   SYN_SENT  │
   └─────────────┘                                       └─────────────┘
          │ SYN comes:           SYN comes: send SYN-ACK    │       │
          │ send SYN-ACK         (simultaneous open)        │       │
          ▼                                                 │       │
   ┌─────────────┐                                          │       │
   │   SYN_RCVD  │◀─────────────────────────────────────────┘       │
   └─────────────┘                                                  │
      │       │ ACK of the SYN comes            SYN-ACK comes:      │
      │       │                                 send ACK            │
      │       │               ┌─────────────┐                       │
      │       └──────────────▶│ ESTABLISHED │◀──────────────────────┘
      │                       └─────────────┘
      │ close():        close():  │     │ FIN comes: send ACK
      │ send FIN        send FIN  │     └───────────────────────┐
      ▼                           │                             ▼
   ┌─────────────┐                │                      ┌─────────────┐
   │  FIN_WAIT_1 │◀───────────────┘                      │  CLOSE_WAIT │
   └─────────────┘                                       └─────────────┘
      │       │ FIN comes: send ACK                  close():   │
      │       └──────────────────────┐               send FIN   │
      │                              ▼                          ▼
      │ ACK of the FIN        ┌─────────────┐            ┌─────────────┐
      │ comes                 │   CLOSING   │            │   LAST_ACK  │
      │                       └─────────────┘            └─────────────┘
      │                              │ ACK of the FIN           │ ACK of the
      ▼                              ▼ comes                    ▼ FIN comes
   ┌─────────────┐ FIN comes: ┌─────────────┐  2 MSL     ┌─────────────┐
   │  FIN_WAIT_2 │───────────▶│  TIME_WAIT  │───────────▶│    CLOSED   │
   └─────────────┘ send ACK   └─────────────┘  later     └─────────────┘
`
  .split("\n")
  .slice(1, -1);

const BELOW: readonly string[] = [
  "A RST that is accepted leads from any state to CLOSED (from SYN_RCVD back to LISTEN).",
  "From FIN_WAIT_1, a FIN that acknowledges the own one leads straight to TIME_WAIT.",
];

/** Characters within a box. */
const BOX_WIDTH = 13;

/** Which ends were in a state. */
type Visit = "" | "client" | "server" | "client+server";

/** The state diagram, at most 80 columns wide; with a connection, the states of its ends are marked and listed. */
export function stateDiagram(connection?: Connection): string[] {
  if (connection === undefined) return [...DIAGRAM, "", ...BELOW];
  const lines = [...DIAGRAM];
  const start = startStates(connection);
  const transitions = connection.transitions.list();
  const ends = (state: TcpState): Visit => visit(transitions, state, connection);
  mark(lines, "CLOSED", visitOf(start[CLIENT] === "CLOSED", start[SERVER] === "CLOSED"), false);
  mark(lines, "CLOSED", ends("CLOSED"), true);
  mark(lines, "LISTEN", visitOf(false, start[SERVER] === "LISTEN"), false);
  for (const state of new Set(transitions.map((each) => each.state))) {
    if (state !== "CLOSED" && state !== "LISTEN") mark(lines, state, ends(state), false);
  }
  return [...lines, "", ...pathLines(connection, CLIENT), "", ...pathLines(connection, SERVER)];
}

function visit(transitions: readonly Transition[], state: TcpState, { ends }: Connection): Visit {
  const was = (end: EndIndex): boolean =>
    ends[end].state === state || transitions.some((each) => each.end === end && each.state === state);
  return visitOf(was(CLIENT), was(SERVER));
}

function visitOf(client: boolean, server: boolean): Visit {
  if (client && server) return "client+server";
  return client ? "client" : server ? "server" : "";
}

/** Writes who was there into the lower border of a state's box: of several boxes the first, or the last. */
function mark(lines: string[], state: TcpState, who: Visit, last: boolean): void {
  if (who === "") return;
  const box = new RegExp(`│ *${state} *│`);
  const row = last ? lines.findLastIndex((line) => box.test(line)) : lines.findIndex((line) => box.test(line));
  const column = lines[row]?.search(box) ?? -1;
  const border = lines[row + 1];
  if (border === undefined || column < 0) return;
  const room = BOX_WIDTH - who.length;
  const text = "─".repeat(Math.ceil(room / 2)) + who + "─".repeat(Math.floor(room / 2));
  lines[row + 1] = border.slice(0, column + 1) + text + border.slice(column + 1 + BOX_WIDTH);
}

/** The states that one end entered, with frame and time since the first packet. */
function pathLines(connection: Connection, end: EndIndex): string[] {
  const own = connection.transitions.list().filter((each) => each.end === end);
  const zeroNs = startNs(connection);
  const head = `${end === CLIENT ? "client" : "server"} ${endText(connection, end)}`;
  const start = startStates(connection)[end];
  const first = `${"".padStart(21)}${start === "?" ? "? (not in the capture)" : start}`;
  const rows = own.map((each) => {
    // The client sent its SYN a moment before it was captured.
    const seconds = Math.max(0, transitionTimeNs(connection, each) - zeroNs) / 1e9;
    const how = each.basis === "inferred" ? " (inferred)" : "";
    return `${String(each.frame).padStart(7)}  ${seconds.toFixed(6).padStart(10)}  ${each.state}${how}`;
  });
  return [head, "  frame     seconds  state", first, ...rows];
}
