import { FilterError } from "../../filter/error.ts";
import { LibpcapError } from "../../libpcap/error.ts";
import { CaptureError, type CaptureErrorCode } from "../error.ts";

/** What to do about an interface that cannot be opened, by the name of what is wrong. */
const FAILURES: Partial<Record<LibpcapError["code"], readonly [CaptureErrorCode, (device: string) => string]>> = {
  "no-device": ["no-such-interface", () => "; tcpscope interfaces lists what there is"],
  "no-permission": [
    "no-permission",
    () => "; run it with sudo (root is given up once the interface is open), or as a user who may run dumpcap",
  ],
  "not-up": [
    "interface-down",
    (device) => (process.platform === "linux" ? `; ip link set ${device} up` : `; ifconfig ${device} up`),
  ],
  "not-supported": ["not-supported", () => ""],
};

/** The error of the capture for what libpcap says about an interface; others come back as they are. */
export function liveFailure(device: string, error: unknown): unknown {
  if (!(error instanceof LibpcapError)) return error;
  const { code, message } = error;
  if (code === "rejects-all" || code === "refused") return new FilterError(code, message, { cause: error });
  if (code === "no-koffi" || code === "no-library") return noEngine(error);
  const [name, advice] = FAILURES[code] ?? ["interface-failed", () => ""];
  // libpcap ends its own advice with a full stop, when it gives some.
  return new CaptureError(name, `${device}: ${message.replace(/\.$/, "")}${advice(device)}`, { cause: error });
}

/** For a capture that worked up to here. */
export function interrupted(device: string, error: unknown): unknown {
  if (!(error instanceof LibpcapError)) return error;
  return new CaptureError("interface-failed", `${device}: ${error.message}; what it had delivered was read`, {
    cause: error,
  });
}

function noEngine(cause: LibpcapError): CaptureError {
  const advice = cause.code === "no-koffi" ? "npm install koffi" : "install libpcap";
  return new CaptureError(
    "no-engine",
    `live capture needs libpcap, and koffi to call it: ${cause.message}; ${advice}, or install tcpdump or dumpcap, which are used instead`,
    { cause },
  );
}
