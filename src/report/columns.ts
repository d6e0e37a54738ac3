import type { KeyPath } from "./schema/paths.ts";
import { valuesAt } from "./schema/paths.ts";

/** How objects become lines: values between tabs, or by RFC 4180 with a line of names before them. */
export type ColumnFormat = "tabs" | "csv";

/** One object as one line, without its end. Several values of a key are joined by commas; what is absent is empty. */
export function columnsText(object: unknown, columns: readonly KeyPath[], format: ColumnFormat): string {
  const cells = columns.map(({ keys }) => valuesAt(object, keys).map(valueText).join(","));
  return format === "csv" ? cells.map(csvCell).join(",") : cells.map(tabCell).join("\t");
}

/** The names of the columns as the first line of CSV. */
export function headerText(columns: readonly KeyPath[]): string {
  return columns.map(({ path }) => csvCell(path)).join(",");
}

/** What ends a line. */
export function lineEnd(format: ColumnFormat): string {
  return format === "csv" ? "\r\n" : "\n";
}

/** A value as text; fractions are written without an exponent, to the nanosecond. */
function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return JSON.stringify(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(9).replace(/\.?0+$/, "");
}

/** Control characters as backslash sequences: tabs and line ends are separators, and a terminal may obey the others. */
function tabCell(text: string): string {
  return escapeControls(
    text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r"),
  );
}

/** In quotes where a comma, a quote or a line end is in it (RFC 4180 section 2). */
function csvCell(text: string): string {
  const safe = escapeControls(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function escapeControls(text: string): string {
  return text.replaceAll(/[^\P{Cc}\r\n]/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
