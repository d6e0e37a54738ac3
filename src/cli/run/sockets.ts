import fs from "node:fs";
import { ConnectingSockets } from "./connecting.ts";
import { ProcessTree, processFile, processFolder } from "./process-tree.ts";
import type { Ends } from "./ends.ts";
import { parseSocketTable, type SocketEntry } from "./socket-table.ts";

/** Sockets of other processes remembered; beyond, the oldest are forgotten. */
const MOST_OTHERS = 65_536;
/** How often the tables of sockets are read when nothing is new, in milliseconds, and at most this part of the time. */
const TABLES = 100;
const TABLES_SHARE = 10;
/** How often they are read in a row for a socket that is in none. */
const TRIES = 8;

/** Who holds the socket of a connection, as far as was seen. */
type Holder = "program" | "other" | "unknown";

/** Which sockets the processes of a program hold, looked at again and again. */
export class ProgramSockets {
  /** Those that connect. */
  readonly connecting: ConnectingSockets = new ConnectingSockets();
  readonly #tree: ProcessTree;
  readonly #own = new Set<string>();
  readonly #ownInodes = new Set<number>();
  readonly #listening = new Set<number>();
  readonly #uids = new Set<number>();
  readonly #others = new Set<string>();
  /** How often a table was read for a socket. */
  readonly #tries = new Map<number, number>();
  #nextTables = 0;
  /** Seen once with a socket that is none of the program's: it may have been closed meanwhile. */
  #suspects = new Set<number>();
  readonly #namespace = namespaceOf("self");
  readonly #elsewhere = new Set<number>();

  constructor(root: number) {
    this.#tree = new ProcessTree(root);
  }

  /** How many connections the program has in network namespaces that are not ours, where a capture sees nothing of them. */
  get elsewhere(): number {
    return this.#elsewhere.size;
  }

  /** Looks who holds what at this moment. */
  look(): void {
    const pids = this.#tree.living();
    const inodes = inodesOf(pids);
    const begin = performance.now();
    // The kernel goes through all that it has for a table, which takes far longer than all the rest.
    if (begin < this.#nextTables && !this.#hasNew(inodes)) return;
    for (const pid of pids) this.#noteUser(pid);
    this.connecting.looking();
    const entries = tablesOf("self");
    for (const inode of inodesOf(pids)) inodes.add(inode);
    const suspects = new Set<number>();
    for (const entry of entries) this.#sort(entry, inodes, suspects);
    this.#suspects = suspects;
    this.connecting.looked();
    this.#lookElsewhere(pids, inodes);
    const now = performance.now();
    this.#nextTables = now + Math.max(TABLES, TABLES_SHARE * (now - begin));
  }

  /** Whether there is a socket that no table had yet: one that is not connected, or no TCP socket, will not be asked for much longer. */
  #hasNew(inodes: ReadonlySet<number>): boolean {
    let hasNew = false;
    for (const inode of inodes) {
      if (this.#ownInodes.has(inode)) continue;
      const tries = this.#tries.get(inode) ?? 0;
      if (tries >= TRIES) continue;
      this.#tries.set(inode, tries + 1);
      hasNew = true;
    }
    return hasNew;
  }

  #sort(entry: SocketEntry, inodes: ReadonlySet<number>, suspects: Set<number>): void {
    const { localAddress, localPort, remoteAddress, remotePort, isListening, uid, inode } = entry;
    // Nobody holds what is in TIME_WAIT.
    if (inode === 0) return;
    const key = tupleKey(localAddress, localPort, remoteAddress, remotePort);
    if (inodes.has(inode)) {
      this.#ownInodes.add(inode);
      if (isListening) this.#listening.add(localPort);
      else this.#own.add(key);
      this.connecting.see(key, entry);
    } else if (this.#suspects.has(inode) || this.#others.has(key) || !this.#uids.has(uid)) {
      if (!isListening) remember(this.#others, key);
    } else {
      suspects.add(inode);
    }
  }

  /** Other namespaces are looked at only to say how much is missed. */
  #lookElsewhere(pids: readonly number[], inodes: ReadonlySet<number>): void {
    const seen = new Set([this.#namespace]);
    for (const pid of pids) {
      const namespace = namespaceOf(pid);
      if (namespace === undefined || seen.has(namespace)) continue;
      seen.add(namespace);
      for (const { inode, isListening } of tablesOf(pid)) {
        if (!isListening && inodes.has(inode)) this.#elsewhere.add(inode);
      }
    }
  }

  #noteUser(pid: number): void {
    try {
      this.#uids.add(fs.statSync(`/proc/${pid}`).uid);
    } catch {
      // It has ended.
    }
  }

  holderOf({ client, server }: Ends): Holder {
    const forth = tupleKey(client.address, client.port, server.address, server.port);
    const back = tupleKey(server.address, server.port, client.address, client.port);
    if (this.#own.has(forth) || this.#own.has(back) || this.#listening.has(server.port)) return "program";
    return this.#others.has(forth) ? "other" : "unknown";
  }
}

function remember<T>(keys: Set<T>, key: T): void {
  if (keys.size >= MOST_OTHERS && !keys.has(key)) {
    const oldest = keys.values().next();
    if (oldest.done !== true) keys.delete(oldest.value);
  }
  keys.add(key);
}

function tupleKey(localAddress: string, localPort: number, remoteAddress: string, remotePort: number): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}

function tablesOf(pid: number | "self"): SocketEntry[] {
  return ["tcp", "tcp6"].flatMap((name) => parseSocketTable(processFile(`/proc/${pid}/net/${name}`) ?? ""));
}

function namespaceOf(pid: number | "self"): string | undefined {
  return link(`/proc/${pid}/ns/net`);
}

/** Numbers of the sockets that processes hold. */
function inodesOf(pids: readonly number[]): Set<number> {
  const inodes = new Set<number>();
  for (const pid of pids) {
    for (const descriptor of processFolder(`/proc/${pid}/fd`)) {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${descriptor}`) ?? "") ?? [];
      if (inode !== undefined) inodes.add(Number(inode));
    }
  }
  return inodes;
}

function link(path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch {
    return undefined;
  }
}
