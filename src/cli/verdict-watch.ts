import { diagnoseAll, diagnoseConnection, diagnoseUnseen } from "../diagnosis/diagnose.ts";
import { isUnanswered, type Pending, pendingOf } from "../diagnosis/pending.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import type { Connection } from "../flow/connection.ts";
import { hasEnded } from "../flow/expiry.ts";
import { isFailure } from "../report/verdict-fields.ts";
import type { LiveAnalysis, LiveView } from "./follow-live.ts";

/** Milliseconds without a segment after which a failure is told: what comes right behind a RST may show more of it. */
const FAILURE_QUIET = 250;
/** The same of a connection that closed as it should. */
const CLOSED_QUIET = 1000;
/** How long an end that is closed while the other one is not is looked at, in milliseconds. */
const HALF_CLOSED_QUIET = 5000;
/** Connections looked at in one turn; the others have theirs next time. */
const MAX_LOOKED_AT = 4096;
/** What no segment tells of (errors, ARP) is looked at every so many turns. */
const UNSEEN_EVERY = 4;
/** Attempts without a segment that were told; beyond, they may be told again. */
const MAX_UNSEEN = 16_384;

/** What is waited for on a connection. */
export interface Waiting {
  readonly connection: Connection;
  readonly pending: Pending;
}

/** Who hears what is known. */
interface VerdictListener {
  /** The verdict on a connection or attempt, when it is certain: once for each. `connection`: the one that it is on. */
  verdict(verdict: Verdict, connection: Connection | undefined): void;
  /** What is waited for, each turn; and what was waited for until then without having failed. */
  waiting(waiting: readonly Waiting[], answered: readonly Waiting[], nowNs: number): void;
}

/** Looks at connections that changed, until their verdicts are certain. */
export class VerdictWatch implements LiveView {
  readonly interval = 500;
  readonly #listener: VerdictListener;
  /** Not decided yet; when each changed last, in milliseconds. Those whose turn it is first. */
  readonly #open = new Map<Connection, number>();
  readonly #judged = new WeakSet<Connection>();
  #waiting = new Map<Connection, Waiting>();
  readonly #unseen = new Set<string>();
  #left: Connection[] | undefined = undefined;
  #turn = 0;
  #analysis: LiveAnalysis | undefined = undefined;

  constructor(listener: VerdictListener) {
    this.#listener = listener;
  }

  open(_: unknown, analysis: LiveAnalysis): void {
    this.#analysis = analysis;
  }

  look(changed: ReadonlySet<Connection>, now: number): void {
    const analysis = this.#analysis;
    if (analysis === undefined) return;
    for (const connection of changed) if (!this.#judged.has(connection)) this.#open.set(connection, now);
    const nowNs = analysis.connections.lastTimeNs;
    const answered: Waiting[] = [];
    for (const [connection, since] of this.#nextTurn()) {
      const before = this.#waiting.get(connection);
      this.#open.delete(connection);
      if (this.#isUndecided(connection, now - since, nowNs)) this.#open.set(connection, since);
      if (before !== undefined && !this.#waiting.has(connection) && !this.#judged.has(connection))
        answered.push(before);
    }
    if (this.#turn++ % UNSEEN_EVERY === 0) this.#lookAtUnseen(diagnoseUnseen(analysis.evidence, nowNs));
    this.#listener.waiting([...this.#waiting.values()], answered, nowNs);
  }

  finished(connection: Connection): void {
    this.#open.delete(connection);
    this.#waiting.delete(connection);
    if (this.#judged.has(connection)) return;
    if (this.#left === undefined) this.#judge(connection);
    else this.#left.push(connection);
  }

  close(): void {
    this.#left = [];
  }

  /** Judges what is left, when the analysis is finished: together, for they may belong together. */
  end({ connections, evidence }: LiveAnalysis): void {
    const left = this.#left ?? [];
    const byStream = new Map(left.map((connection) => [connection.firstStream, connection]));
    for (const verdict of diagnoseAll(left, evidence, connections.lastTimeNs)) {
      const connection = verdict.stream === null ? undefined : byStream.get(verdict.stream);
      if (connection === undefined) this.#lookAtUnseen([verdict]);
      else this.#listener.verdict(verdict, connection);
    }
  }

  /** Those that have waited longest to be looked at. */
  #nextTurn(): readonly (readonly [Connection, number])[] {
    const turn = [];
    for (const entry of this.#open) {
      if (turn.push(entry) === MAX_LOOKED_AT) break;
    }
    return turn;
  }

  /** Whether the connection has to be looked at again; `quiet`: milliseconds since its last change. */
  #isUndecided(connection: Connection, quiet: number, nowNs: number): boolean {
    this.#analysis?.connections.refresh(connection);
    const pending = pendingOf(connection, nowNs);
    if (pending !== undefined) {
      this.#waiting.set(connection, { connection, pending });
      return true;
    }
    this.#waiting.delete(connection);
    const isOver = hasEnded(connection);
    const isHalf = connection.client.state === "CLOSED" || connection.server.state === "CLOSED";
    const isUnsaid = isUnanswered(connection);
    if (!isOver && !isHalf && !isUnsaid) return false;
    if (quiet < FAILURE_QUIET) return true;
    const verdict = this.#diagnose(connection);
    if (verdict !== undefined && (isFailure(verdict) || (isOver && quiet >= CLOSED_QUIET))) {
      this.#judge(connection, verdict);
      return false;
    }
    return isOver || quiet < HALF_CLOSED_QUIET;
  }

  #diagnose(connection: Connection): Verdict | undefined {
    const analysis = this.#analysis;
    return analysis && diagnoseConnection(connection, analysis.evidence, analysis.connections.lastTimeNs);
  }

  #judge(connection: Connection, verdict = this.#diagnose(connection)): void {
    if (verdict === undefined) return;
    this.#judged.add(connection);
    this.#listener.verdict(verdict, connection);
  }

  #lookAtUnseen(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) {
      const { client, server, cause, confidence } = verdict;
      const key = `${client.address} ${client.port} ${server.address} ${server.port} ${cause.word}`;
      // What is merely possible so far may become something else; at the end it will not.
      if (this.#unseen.has(key) || (confidence === "possible" && this.#left === undefined)) continue;
      if (this.#unseen.size >= MAX_UNSEEN) this.#unseen.clear();
      this.#unseen.add(key);
      this.#listener.verdict(verdict, undefined);
    }
  }
}
