/** What went wrong with a capture, as a name that does not change between versions. */
export type CaptureErrorCode =
  | "no-such-file"
  | "no-permission"
  | "is-directory"
  | "cannot-open"
  | "empty-file"
  | "not-a-capture"
  | "unsupported-version"
  | "cut-header"
  | "cut-record"
  | "bad-header"
  | "bad-length"
  | "bad-block"
  | "unknown-interface"
  | "too-many-interfaces"
  | "cut-compression"
  | "bad-compression"
  | "read-failed"
  | "cannot-write"
  | "disk-full"
  | "broken-pipe"
  | "unread-pipe"
  | "link-type-differs"
  | "time-range"
  | "no-such-interface"
  | "interface-down"
  | "interface-failed"
  | "not-supported"
  | "no-engine";

/**
 * A capture that cannot be opened, read to its end or written. Bad bytes
 * inside a frame are never an error, they are faults of the decoder.
 *
 * The message names the input, what is needed against what is there, and where
 * in bytes; it is meant for the reader of the capture.
 */
export class CaptureError extends Error {
  readonly code: string;

  constructor(code: CaptureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CaptureError";
    this.code = code;
  }
}
