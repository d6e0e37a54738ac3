import type { CaptureFunctions } from "./capture-functions.ts";
import { LibpcapError, type LibpcapErrorCode } from "./error.ts";
import type { Pointer } from "./handle.ts";

/** PCAP_ERROR, and those of its codes that mean more to us than that something failed. */
const ERROR = -1;
const CODES: ReadonlyMap<number, LibpcapErrorCode> = new Map([
  [-5, "no-device"],
  [-6, "not-supported"],
  [-8, "no-permission"],
  [-9, "not-up"],
  [-11, "no-permission"],
  [-12, "not-supported"],
  [-13, "not-supported"],
]);

/** The error for a status below 0 that a function gave: libpcap's own words. */
export function statusError(functions: CaptureFunctions, handle: Pointer, status: number): LibpcapError {
  return new LibpcapError(CODES.get(status) ?? "device-failed", statusWords(functions, handle, status));
}

/** What libpcap says about a status, and its details if it has some. */
export function statusWords(functions: CaptureFunctions, handle: Pointer, status: number): string {
  const details = functions.errorText(handle);
  if (status === ERROR) return details;
  const words = functions.statusText(status);
  return details === "" || details === words ? words : `${words} (${details})`;
}
