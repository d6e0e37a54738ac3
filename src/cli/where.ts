import type { CaptureSource } from "../capture/source.ts";
import { type CompiledQuery, compileQuery } from "../query/compile.ts";
import { QueryError } from "../query/error.ts";
import type { FieldTable } from "../query/field.ts";
import { needsAnalysis, PACKET_FIELDS } from "../query/packet-fields.ts";
import { PacketSubject } from "../query/packet-subject.ts";
import type { Frame } from "../wire/frame.ts";
import { Packet } from "../wire/packet.ts";
import type { SharedAnalysis } from "./shared-analysis.ts";
import { UsageError } from "./status.ts";
import { nearestPath } from "./suggest.ts";

/** Compiles what --where says; an error points at the place in the query. */
export function compileWhere<C>(text: string, table: FieldTable<C>): CompiledQuery<C> {
  try {
    return compileQuery(text, table);
  } catch (error) {
    if (error instanceof QueryError) throw new UsageError(pointedAt(error, text, table));
    throw error;
  }
}

/** Whether a frame is wanted. */
export type PacketTest = (frame: Frame, source: CaptureSource) => boolean;

/** Whether a frame matches the query; the analysis follows connections only when `follow` says so or a field needs it. */
export function packetTest(text: string, shared: SharedAnalysis, follow: boolean): PacketTest {
  const { matches, fields } = compileWhere(text, PACKET_FIELDS);
  const packet = new Packet();
  const subject = new PacketSubject(packet);
  if (!follow && !needsAnalysis(fields)) {
    return (frame, source) => {
      packet.decode(frame);
      subject.move(packet, undefined, source.interfaces[frame.interfaceIndex]?.name ?? "");
      return matches(subject);
    };
  }
  return (frame, source) => {
    const segment = shared.observe(frame);
    subject.move(shared.analysis.packet, segment, source.interfaces[frame.interfaceIndex]?.name ?? "");
    return matches(subject);
  };
}

/** --where help of dump. */
export function packetFieldList(): string {
  return fieldList(PACKET_FIELDS);
}

/** --where help: each field with its type, its meaning and its other names. */
export function fieldList<C>({ fields }: FieldTable<C>): string {
  const rows = fields.map(({ name, type, about, aliases = [] }) => [
    name,
    type,
    aliases.length === 0 ? about : `${about} (also ${aliases.join(", ")})`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([name = "", type = "", about = ""]) => `${name.padEnd(widths[0]!)}  ${type.padEnd(widths[1]!)}  ${about}\n`)
    .join("");
}

/** The error's sentence, then the query with a mark below the place that is meant. */
function pointedAt<C>(error: QueryError, text: string, table: FieldTable<C>): string {
  const near = error.code === "unknown-field" ? nearestPath(error.word, namesOf(table)) : undefined;
  const advice =
    error.code !== "unknown-field" ? "" : near === undefined ? "; --where help lists them" : `; did you mean ${near}?`;
  // One column for each character, and nothing that a terminal obeys.
  const shown = [...text.replaceAll(/\p{C}/gu, "?")].slice(0, MAXIMUM_SHOWN).join("");
  const mark = "^" + "~".repeat(Math.max(0, Math.min(error.length, MAXIMUM_SHOWN - error.column) - 1));
  const pointer = error.column < MAXIMUM_SHOWN ? `\n  ${shown}\n  ${" ".repeat(error.column)}${mark}` : "";
  return `--where: ${error.message}${advice}${pointer}`;
}

/** Characters of a query that an error shows at most. */
const MAXIMUM_SHOWN = 500;

function namesOf<C>({ fields }: FieldTable<C>): string[] {
  return fields.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
}
