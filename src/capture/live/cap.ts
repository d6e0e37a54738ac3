import type { Cap } from "cap";
import { createRequire } from "node:module";
import { LibpcapError } from "../../libpcap/error.ts";
import { CaptureError } from "../error.ts";
import { capHeader, CapInput } from "./cap-input.ts";
import { liveFailure } from "./failure.ts";
import { linkNameOf } from "./link-names.ts";
import { type CaptureRequest, requestOf } from "./options.ts";
import { LiveReader } from "./reader.ts";

type CapModule = typeof import("cap");

/** Objects that did not come to open anything: cap ends the process when one of them is collected. */
const FAILED: Cap[] = [];

/** Bytes of a packet at most: cap asks the kernel for so many. */
const LONGEST = 65535;

const WARNING =
  "the engine cap takes times late, when packets come to this program, and neither knows their lengths on the wire nor counts drops: " +
  "round trips and losses are not to be trusted";

const LINK_TYPES: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
};

/** The package, or why it cannot be used. It is an addon that its user installs; NODE_PATH is searched, too. */
export function capHere(): CapModule | CaptureError {
  const require = createRequire(import.meta.url);
  try {
    const module: CapModule = require("cap");
    return module;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    const text = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
    const why = code === "MODULE_NOT_FOUND" && text.includes("'cap'") ? "it is not installed" : text;
    return new CaptureError(
      "no-engine",
      `engine cap: ${why}; npm install cap builds it (libpcap-dev and a compiler are needed)`,
      {
        cause: error,
      },
    );
  }
}

/** Captures by the package cap. Throws a `CaptureError`, or a `FilterError` for a bad expression. */
export function openCap(request: CaptureRequest): LiveReader {
  const module = capHere();
  if (module instanceof CaptureError) throw module;
  const { interface: name } = request;
  const missing = missingOption(request);
  if (missing !== undefined)
    throw new CaptureError("not-supported", `${name}: the engine cap has no option like ${missing}`);
  const buffer = Buffer.alloc(LONGEST);
  const { cap, link } = opened(module, request, buffer);
  const linkType = LINK_TYPES[link];
  if (linkType === undefined) {
    cap.close();
    throw new CaptureError("not-supported", `${name}: the engine cap does not know its link type (${link})`);
  }
  const [linkName, linkDescription] = linkNameOf(linkType);
  return new LiveReader(request, capHeader(linkType), new CapInput(cap, buffer), {
    engine: "cap",
    by: "cap",
    linkName,
    linkDescription,
    warnings: [WARNING],
  });
}

function opened(
  module: CapModule,
  request: CaptureRequest,
  buffer: Buffer,
): { readonly cap: Cap; readonly link: string } {
  const { interface: name, expression, bufferSize } = request;
  const cap = new module.Cap();
  try {
    return { cap, link: cap.open(name, expression, bufferSize, buffer) };
  } catch (error) {
    FAILED.push(cap);
    throw openFailure(name, error);
  }
}

/** Whether cap can open an interface; the error when it cannot. */
export function tryCap(module: CapModule, name: string): Error | undefined {
  try {
    opened(module, requestOf({ bufferSize: 1 << 20 }, name), Buffer.alloc(LONGEST)).cap.close();
    return undefined;
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}

function missingOption(request: CaptureRequest): string | undefined {
  if (!request.promiscuous) return "-p";
  if (request.monitor) return "-I";
  if (request.linkType !== undefined) return "-y";
  if (request.timestampType !== undefined) return "-j";
  if (request.direction !== "inout") return "-Q";
  if (!request.optimize) return "-O";
  if (request.bufferSize > 2 ** 31 - 1) return "-B";
  return request.snapLength < LONGEST ? "-s" : undefined;
}

/** cap hands over libpcap's details without its status. */
function openFailure(name: string, error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const code = /not permitted|permission/i.test(text)
    ? "no-permission"
    : /no such device/i.test(text)
      ? "no-device"
      : /not up/i.test(text)
        ? "not-up"
        : /parse|syntax|unknown|rejects|illegal/i.test(text)
          ? "refused"
          : "device-failed";
  return liveFailure(name, new LibpcapError(code, text, { cause: error }));
}
