import { LibpcapError } from "../../libpcap/error.ts";
import { CaptureError } from "../error.ts";
import { PCAP_HEADER } from "../pcap-format.ts";
import { FilterError } from "../../filter/error.ts";
import { childCommand, type ChildProgram, missingOption } from "./child-commands.ts";
import { ChildInput } from "./child-input.ts";
import { liveFailure } from "./failure.ts";
import { linkNameOf } from "./link-names.ts";
import type { CaptureRequest } from "./options.ts";
import { LiveReader } from "./reader.ts";

const LINK_TYPE_AT = 20;
const LINK_TYPE_BITS = 0x03ffffff;

/** What the programs say when they cannot capture, and what that is. */
const FAILURES: readonly (readonly [RegExp, LibpcapError["code"]])[] = [
  [/permission|not permitted/i, "no-permission"],
  [/no such device|there is no (?:device|interface)/i, "no-device"],
  [/device is not up|interface is not up/i, "not-up"],
  [/data link type|not one of the DLTs|monitor mode|direction|time ?stamp type/i, "not-supported"],
  [/rejects all packets/, "rejects-all"],
  [/syntax error|can't parse filter|unknown (?:host|port|network)|illegal|capture filter|expression/i, "refused"],
];

/** Captures by a program whose output is read. Rejects with a `CaptureError`, or a `FilterError` for a bad expression. */
export async function openChild(program: ChildProgram, request: CaptureRequest): Promise<LiveReader> {
  const { interface: name } = request;
  const missing = missingOption(program, request);
  if (missing !== undefined)
    throw new CaptureError("not-supported", `${name}: ${program} has no option like ${missing}`);
  const input = new ChildInput(name, childCommand(program, request));
  await input.begun;
  const header = new Uint8Array(PCAP_HEADER);
  try {
    for (let have = 0; have < PCAP_HEADER;) {
      const got = await input.read(header.subarray(have), 0);
      if (got === 0) throw new CaptureError("interface-failed", `${name}: ${program} gave nothing`);
      have += got;
    }
  } catch (error) {
    input.close();
    throw startFailure(name, input.messages.failure, error);
  }
  const linkType = new DataView(header.buffer).getUint32(LINK_TYPE_AT, true) & LINK_TYPE_BITS;
  const [linkName, linkDescription] = linkNameOf(linkType);
  const { messages } = input;
  return new LiveReader(request, header, input, {
    engine: "child",
    by: program,
    linkName: messages.linkName || linkName,
    linkDescription: messages.linkName === "" ? linkDescription : messages.linkDescription,
    warnings: [],
  });
}

function startFailure(name: string, said: string, error: unknown): unknown {
  const code = FAILURES.find(([pattern]) => pattern.test(said))?.[1];
  if (code === undefined) return error;
  // The name of the interface is put before it anyway.
  return liveFailure(name, new LibpcapError(code, said.startsWith(`${name}: `) ? said.slice(name.length + 2) : said));
}

/** Whether another program might do what this one could not. */
export function isPermission(error: unknown): boolean {
  return error instanceof CaptureError && !(error instanceof FilterError) && error.code === "no-permission";
}
