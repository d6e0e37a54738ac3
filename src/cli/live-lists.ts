import { chosenInterface, listInterfaces } from "../capture/live/interfaces.ts";
import { listLinkTypes, listTimestampTypes } from "../capture/live/engines.ts";
import type { DeviceInfo } from "../libpcap/devices.ts";
import type { TextSink } from "../print/sink.ts";
import type { DumpOptions } from "./dump-options.ts";
import { liveOptionsOf } from "./live-options.ts";

/** Prints what -D, -L or -J ask for, in tcpdump's form. */
export async function printLists(options: DumpOptions, sink: TextSink): Promise<void> {
  for (const line of await lines(options)) sink.text(`${line}\n`);
  sink.flush();
}

async function lines(options: DumpOptions): Promise<string[]> {
  const interfaces = await listInterfaces();
  if (options.listInterfaces === true) return interfaces.map(interfaceLine);
  const name = chosenInterface(options.interface, () => interfaces);
  if (options.listTimeStampTypes === true) {
    const types = (await listTimestampTypes(name)).map(typeLine);
    if (types.length === 0) return [`Time stamp type cannot be set for ${name}`];
    return [`Time stamp types for ${name} (use option -j to set):`, ...types];
  }
  const types = await listLinkTypes(liveOptionsOf(options, ""), name);
  const mode = options.monitorMode === true ? " when in monitor mode" : "";
  return [`Data link types for ${name}${mode} (use option -y to set):`, ...types.map(typeLine)];
}

function interfaceLine(device: DeviceInfo, index: number): string {
  const description = device.description === "" ? "" : ` (${device.description})`;
  return `${index + 1}.${device.name}${description} [${deviceFlags(device) || "none"}]`;
}

function typeLine({ name, description }: { readonly name: string; readonly description: string }): string {
  return description === "" ? `  ${name}` : `  ${name} (${description})`;
}

/** The flags of an interface in tcpdump's words; "" when there are none. */
export function deviceFlags({ up, running, loopback, wireless, connection }: DeviceInfo): string {
  const words: string[] = [];
  if (up) words.push("Up");
  if (running) words.push("Running");
  if (loopback) words.push("Loopback");
  if (wireless) words.push("Wireless");
  if (connection !== undefined) words.push((wireless ? WIRELESS : WIRED)[connection]);
  return words.join(", ");
}

const WIRED = { unknown: "Connection status unknown", connected: "Connected", disconnected: "Disconnected" } as const;
const WIRELESS = {
  unknown: "Association status unknown",
  connected: "Associated",
  disconnected: "Not associated",
} as const;
