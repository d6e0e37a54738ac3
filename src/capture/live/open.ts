import { type DeviceInfo, deviceLister } from "../../libpcap/devices.ts";
import { LibpcapError } from "../../libpcap/error.ts";
import type { LibpcapLibrary } from "../../libpcap/library.ts";
import { CaptureError } from "../error.ts";
import type { CaptureSource, LiveCapture } from "../source.ts";
import { openCap } from "./cap.ts";
import { isPermission, openChild } from "./child.ts";
import { childInterfaces, childPrograms, missingOption } from "./child-commands.ts";
import { openDevice } from "./device.ts";
import { liveFailure } from "./failure.ts";
import { chosenInterface, libpcapHere } from "./interfaces.ts";
import { type CaptureRequest, type LiveOptions, requestOf } from "./options.ts";

/** A source of packets that are captured while it is read. */
export interface LiveSource extends CaptureSource {
  readonly live: LiveCapture;
}

/**
 * Begins to capture on an interface. Rejects with a `CaptureError` when that cannot be, and
 * with a `FilterError` when the expression is refused.
 *
 * Without `engine`, it is libpcap, called by koffi. Where one of them is missing, it is tcpdump or dumpcap, and
 * dumpcap also for a user who may run that but not capture.
 */
export async function openLive(options: LiveOptions = {}): Promise<LiveSource> {
  const library = await libpcapHere();
  const list = lister(library);
  const request = requestOf(options, chosenInterface(options.interface, list));
  switch (options.engine) {
    case "libpcap":
      return openLibpcap(library, request);
    case "child":
      return openFirstChild(
        request,
        new CaptureError("no-engine", "engine child: neither tcpdump nor dumpcap is installed"),
      );
    case "cap":
      return openCap(request);
    default:
      return openBest(library, request);
  }
}

function lister(library: LibpcapLibrary | LibpcapError): () => readonly DeviceInfo[] {
  const found = usable(library);
  return found instanceof LibpcapError ? childInterfaces : deviceLister(found);
}

/** Windows' C library has no files in memory that another library could write to. */
function usable(library: LibpcapLibrary | LibpcapError): LibpcapLibrary | LibpcapError {
  if (process.platform !== "win32") return library;
  return new LibpcapError("no-library", "it cannot be called for that on Windows");
}

function openLibpcap(found: LibpcapLibrary | LibpcapError, request: CaptureRequest): LiveSource {
  const library = usable(found);
  if (library instanceof LibpcapError) throw liveFailure(request.interface, library);
  return openDevice(library, request);
}

async function openBest(found: LibpcapLibrary | LibpcapError, request: CaptureRequest): Promise<LiveSource> {
  const library = usable(found);
  if (library instanceof LibpcapError) return openFirstChild(request, liveFailure(request.interface, library));
  try {
    return openDevice(library, request);
  } catch (error) {
    if (!isPermission(error) || !childPrograms().includes("dumpcap")) throw error;
    return openDumpcapInstead(request, error);
  }
}

/** For a user who is in dumpcap's group; for others it is still the first error that counts. */
async function openDumpcapInstead(request: CaptureRequest, error: unknown): Promise<LiveSource> {
  if (missingOption("dumpcap", request) !== undefined) throw error;
  try {
    return await openChild("dumpcap", request);
  } catch (second) {
    throw isPermission(second) ? error : second;
  }
}

/** `why`: the error when there is none. */
async function openFirstChild(request: CaptureRequest, why: unknown): Promise<LiveSource> {
  const programs = childPrograms();
  for (const [index, program] of programs.entries()) {
    try {
      return await openChild(program, request);
    } catch (error) {
      if (!isPermission(error) || index + 1 === programs.length) throw error;
    }
  }
  throw why;
}
