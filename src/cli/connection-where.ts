import { diagnoseAll, diagnoseConnection } from "../diagnosis/diagnose.ts";
import type { Verdict } from "../diagnosis/verdict.ts";
import type { Connection } from "../flow/connection.ts";
import type { Analysis } from "../pipeline.ts";
import type { CompiledQuery } from "../query/compile.ts";
import { CONNECTION_FIELDS, ConnectionSubject, needsVerdict } from "../report/connection-fields.ts";
import { flowObject } from "../report/flow-json.ts";
import { verdictObject } from "../report/verdict-json.ts";
import type { Followed } from "./follow.ts";
import { compileWhere, fieldList } from "./where.ts";

/** --where help of flows and diagnose. */
export function connectionFieldList(): string {
  return fieldList(CONNECTION_FIELDS);
}

/** Compiles --where of flows and diagnose. */
export function connectionQuery(text: string): CompiledQuery<ConnectionSubject> {
  return compileWhere(text, CONNECTION_FIELDS);
}

/** The connections that match; verdicts are made when the query asks for them. */
export function matchingConnections(query: CompiledQuery<ConnectionSubject>, followed: Followed): Connection[] {
  const { connections, analysis } = followed;
  const { start, lastTimeNs } = analysis.connections;
  const verdicts = needsVerdict(query.fields) ? diagnoseAll(connections, analysis.evidence, lastTimeNs) : [];
  const byStream = new Map(verdicts.map((verdict) => [verdict.stream, verdict]));
  return connections.filter((connection) => {
    const verdict = byStream.get(connection.firstStream);
    return query.matches(
      new ConnectionSubject(
        () => flowObject(connection, start, lastTimeNs),
        () => verdict && verdictObject(verdict),
      ),
    );
  });
}

/** Whether a connection matches by what is known of it so far. */
export function matchesSoFar(
  query: CompiledQuery<ConnectionSubject>,
  connection: Connection,
  { connections, evidence }: Analysis,
): boolean {
  return query.matches(
    new ConnectionSubject(
      () => flowObject(connection, connections.start, connections.lastTimeNs),
      () => verdictObject(diagnoseConnection(connection, evidence, connections.lastTimeNs)),
    ),
  );
}

/** Whether a verdict matches; `connection` is the one that it is on. */
export function verdictMatches(
  query: CompiledQuery<ConnectionSubject>,
  verdict: Verdict,
  connection: Connection | undefined,
  { connections }: Analysis,
): boolean {
  return query.matches(
    new ConnectionSubject(
      () => connection && flowObject(connection, connections.start, connections.lastTimeNs),
      () => verdictObject(verdict),
    ),
  );
}

/** The verdicts that match; one on an attempt without a segment has no fields of a connection. */
export function matchingVerdicts(
  query: CompiledQuery<ConnectionSubject>,
  verdicts: readonly Verdict[],
  followed: Followed,
): Verdict[] {
  const { connections, analysis } = followed;
  const byStream = new Map(connections.map((connection) => [connection.firstStream, connection]));
  return verdicts.filter((verdict) => {
    const connection = verdict.stream === null ? undefined : byStream.get(verdict.stream);
    return verdictMatches(query, verdict, connection, analysis);
  });
}
