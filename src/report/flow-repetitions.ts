import type { Repetitions } from "../flow/repetitions.ts";
import type { SendTimes } from "../flow/send-times.ts";
import { RETRANSMISSION_CAUSES } from "../flow/segment.ts";
import { KEY } from "./flow-keys.ts";
import { type Key, keysOf } from "./object-parts.ts";
import type { ObjectWriter } from "./object-writer.ts";

const CAUSES = keysOf(...RETRANSMISSION_CAUSES);

/** Distances of times. */
function writeIntervals(to: ObjectWriter, key: Key, times: readonly number[] | undefined): void {
  to.beginList(key);
  if (times !== undefined) for (let i = 1; i < times.length; i++) to.seconds(undefined, times[i]! - times[i - 1]!);
  to.endList();
}

/** How a handshake begins: its SYNs and SYN-ACKs. */
export function writeAttempts(
  to: ObjectWriter,
  isComplete: boolean,
  syns: SendTimes | undefined,
  answers: SendTimes | undefined,
): void {
  to.begin(KEY.handshake);
  to.boolean(KEY.complete, isComplete);
  to.number(KEY.synRetransmissions, Math.max(0, (syns?.length ?? 0) - 1));
  writeIntervals(to, KEY.synIntervals, syns?.times);
  to.number(KEY.synAckRetransmissions, Math.max(0, (answers?.length ?? 0) - 1));
  writeIntervals(to, KEY.synAckIntervals, answers?.times);
}

export function hasRepeated({ retransmissions, causes, resends }: Repetitions): boolean {
  return retransmissions > 0 || causes !== undefined || resends !== undefined;
}

export function writeRepetitions(to: ObjectWriter, repetitions: Repetitions): void {
  to.number(KEY.retransmissions, repetitions.retransmissions);
  to.number(KEY.retransmittedBytes, repetitions.retransmittedBytes);
  to.beginList(KEY.retransmissionIntervals);
  for (const ns of repetitions.retransmissionIntervals) to.seconds(undefined, ns);
  to.endList();
  to.begin(KEY.causes);
  if (repetitions.causes !== undefined)
    for (const [cause, count] of repetitions.causes) if (cause !== "") to.number(CAUSES[cause], count);
  to.end();
  writeSpurious(to, repetitions);
}

/** Repetitions that are proven to have been unnecessary. */
function writeSpurious(to: ObjectWriter, { resends }: Repetitions): void {
  if (resends === undefined || resends.spuriousByDsack + resends.spuriousByTimestamps === 0) return;
  to.begin(KEY.spurious);
  to.number(KEY.dsack, resends.spuriousByDsack);
  to.number(KEY.timestamps, resends.spuriousByTimestamps);
  to.end();
}
