import { type EngineStatus, engineStatuses, linkTypeNames } from "../capture/live/engines.ts";
import { listInterfaces } from "../capture/live/interfaces.ts";
import type { DeviceAddress, DeviceInfo } from "../libpcap/devices.ts";
import { addressText } from "../wire/address.ts";
import type { InterfacesOptions } from "./interfaces.ts";
import { deviceFlags } from "./live-lists.ts";
import { standardOutput } from "./output.ts";

/** Prints what can be captured on, and which engines work and why not. */
export async function runInterfaces(options: InterfacesOptions): Promise<void> {
  const interfaces = await listInterfaces();
  const linkTypes = await linkTypeNames(interfaces);
  const engines = await engineStatuses(interfaces);
  const sink = standardOutput();
  const lines =
    options.json === true
      ? [
          ...interfaces.map((each, index) => JSON.stringify(interfaceObject(each, index, linkTypes))),
          ...engines.map((each) => JSON.stringify(each)),
        ]
      : [...interfaceLines(interfaces, linkTypes), "", ...engineLines(engines)];
  for (const line of lines) sink.text(`${line}\n`);
  sink.flush();
}

function interfaceObject(
  { name, description, up, running, loopback, wireless, connection, addresses }: DeviceInfo,
  index: number,
  linkTypes: ReadonlyMap<string, string>,
): object {
  return {
    interface: name,
    number: index + 1,
    ...(description !== "" && { description }),
    up,
    running,
    loopback,
    wireless,
    ...(connection !== undefined && { connection }),
    ...(linkTypes.has(name) && { linkType: linkTypes.get(name) }),
    addresses: addresses.map(prefixText),
  };
}

function interfaceLines(interfaces: readonly DeviceInfo[], linkTypes: ReadonlyMap<string, string>): string[] {
  const rows = interfaces.map((each, index) => [
    String(index + 1),
    each.name,
    deviceFlags(each),
    linkTypes.get(each.name) ?? "-",
    each.addresses.map(prefixText).join(", ") || each.description || "-",
  ]);
  return aligned([["#", "interface", "flags", "link type", "addresses"], ...rows]);
}

function engineLines(engines: readonly EngineStatus[]): string[] {
  return aligned([
    ["engine", "works", ""],
    ...engines.map(({ engine, works, about }) => [engine, works ? "yes" : "no", about]),
  ]);
}

/** Columns two spaces apart. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function prefixText({ bytes, prefixLength }: DeviceAddress): string {
  const text = addressText(bytes, 0, bytes.length);
  return prefixLength < 0 ? text : `${text}/${prefixLength}`;
}
