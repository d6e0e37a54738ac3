/** What is wrong with a query, as a name that does not change between versions. */
export type QueryErrorCode =
  | "syntax"
  /** `word` is no field. */
  | "unknown-field"
  /** `word` is a field of something else: of packets in a query on connections, or the other way round. */
  | "other-field"
  /** The value or the operator does not go with the field. */
  | "wrong-type"
  | "too-long";

/** A query that cannot be compiled. Its message is one sentence; `column` and `length` say what part of the text is meant. */
export class QueryError extends Error {
  override readonly name: string = "QueryError";
  readonly code: QueryErrorCode;
  /** From 0; the text's length when something is missing at its end. */
  readonly column: number;
  readonly length: number;
  /** The word that is meant; "" when none is. */
  readonly word: string;

  constructor(code: QueryErrorCode, message: string, at: { column: number; length: number; word?: string }) {
    super(message);
    this.code = code;
    this.column = at.column;
    this.length = at.length;
    this.word = at.word ?? "";
  }
}
