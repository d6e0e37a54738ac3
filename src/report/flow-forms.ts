import { NO_REPETITIONS } from "../flow/repetitions.ts";
import { CLIENT, type EndIndex, SERVER, type Transition, type TransitionBasis } from "../flow/states.ts";
import { BOTH_ENDS, END_KEYS, END_NAMES, KEY } from "./flow-keys.ts";
import { writeAttempts, writeRepetitions } from "./flow-repetitions.ts";
import { Form, type Numbers } from "./object-parts.ts";
import type { ObjectWriter } from "./object-writer.ts";

/** How an object begins, of IPv4: what `writeHead` needs, then both addresses. */
export const IPV4_HEAD: Form = new Form(7, (to, values, at) =>
  writeHead(to, values, at, (end) => to.ipv4(KEY.address, values[at + 5 + end]!)),
);
/** A handshake without repetitions. */
export const AT_ONCE: Form = new Form(3, (to, values, at) => {
  writeAttempts(to, true, undefined, undefined);
  writeHalves(to, values, at);
});
export const HALVES: Form = new Form(3, writeHalves);
export const TIME_WAITS: readonly [Form, Form] = [timeWaitForm(CLIENT), timeWaitForm(SERVER)];
export const COUNTS: Form = new Form(3, (to, values, at) => {
  to.number(KEY.packets, values[at]!);
  to.number(KEY.bytes, values[at + 1]!);
  to.number(KEY.payloadBytes, values[at + 2]!);
});
/** Of an end that repeated nothing. */
export const NOTHING_REPEATED: Form = new Form(0, (to) => writeRepetitions(to, NO_REPETITIONS));
export const DISTRIBUTION: Form = new Form(8, (to, values, at) => {
  to.number(KEY.count, values[at]!);
  to.seconds(KEY.min, values[at + 1]!);
  to.seconds(KEY.mean, values[at + 2]!);
  to.seconds(KEY.p50, values[at + 3]!);
  to.seconds(KEY.p95, values[at + 4]!);
  to.seconds(KEY.p99, values[at + 5]!);
  to.seconds(KEY.max, values[at + 6]!);
  to.seconds(KEY.stddev, values[at + 7]!);
});
export const SETTINGS: Form = new Form(3, (to, values, at) => {
  to.number(KEY.mss, values[at]!);
  to.number(KEY.windowScale, values[at + 1]!);
  to.number(KEY.ttl, values[at + 2]!);
});

/** How an object begins. The numbers: stream, port of the client and of the server, first time, duration. */
export function writeHead(to: ObjectWriter, values: Numbers, at: number, writeAddress: (end: EndIndex) => void): void {
  to.number(KEY.stream, values[at]!);
  for (const end of BOTH_ENDS) {
    to.begin(END_KEYS[end]);
    writeAddress(end);
    to.number(KEY.port, values[at + 1 + end]!);
    to.end();
  }
  to.time(KEY.start, values[at + 3]!);
  to.seconds(KEY.duration, values[at + 4]!);
}

/** TIME_WAIT of that end. */
function timeWaitForm(end: EndIndex): Form {
  return new Form(4, (to, values, at) => {
    to.begin(KEY.timeWait);
    to.word(KEY.end, END_NAMES[end]);
    to.time(KEY.from, values[at]!);
    to.time(KEY.until, values[at + 1]!);
    to.seconds(KEY.left, values[at + 2]!);
    to.number(KEY.frame, values[at + 3]!);
    to.end();
  });
}

/** Transitions of one kind. */
export class TransitionText {
  readonly end: EndIndex;
  readonly basis: TransitionBasis;
  /** Time and frame. */
  readonly form: Form;

  constructor({ end, state, basis }: Transition) {
    this.end = end;
    this.basis = basis;
    this.form = new Form(2, (to, values, at) => {
      to.begin();
      to.word(KEY.end, END_NAMES[end]);
      to.word(KEY.state, state);
      to.time(KEY.time, values[at]!);
      to.number(KEY.frame, values[at + 1]!);
      to.boolean(KEY.inferred, basis === "inferred");
      to.end();
    });
  }
}

/** How a handshake ends. */
function writeHalves(to: ObjectWriter, values: Numbers, at: number): void {
  to.seconds(KEY.synToSynAck, values[at]!);
  to.seconds(KEY.synAckToAck, values[at + 1]!);
  to.seconds(KEY.total, values[at + 2]!);
  to.end();
}
