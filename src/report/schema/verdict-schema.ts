import * as causes from "../../diagnosis/causes.ts";
import { bits, flag, integer, list, object, orNull, published, type Schema, seconds, text, word } from "./schema.ts";
import { end, endPoint } from "./ends.ts";

const CALLS = ["connect", "send", "recv", "accept", "bind"];

// The order of exports is not the same everywhere.
const WORDS = Object.values(causes)
  .map((cause) => cause.word)
  .toSorted();
const CODES = [...new Set(Object.values(causes).map((cause) => cause.code))].toSorted();

/** A port, where one is known. */
export const PORT: Schema = orNull(bits("port; null where none is known", 16));

const BY_OS = object("what the same failure is called", {
  linux: text("on Linux"),
  bsd: text("on BSD and macOS"),
  windows: text("on Windows"),
});

const CONFIDENCES = ["certain", "likely", "possible"];

const STACK = object("the stack that an end's SYN, or SYN-ACK, looks like", {
  family: word("whose timers and errno it has", ["linux", "windows", "bsd", "embedded", "scanner", "unknown"]),
  name: text("its name"),
  confidence: word("how sure that is", CONFIDENCES),
  reason: text("what it is told by"),
});

const PROVENANCE = object("who sent the RST", {
  frame: integer("the RST"),
  origin: word("the peer's kernel; its firewall; something between; nobody who should", [
    "kernel",
    "firewall",
    "middlebox",
    "forged",
  ]),
  confidence: word("how sure that is", CONFIDENCES),
  reasons: list("what speaks for it", text("a reason")),
});

const GROUP = object("attempts that belong together", {
  kind: word("why", ["happy-eyeballs", "retries", "port-scan", "syn-flood"]),
  streams: list("their streams, the first ones", integer("a stream")),
  count: integer("how many there are"),
});

const SCHEDULE = object("the list of repetitions, recognised as one stack's", {
  kind: word("what is repeated", ["syn", "syn-ack", "data", "fin", "keep-alive", "window-probe"]),
  stack: text("which stack"),
  retries: integer("repetitions that it makes in all"),
  nextSyn: orNull(seconds("seconds from the first one to the next one; null: no more are to come")),
  givesUp: seconds("seconds from the first one to the error"),
});

const FAILURE = object("an error that the kernel of one end sets", {
  end: end("which end"),
  call: word("the first call that returns it", CALLS),
  errno: text("its name on Linux"),
  at: seconds("seconds from the first packet of the attempt"),
});

const LATER = object("what a later call returns", {
  end: end("which end"),
  call: word("the call", CALLS),
  returns: text("errno, or 0 for the end of the file"),
});

/** The keys of a verdict, wherever it is printed. */
export const VERDICT_KEYS: Readonly<Record<string, Schema>> = {
  stream: orNull(integer("number of the conversation; null: no segment of it was captured")),
  client: endPoint("who called", PORT),
  server: endPoint("who was called", PORT),
  cause: word("why it failed, or ok; a stable word", WORDS),
  code: word("the cause's code; stable", CODES),
  call: orNull(word("the client's call that fails; null: none", CALLS)),
  errno: orNull(text("its error on Linux; null: none")),
  errnoByOs: orNull(BY_OS),
  errnoHere: orNull(text("what the client's system calls it, as far as its SYN tells which that is")),
  seconds: orNull(
    seconds("seconds from the first packet to the return of that call, as seen or as predicted; null: none"),
  ),
  predicted: flag("that time lies after the end of the capture, or is not seen in it"),
  phase: word("what the connection was doing", ["connect", "established", "close"]),
  confidence: word("nothing else fits; the best fit; one of several", CONFIDENCES),
  "doubt?": text("why the confidence is not higher"),
  vantage: word("where the capture was made", ["client", "server", "middle", "loopback", "unknown"]),
  vantageReason: text("what that is told by"),
  stacks: object("the ends' stacks", { client: orNull(STACK), server: orNull(STACK) }),
  provenance: orNull(PROVENANCE),
  group: orNull(GROUP),
  evidence: list(
    "the frames that prove it",
    object("a frame", { frame: integer("its number"), note: text("what it shows") }),
  ),
  schedule: orNull(SCHEDULE),
  failures: list("errors that the kernels of both ends set, in order", FAILURE),
  then: list("what later calls return", LATER),
  summary: text("the verdict as a sentence"),
  remarks: list("what else was seen", text("a remark")),
  "otherEnd?": text("what a capture at the other end would show"),
  likelyCauses: list("likely causes, likeliest first", text("a cause")),
  next: list("what to run next", text("a command or a step")),
};

/** What `diagnose --json` prints of a connection or an attempt at one. */
export const VERDICT_SCHEMA: Schema = published(
  "verdict",
  "A verdict as tcpscope diagnose --json prints it",
  object("Keys that do not apply are absent, or null.", VERDICT_KEYS),
);

/** What --csv prints when no --fields are named. */
export const VERDICT_COLUMNS: readonly string[] =
  "stream client.address client.port server.address server.port cause code call errno seconds confidence summary".split(
    " ",
  );
