import type { Reset } from "../flow/connection.ts";
import type { ResetNote } from "../flow/notes.ts";
import { ACK } from "../wire/tcp.ts";
import type { Attempt } from "./attempt.ts";
import { hopsFrom } from "../flow/initial-ttl.ts";
import { NEVER } from "../flow/time.ts";
import { isActive } from "./reset-errors.ts";
import { durationText } from "./text.ts";
import type { Provenance } from "./verdict.ts";

/** Hops by which packets of one host may differ after a change of the route. */
const SAME_HOST_HOPS = 2;
/** An IP identification this close to the one before belongs to the same counter. */
const SAME_COUNTER = 64;
/** Packets between, at most, of which the numbers are not kept. */
const MAX_ACKNOWLEDGMENTS = 1024;
/** A RST that comes sooner than this part of the quickest round trip was sent on the way. */
const TOO_SOON = 0.5;
/** Round trips below this are those of one link: speed says nothing. */
const MEASURABLE_NS = 1_000_000;
/** A socket that talked this shortly before is not lost by a restart or a timer of its own host. */
const FRESH_NS = 2_000_000_000;

/** A reading of one property of the RST: points for "not the host itself" (negative: for its kernel), and why. */
interface Reading {
  readonly points: number;
  readonly reason: string;
}

type Test = (rst: Reset, attempt: Attempt, note: ResetNote | undefined) => Reading | undefined;

/** Each looks at one property; their points are added. */
const TESTS: readonly Test[] = [
  distanceTold,
  trafficAfter,
  refusalForm,
  bareForm,
  identificationTold,
  optionsTold,
  speedTold,
];

/** Who sent the RST: its host's kernel, a firewall in that host's place, a device that ended the connection, or a forger. */
export function provenanceOf(attempt: Attempt, rst: Reset): Provenance {
  const note = attempt.connection.notes?.resets.find((each) => each.frame === rst.frame);
  const readings = TESTS.map((test) => test(rst, attempt, note)).filter((each) => each !== undefined);
  const points = readings.reduce((sum, each) => sum + each.points, 0);
  const origin = originOf(points, rst, attempt);
  const sides = readings.filter(({ points: each }) =>
    origin === "forged" || origin === "middlebox" ? each > 0 : each < 0,
  );
  return {
    frame: rst.frame,
    origin,
    confidence:
      origin === "firewall"
        ? "possible"
        : Math.abs(points) >= 4
          ? "certain"
          : Math.abs(points) >= 2
            ? "likely"
            : "possible",
    reasons: [...sides, ...readings.filter((each) => !sides.includes(each))].map(({ reason }) => reason),
  };
}

function originOf(points: number, rst: Reset, attempt: Attempt): Provenance["origin"] {
  if (points >= 2 || rst.forged) return wasForged(rst, attempt) ? "forged" : "middlebox";
  return lostTooSoon(rst, attempt) ? "firewall" : "kernel";
}

/** The host goes on as if it had not sent it, or the packet came from elsewhere. */
function wasForged(rst: Reset, attempt: Attempt): boolean {
  return trafficAfter(rst, attempt) !== undefined || (distanceTold(rst, attempt)?.points ?? 0) > 0 || rst.forged;
}

/** A bare RST to a connection that was alive a moment ago: a kernel does not forget, a firewall's table may. */
function lostTooSoon(rst: Reset, { connection }: Attempt): boolean {
  const sender = connection.ends[rst.from];
  return !isActive(rst) && connection.established && !sender.finSeen && connection.idleBeforeNs < FRESH_NS;
}

function distanceTold(rst: Reset, { connection }: Attempt): Reading | undefined {
  const sender = connection.ends[rst.from];
  if (sender.firstTtl < 0 || sender.packets <= sender.rstSent) return undefined;
  const other = Math.abs(sender.firstTtl - rst.ttl);
  const text = `TTL ${rst.ttl}, the host's other packets have ${sender.firstTtl}`;
  if (other === 0) return { points: -1, reason: `its TTL ${rst.ttl} is that of the host's other packets` };
  if (other <= SAME_HOST_HOPS) return undefined;
  // A stack may start its RSTs at another TTL: then the hops agree.
  const hops = Math.abs(hopsFrom(sender.firstTtl).hops - hopsFrom(rst.ttl).hops);
  return hops <= 1
    ? { points: 1, reason: `${text}: the same distance from another start` }
    : { points: 3, reason: text };
}

