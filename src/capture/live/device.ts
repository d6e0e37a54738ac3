import { Device, type DeviceOptions } from "../../libpcap/device.ts";
import { type DeviceInfo, deviceLister } from "../../libpcap/devices.ts";
import { LibpcapError } from "../../libpcap/error.ts";
import type { LibpcapLibrary } from "../../libpcap/library.ts";
import { interfaceNamer } from "../../libpcap/names.ts";
import { waiter } from "../../libpcap/wait.ts";
import { DeviceInput } from "./device-input.ts";
import { liveFailure } from "./failure.ts";
import type { CaptureRequest } from "./options.ts";
import { LiveReader } from "./reader.ts";

/** Captures by the system's libpcap. Throws a `CaptureError`, or a `FilterError` for a bad expression. */
export function openDevice(library: LibpcapLibrary, request: CaptureRequest): LiveReader {
  const { interface: name, bufferSize, gathering } = request;
  const list = deviceLister(library);
  let device: Device;
  try {
    device = Device.open(library, deviceOptions(request));
  } catch (error) {
    throw liveFailure(name, betterReason(error, list, name));
  }
  const { header, linkName, linkDescription, warnings, descriptor } = device;
  const input = new DeviceInput(device, waiter(library, descriptor), {
    name,
    bufferSize,
    gathering,
    isUp: () => list().find((each: DeviceInfo) => each.name === name)?.up,
    onNotice: (text) => reader.live.onNotice?.(text),
  });
  const reader: LiveReader = new LiveReader(request, header, input, {
    engine: "libpcap",
    by: "libpcap",
    linkName,
    linkDescription,
    warnings,
    interfaceName: interfaceNamer(library),
  });
  return reader;
}

/** Who may not capture is told so of any name: when there is no such interface, that is what helps. */
function betterReason(error: unknown, list: () => readonly DeviceInfo[], name: string): unknown {
  if (!(error instanceof LibpcapError) || error.code !== "no-permission") return error;
  if (list().some((each) => each.name === name)) return error;
  return new LibpcapError("no-device", "No such device exists", { cause: error });
}

export function deviceOptions(request: CaptureRequest): DeviceOptions {
  return { ...request, device: request.interface };
}
