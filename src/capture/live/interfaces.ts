import { type DeviceInfo, deviceLister } from "../../libpcap/devices.ts";
import { LibpcapError } from "../../libpcap/error.ts";
import { type LibpcapLibrary, loadLibpcap } from "../../libpcap/library.ts";
import { CaptureError } from "../error.ts";
import { childInterfaces } from "./child-commands.ts";

/** libpcap, or why it cannot be called. */
export async function libpcapHere(): Promise<LibpcapLibrary | LibpcapError> {
  try {
    return await loadLibpcap();
  } catch (error) {
    if (error instanceof LibpcapError) return error;
    throw error;
  }
}

/** What can be captured on, in libpcap's order; empty where nothing here can tell. */
export async function listInterfaces(): Promise<readonly DeviceInfo[]> {
  const library = await libpcapHere();
  if (library instanceof LibpcapError || process.platform === "win32") return childInterfaces();
  return deviceLister(library)();
}

/**
 * The name of the interface that is meant: a number counts in the list, from 1, unless an interface
 * has that name; without anything, the first one that is up is meant. Throws a `CaptureError`.
 */
export function chosenInterface(wanted: string | undefined, list: () => readonly DeviceInfo[]): string {
  if (wanted === undefined) return firstInterface(list());
  if (!/^\d+$/.test(wanted)) return wanted;
  const interfaces = list();
  if (interfaces.some(({ name }) => name === wanted)) return wanted;
  const chosen = interfaces[Number(wanted) - 1];
  if (chosen !== undefined) return chosen.name;
  throw new CaptureError(
    "no-such-interface",
    `${wanted}: there is no interface of that number; tcpscope interfaces lists what there is`,
  );
}

function firstInterface(interfaces: readonly DeviceInfo[]): string {
  const [first] = interfaces;
  const chosen = interfaces.find(({ up }) => up) ?? first;
  if (chosen === undefined) throw new CaptureError("no-such-interface", "there is no interface to capture on");
  return chosen.name;
}
