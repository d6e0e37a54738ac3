import fs from "node:fs";
import { reasonOf } from "../capture/input.ts";
import { parseServices, systemFile } from "../capture/text/services.ts";
import { Names } from "../print/names.ts";
import { ReverseLookups } from "./reverse-lookups.ts";
import { UsageError } from "./status.ts";

/** Which names a line shows, as commander gives it. */
export interface NameOptions {
  /** --hosts */
  readonly hosts?: string;
  /** --resolve */
  readonly resolve?: boolean;
  /** -N */
  readonly N?: boolean;
}

/** Names, and what has to be ended when nothing more is printed. */
export interface LoadedNames {
  readonly names: Names;
  close(): void;
}

/** What was loaded for the options of a command. */
const loaded = new WeakMap<NameOptions, LoadedNames>();
const lookupsOf = new WeakMap<NameOptions, ReverseLookups>();

/** The questions to name servers of whatever prints by these options; undefined: it asks none. */
export function asked(options: NameOptions): ReverseLookups | undefined {
  return lookupsOf.get(options);
}

/** Names of services and hosts from the system's files, and from the network if that is wanted; the same for the same options. */
export function loadNames(options: NameOptions): LoadedNames {
  const known = loaded.get(options) ?? load(options);
  loaded.set(options, known);
  return known;
}

function load(options: NameOptions): LoadedNames {
  const lookups =
    options.resolve === true ? new ReverseLookups((address, name) => names.addHost(address, name)) : undefined;
  if (lookups !== undefined) lookupsOf.set(options, lookups);
  const ask = lookups && ((address: string): void => lookups.ask(address));
  const names: Names = new Names({ withoutDomain: options.N === true, ask });
  const services = parseServices(systemFile("/etc/services"), false);
  for (const protocol of ["tcp", "udp"] as const) {
    for (const [name, port] of services[protocol]) names.addPort(protocol, port, name);
  }
  addHosts(names, options.hosts === undefined ? "" : hostsFile(options.hosts));
  addHosts(names, systemFile("/etc/hosts"));
  return { names, close: () => lookups?.close() };
}

/** With -n only the names of a file that is asked for; undefined when there is none. */
export function loadNamedHosts({ hosts, N }: NameOptions): LoadedNames | undefined {
  if (hosts === undefined) return undefined;
  const names = new Names({ withoutDomain: N === true, organisations: false });
  addHosts(names, hostsFile(hosts));
  return { names, close: () => undefined };
}

function hostsFile(path: string): string {
  try {
    return fs.readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`option --hosts: ${path} cannot be read: ${reasonOf(error)}`);
  }
}

function addHosts(names: Names, text: string): void {
  for (const [address, name] of parseHosts(text)) names.addHost(address, name);
}

/** Longest line of a file of hosts that is looked at, in characters. */
const MAX_LINE = 1024;

const OCTET = String.raw`(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])`;
const IPV4 = new RegExp(String.raw`^${OCTET}(?:\.${OCTET}){3}$`);

/** Whether it is an IPv4 or IPv6 address without a zone. node:net could tell as well, but takes milliseconds to load. */
export function isAddress(text: string): boolean {
  return IPV4.test(text) || (/^[\da-f:.]*$/i.test(text) && text.includes(":") && URL.canParse(`http://[${text}]`));
}

/** Addresses and their canonical names, of a file in the form of hosts(5). */
export function parseHosts(text: string): (readonly [string, string])[] {
  const hosts: (readonly [string, string])[] = [];
  for (const line of text.split("\n")) {
    const [address = "", name] = (line.slice(0, MAX_LINE).split("#", 1)[0] ?? "").trim().split(/\s+/, 2);
    if (isAddress(address) && name !== undefined && name !== "") hosts.push([address, name]);
  }
  return hosts;
}