function trafficAfter(rst: Reset, { connection }: Attempt): Reading | undefined {
  const sender = connection.ends[rst.from];
  const last = connection.resets.findLast((each) => each.from === rst.from);
  if (last === undefined || sender.lastFrame <= last.frame || !connection.established) return undefined;
  return { points: 3, reason: `the host itself goes on to send (frame ${sender.lastFrame}) as if it had not` };
}

/** A kernel's RST to a SYN has sequence number 0 and window 0 (RFC 9293 section 3.10.7.1). */
function refusalForm(rst: Reset, { connection }: Attempt): Reading | undefined {
  if (connection.established || connection.synTimeNs === NEVER || connection.synAckTimeNs !== NEVER) return undefined;
  if (rst.sequence === 0 && rst.window === 0)
    return { points: -2, reason: "sequence number 0 and window 0, as a kernel answers a SYN to a closed port" };
  return {
    points: 2,
    reason: `sequence number ${rst.sequence}, window ${rst.window}: a kernel's answer to a SYN has 0 and 0`,
  };
}

/** Without ACK it answers a segment for which there is no socket: then window 0. */
function bareForm(rst: Reset, { connection }: Attempt): Reading | undefined {
  if ((rst.flags & ACK) !== 0 || !connection.established) return undefined;
  if (rst.window === 0)
    return { points: -1, reason: "no ACK and window 0, as a kernel without a socket for this connection answers" };
  // A socket that is aborted so by its own kernel sends its window.
  if (rst.window === connection.ends[rst.from].windowBeforeReset) return undefined;
  return { points: 3, reason: `no ACK, but window ${rst.window}: a kernel without a socket sends 0` };
}

function identificationTold(rst: Reset, { connection }: Attempt, note: ResetNote | undefined): Reading | undefined {
  if (connection.ipVersion === 6 || note === undefined || note.lastIdentification === 0) return undefined;
  // Linux sends 0 where it has no socket; only a socket goes on counting.
  if (rst.identification === 0 || (rst.flags & ACK) === 0) return undefined;
  const step = (rst.identification - note.lastIdentification) & 0xffff;
  // The number kept is that of its last new data: bare acknowledgments count as well.
  if (step > 0 && step <= SAME_COUNTER + Math.min(MAX_ACKNOWLEDGMENTS, connection.ends[rst.from].packets))
    return {
      points: -2,
      reason: `its IP identification ${rst.identification} follows the host's ${note.lastIdentification}`,
    };
  return {
    points: 1,
    reason: `its IP identification ${rst.identification} does not follow the host's ${note.lastIdentification}`,
  };
}

/** A socket that aborts goes on with its timestamps (Linux tcp_send_active_reset); they MAY be left out (RFC 7323 section 3.2). */
function optionsTold(rst: Reset, { connection }: Attempt, note: ResetNote | undefined): Reading | undefined {
  const sender = connection.ends[rst.from];
  if ((rst.flags & ACK) === 0 || note === undefined || !connection.established || !sender.timestamps) return undefined;
  return note.hasTimestamps
    ? { points: -2, reason: "it carries the timestamps of the connection" }
    : { points: 1, reason: "it lacks the timestamps that the connection uses" };
}

function speedTold(rst: Reset, { connection }: Attempt, note: ResetNote | undefined): Reading | undefined {
  const way = connection.wayNs(rst.from);
  if (note === undefined || note.answeredNs < 0 || way < MEASURABLE_NS || note.answeredNs >= TOO_SOON * way)
    return undefined;
  return {
    points: 2,
    reason: `it answers after ${durationText(note.answeredNs / 1e9)}, the way there and back takes ${durationText(way / 1e9)}`,
  };
}
