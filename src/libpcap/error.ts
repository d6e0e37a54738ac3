/** What the system's libpcap could not do, as a name that does not change between versions. */
export type LibpcapErrorCode =
  /** koffi, which calls it, is not installed or has no binary for this platform. */
  | "no-koffi"
  /** The library is not installed. */
  | "no-library"
  /** It refused an expression; the message is its own. */
  | "refused"
  /** It found that no frame of this link type can match an expression. */
  | "rejects-all"
  /** There is no such device. */
  | "no-device"
  /** The user may not capture on the device. */
  | "no-permission"
  /** The device is not up. */
  | "not-up"
  /** The device cannot do what was asked for: a link type, monitor mode, a direction. */
  | "not-supported"
  /** Anything else that went wrong with a device. */
  | "device-failed";

/** libpcap is not there, or said no. */
export class LibpcapError extends Error {
  override readonly name: string = "LibpcapError";
  readonly code: LibpcapErrorCode;

  constructor(code: LibpcapErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
