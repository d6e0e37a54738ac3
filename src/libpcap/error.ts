/** What the system's libpcap could not do, as a name that does not change between versions. */
export type LibpcapErrorCode =
  /** koffi, which calls it, is not installed or has no binary for this platform. */
  | "no-koffi"
  /** The library is not installed. */
  | "no-library"
  /** It refused an expression; the message is its own. */
  | "refused"
  /** It found that no frame of this link type can match an expression. */
  | "rejects-all";

/** libpcap is not there, or said no. */
export class LibpcapError extends Error {
  override readonly name: string = "LibpcapError";
  readonly code: LibpcapErrorCode;

  constructor(code: LibpcapErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
