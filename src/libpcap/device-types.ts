import { captureFunctions, type CaptureFunctions } from "./capture-functions.ts";
import { activated, type DeviceOptions } from "./device.ts";
import { statusError } from "./device-status.ts";
import { LibpcapError } from "./error.ts";
import { ERROR_LENGTH, textOf } from "./handle.ts";
import type { LibpcapLibrary } from "./library.ts";

/** Something that can be chosen for a device, by its name. */
export interface NamedType {
  readonly name: string;
  /** "" when it has none. */
  readonly description: string;
}

/** The link types that a device can give. Throws a `LibpcapError`. */
export function linkTypes(library: LibpcapLibrary, options: DeviceOptions): NamedType[] {
  const functions = captureFunctions(library);
  const { handle } = activated(functions, options, false);
  try {
    const values = functions.list("datalinks", handle);
    if (typeof values === "number") throw statusError(functions, handle, values);
    return values.map((value) => ({
      name: functions.dataLinkName(value) ?? String(value),
      description: functions.dataLinkDescription(value) ?? "",
    }));
  } finally {
    functions.close(handle);
  }
}

/** Where a device can take the times of packets from; none when there is no choice. Throws a `LibpcapError`. */
export function timestampTypes(library: LibpcapLibrary, device: string): NamedType[] {
  const functions: CaptureFunctions = captureFunctions(library);
  const error = new Uint8Array(ERROR_LENGTH);
  const handle = functions.create(device, error);
  if (handle === null) throw new LibpcapError("device-failed", textOf(error));
  try {
    const values = functions.list("tstamp_types", handle);
    if (typeof values === "number") throw statusError(functions, handle, values);
    return values.map((value) => ({
      name: functions.timestampTypeName(value) ?? String(value),
      description: functions.timestampTypeDescription(value) ?? "",
    }));
  } finally {
    functions.close(handle);
  }
}
