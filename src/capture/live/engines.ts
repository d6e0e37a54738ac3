import { spawnSync } from "node:child_process";
import { type NamedType, linkTypes, timestampTypes } from "../../libpcap/device-types.ts";
import type { DeviceInfo } from "../../libpcap/devices.ts";
import { LibpcapError } from "../../libpcap/error.ts";
import { libpcapVersion } from "../../libpcap/library.ts";
import { CaptureError } from "../error.ts";
import type { LiveEngine } from "../source.ts";
import { capHere, tryCap } from "./cap.ts";
import { childEnvironment, childPrograms, versionOf } from "./child-commands.ts";
import { deviceOptions } from "./device.ts";
import { liveFailure } from "./failure.ts";
import { libpcapHere } from "./interfaces.ts";
import { type LiveOptions, requestOf } from "./options.ts";

/** Whether an engine works here and for this user. */
export interface EngineStatus {
  readonly engine: LiveEngine;
  readonly works: boolean;
  /** Its version, or why it does not work and what to do. */
  readonly about: string;
}

/** The link types that an interface can give. Rejects with a `CaptureError`. */
export async function listLinkTypes(options: LiveOptions, name: string): Promise<readonly NamedType[]> {
  return asked(name, (library) => linkTypes(library, deviceOptions(requestOf(options, name))));
}

/** Where an interface can take times from. Rejects with a `CaptureError`. */
export async function listTimestampTypes(name: string): Promise<readonly NamedType[]> {
  return asked(name, (library) => timestampTypes(library, name));
}

async function asked<T>(
  name: string,
  ask: (library: Exclude<Awaited<ReturnType<typeof libpcapHere>>, LibpcapError>) => T,
): Promise<T> {
  const library = await libpcapHere();
  try {
    if (library instanceof LibpcapError) throw library;
    return ask(library);
  } catch (error) {
    throw liveFailure(name, error);
  }
}

/** The first link type of each interface that is up; none of those that this user may not open. */
export async function linkTypeNames(interfaces: readonly DeviceInfo[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { name } of interfaces.filter(({ up }) => up)) {
    try {
      const [first] = await listLinkTypes({}, name);
      if (first !== undefined) names.set(name, first.name);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
    }
  }
  return names;
}

/** All engines, the one that is taken by itself first. */
export async function engineStatuses(interfaces: readonly DeviceInfo[]): Promise<EngineStatus[]> {
  const name = interfaces.find(({ up }) => up)?.name;
  return [await libpcapStatus(name), childStatus(name), capStatus(name)];
}

async function libpcapStatus(name: string | undefined): Promise<EngineStatus> {
  const engine = "libpcap";
  const library = await libpcapHere();
  if (library instanceof LibpcapError) {
    const advice = library.code === "no-koffi" ? "npm install koffi" : "install libpcap";
    return { engine, works: false, about: `${library.message}; ${advice}` };
  }
  try {
    if (name !== undefined) linkTypes(library, deviceOptions(requestOf({}, name)));
    return { engine, works: true, about: libpcapVersion(library) };
  } catch (error) {
    const failure = liveFailure(name ?? "", error);
    return { engine, works: false, about: failure instanceof Error ? failure.message : String(failure) };
  }
}

/** Listing link types opens the interface, so it tells whether that is permitted. */
function childStatus(name: string | undefined): EngineStatus {
  const engine = "child";
  const programs = childPrograms();
  if (programs.length === 0) return { engine, works: false, about: "neither tcpdump nor dumpcap is installed" };
  const able = programs.filter((program) => {
    const args = name === undefined ? ["--version"] : ["-L", "-i", name];
    return spawnSync(program, args, { stdio: "ignore", env: childEnvironment() }).status === 0;
  });
  const names = (able.length > 0 ? able : programs).map((program) => versionOf(program) ?? program).join(", ");
  const works = able.length > 0;
  return { engine, works, about: works ? names : `${names}: no permission to capture; run it with sudo` };
}

function capStatus(name: string | undefined): EngineStatus {
  const found = capHere();
  if (found instanceof CaptureError)
    return { engine: "cap", works: false, about: found.message.replace("engine cap: ", "") };
  const failure = name === undefined ? undefined : tryCap(found, name);
  if (failure === undefined) return { engine: "cap", works: true, about: ABOUT_CAP };
  return { engine: "cap", works: false, about: failure.message };
}

const ABOUT_CAP = "late times, no lengths on the wire, no counts of drops";
