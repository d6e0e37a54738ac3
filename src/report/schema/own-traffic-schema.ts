import * as causes from "../../diagnosis/causes.ts";
import { bits, flag, integer, list, object, orNull, published, type Schema, seconds, text, word } from "./schema.ts";
import { perhapsEndPoint } from "./ends.ts";
import { PORT, VERDICT_KEYS } from "./verdict-schema.ts";

// The order of exports is not the same everywhere.
const WORDS = Object.values(causes)
  .map((cause) => cause.word)
  .toSorted();

const KERNEL = object("what the kernel made of connect()", {
  connected: flag("it returned 0"),
  errno: orNull(text("name of its error; null: none, or it had not returned")),
  number: orNull(integer("number of the error on this system")),
  seconds: seconds("seconds from the call to its return, or until it was given up"),
  gaveUp: orNull(word("who gave up before the kernel did", ["timeout", "interrupt"])),
});

const TCP_INFO = object("what Linux' kernel told of the socket last (TCP_INFO)", {
  at: seconds("seconds since the call"),
  state: text("state of the socket"),
  retransmits: integer("repetitions by the timer of what is unacknowledged"),
  totalRetransmissions: integer("repetitions in all"),
  backoff: integer("how often the timer was doubled"),
  unacknowledged: integer("segments in flight"),
  lost: integer("those of them that are held for lost"),
  rto: seconds("seconds until the next repetition"),
  rtt: seconds("smoothed round trip; 0: none yet"),
  rttVariation: seconds("its variation"),
  mss: integer("bytes of data in a segment that is sent"),
  advertisedMss: integer("the same of segments that come"),
  pathMtu: integer("bytes of the largest packet"),
  congestionWindow: integer("congestion window, in segments"),
  options: list("options that both ends have", word("an option", ["timestamps", "sack", "window-scale", "ecn"])),
  sendWindowScale: bits("shift count for windows that come", 4),
  receiveWindowScale: bits("shift count for windows that are sent", 4),
});

/** What `connect --json` prints of an address that was tried. */
export const CONNECT_SCHEMA: Schema = published(
  "connect",
  "An attempt as tcpscope connect --json prints it",
  object("Keys that do not apply are null.", {
    host: text("the host as it was given"),
    address: text("the address that was tried"),
    port: bits("the port", 16),
    local: object("where it was tried from", {
      address: orNull(text("this host's address; null: there is no route")),
      port: orNull(bits("this host's port; null: none was chosen", 16)),
    }),
    kernel: KERNEL,
    tcpInfo: orNull(TCP_INFO),
    interface: orNull(text("where it was captured; null: nowhere")),
    verdict: orNull(object("the verdict on what was captured; null: nothing of it was", VERDICT_KEYS)),
    agree: orNull(flag("the kernel and the wire say the same; null: nothing was captured")),
    cause: orNull(word("why it failed, or ok; also where nothing of it is on the wire", WORDS)),
    explanation: orNull(text("why the kernel and the wire do not say the same; null: they do")),
  }),
);

/** What `run --json` prints of a connection of the program's. */
export const RUN_SCHEMA: Schema = published(
  "run",
  "A verdict as tcpscope run --json prints it",
  object("Keys that do not apply are absent, or null.", {
    ...VERDICT_KEYS,
    client: perhapsEndPoint("who called", PORT),
    server: perhapsEndPoint("who was called", PORT),
    attributed: word(
      "taken for the program's because it was seen to hold the socket, or by the time; its connect() was traced; the kernel's count of failures grew meanwhile",
      ["socket", "time", "call", "count"],
    ),
    times: integer("how many calls it is of: those that leave nothing on the wire are told together", 1),
    ipVersion: integer("version of IP, 4 or 6", 4, 6),
  }),
);
