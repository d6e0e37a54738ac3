/** Why there is no filter, as a name that does not change between versions. */
export type FilterErrorCode =
  /** The expression is wrong, or asks for what frames of this link type or of a file cannot tell. */
  | "refused"
  /** The expression is fine, but no frame of these link types can match it. */
  | "rejects-all"
  /** There is nothing on this system that compiles expressions. */
  | "no-compiler";

/** An expression that cannot be used; the message is libpcap's own wherever it has one. */
export class FilterError extends Error {
  override readonly name: string = "FilterError";
  readonly code: FilterErrorCode;

  constructor(code: FilterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
