import * as causes from "../../diagnosis/causes.ts";
import { address, bits, integer, list, object, orNull, published, type Schema, seconds, text, word } from "./schema.ts";
import { CALLS } from "./words.ts";

const ENDS = ["client", "server"];
// The order of exports is not the same everywhere.
const WORDS = Object.values(causes)
  .map((cause) => cause.word)
  .toSorted();
const CODES = [...new Set(Object.values(causes).map((cause) => cause.code))].toSorted();

function endPoint(description: string): Schema {
  return object(description, { address: address("address"), port: orNull(bits("port; null where none is known", 16)) });
}

const BY_OS = object("what the same failure is called", {
  linux: text("on Linux"),
  bsd: text("on BSD and macOS"),
  windows: text("on Windows"),
});

const SCHEDULE = object("the list of repetitions, recognised as one stack's", {
  stack: text("which stack"),
  retries: integer("repetitions that it makes in all"),
  nextSyn: orNull(seconds("seconds from the first one to the next one; null: no more are to come")),
  givesUp: seconds("seconds from the first one to the error"),
});

const FAILURE = object("an error that the kernel of one end sets", {
  end: word("which end", ENDS),
  call: word("the first call that returns it", CALLS),
  errno: text("its name on Linux"),
  at: seconds("seconds from the first packet of the attempt"),
});

const LATER = object("what a later call returns", {
  end: word("which end", ENDS),
  call: word("the call", CALLS),
  returns: text("errno, or 0 for the end of the file"),
});

/** What `diagnose --json` prints of a connection or an attempt at one. */
export const VERDICT_SCHEMA: Schema = published(
  "verdict",
  "A verdict as tcpscope diagnose --json prints it",
  object("Keys that do not apply are absent, or null.", {
    stream: orNull(integer("number of the conversation; null: no segment of it was captured")),
    client: endPoint("who called"),
    server: endPoint("who was called"),
    cause: word("why it failed, or ok; a stable word", WORDS),
    code: word("the cause's code; stable", CODES),
    call: orNull(word("the client's call that fails; null: none", CALLS)),
    errno: orNull(text("its error on Linux; null: none")),
    errnoByOs: orNull(BY_OS),
    seconds: orNull(
      seconds("seconds from the first packet to the return of that call, as seen or as predicted; null: none"),
    ),
    confidence: word("nothing else fits; the best fit; one of several", ["certain", "likely", "possible"]),
    "doubt?": text("why the confidence is not higher"),
    evidence: list(
      "the frames that prove it",
      object("a frame", { frame: integer("its number"), note: text("what it shows") }),
    ),
    schedule: orNull(SCHEDULE),
    failures: list("errors that the kernels of both ends set, in order", FAILURE),
    then: list("what later calls return", LATER),
    summary: text("the verdict as a sentence"),
    likelyCauses: list("likely causes, likeliest first", text("a cause")),
    next: list("what to run next", text("a command or a step")),
  }),
);

/** What --csv prints when no --fields are named. */
export const VERDICT_COLUMNS: readonly string[] =
  "stream client.address client.port server.address server.port cause code call errno seconds confidence summary".split(
    " ",
  );
