import fs from "node:fs";

/** Port numbers by name, apart for TCP and UDP. */
interface Services {
  readonly tcp: ReadonlyMap<string, number>;
  readonly udp: ReadonlyMap<string, number>;
}

/** Names that traces print and that not every system's list has: old ones, and some of other systems. */
const WELL_KNOWN: Readonly<Record<string, number>> = {
  echo: 7,
  discard: 9,
  daytime: 13,
  chargen: 19,
  "ftp-data": 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  time: 37,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  finger: 79,
  http: 80,
  www: 80,
  kerberos: 88,
  pop3: 110,
  sunrpc: 111,
  auth: 113,
  nntp: 119,
  ntp: 123,
  "netbios-ns": 137,
  "netbios-dgm": 138,
  "netbios-ssn": 139,
  imap: 143,
  imap2: 143,
  snmp: 161,
  bgp: 179,
  ldap: 389,
  https: 443,
  "microsoft-ds": 445,
  exec: 512,
  login: 513,
  shell: 514,
  syslog: 514,
  printer: 515,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  socks: 1080,
  "ms-sql-s": 1433,
  mysql: 3306,
  "ms-wbt-server": 3389,
  postgresql: 5432,
  x11: 6000,
  "http-alt": 8080,
  webcache: 8080,
  irdmi: 8000,
  cslistener: 9000,
  dnp: 20000,
};

/** Longest file that is read, in bytes: the list of a system is far shorter. */
const MAX_FILE = 1 << 22;
const LINE = /^([^\s#]{1,60})\s+(\d{1,5})\/(tcp|udp)\b([^#\n]{0,200})/gm;

/** Reads a file in the form of services(5). A name's first port counts; `withAliases`: further names of a line too. */
export function parseServices(text: string, withAliases = true): Services {
  const tcp = new Map<string, number>();
  const udp = new Map<string, number>();
  for (const [, name = "", port = "", protocol = "", aliases = ""] of text.matchAll(LINE)) {
    const names = protocol === "tcp" ? tcp : udp;
    if (Number(port) > 0xffff) continue;
    const all = withAliases ? [name, ...aliases.trim().split(/\s+/)] : [name];
    for (const each of all) if (each !== "" && !names.has(each)) names.set(each, Number(port));
  }
  return { tcp, udp };
}

/** The content of a small file of the system; "" where there is none. */
export function systemFile(path: string): string {
  try {
    if (fs.statSync(path).size > MAX_FILE) return "";
    return fs.readFileSync(path, "utf8");
  } catch {
    // Not every system has the file: then there are no names.
    return "";
  }
}

/** Port numbers from names: first those that every trace means alike, then the system's list. */
export class ServiceNumbers {
  #system: Services | undefined = undefined;

  /** The port, from a number or a name; undefined when nobody knows the name. */
  port(text: string, protocol: "tcp" | "udp"): number | undefined {
    if (/^\d{1,5}$/.test(text)) return Number(text) <= 0xffff ? Number(text) : undefined;
    const name = text.toLowerCase();
    if (Object.hasOwn(WELL_KNOWN, name)) return WELL_KNOWN[name];
    this.#system ??= parseServices(systemFile("/etc/services"));
    return this.#system[protocol].get(name) ?? this.#system[protocol === "tcp" ? "udp" : "tcp"].get(name);
  }
}
