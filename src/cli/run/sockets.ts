import fs from "node:fs";
import { ProcessTree, processFile, processFolder } from "./process-tree.ts";
import { parseSocketTable, type SocketEntry } from "./socket-table.ts";

/** Sockets of other processes remembered; beyond, the oldest are forgotten. */
const MOST_OTHERS = 65_536;

/** A connection's two ends. */
export interface Ends {
  readonly client: { readonly address: string; readonly port: number };
  readonly server: { readonly address: string; readonly port: number };
}

/** Who holds the socket of a connection, as far as was seen. */
export type Holder = "program" | "other" | "unknown";

/** Which sockets the processes of a program hold, looked at again and again. */
export class ProgramSockets {
  /** Sockets of the program in a network namespace that is not ours, where a capture sees nothing of them. */
  elsewhere = 0;
  readonly #tree: ProcessTree;
  readonly #own = new Set<string>();
  readonly #listening = new Set<number>();
  readonly #uids = new Set<number>();
  readonly #others = new Set<string>();
  /** Seen once with a socket that is none of the program's: it may have been closed meanwhile. */
  #suspects = new Set<string>();
  readonly #namespace = namespaceOf("self");
  readonly #inodesElsewhere = new Set<number>();

  constructor(root: number) {
    this.#tree = new ProcessTree(root);
  }

  /** Looks who holds what at this moment. */
  look(): void {
    const pids = this.#tree.living();
    for (const pid of pids) this.#noteUser(pid);
    const inodes = inodesOf(pids);
    const tables = this.#tables(pids);
    // A socket that was made or closed meanwhile is in one of the two lists.
    for (const inode of inodesOf(pids)) inodes.add(inode);
    const suspects = new Set<string>();
    for (const entry of tables) this.#sort(entry, inodes, suspects);
    this.#suspects = suspects;
    this.elsewhere = this.#inodesElsewhere.size;
  }

  holderOf({ client, server }: Ends): Holder {
    const forth = tupleKey(client.address, client.port, server.address, server.port);
    const back = tupleKey(server.address, server.port, client.address, client.port);
    if (this.#own.has(forth) || this.#own.has(back) || this.#listening.has(server.port)) return "program";
    return this.#others.has(forth) ? "other" : "unknown";
  }

  /** The sockets of our namespace; those of others are only counted. */
  #tables(pids: readonly number[]): SocketEntry[] {
    const own = tablesOf("self");
    const seen = new Set([this.#namespace]);
    for (const pid of pids) {
      const namespace = namespaceOf(pid);
      if (namespace === undefined || seen.has(namespace)) continue;
      seen.add(namespace);
      const inodes = inodesOf(pids);
      for (const { inode, isListening } of tablesOf(pid)) {
        if (!isListening && inodes.has(inode)) this.#inodesElsewhere.add(inode);
      }
    }
    return own;
  }

  #sort(entry: SocketEntry, inodes: ReadonlySet<number>, suspects: Set<string>): void {
    const { localAddress, localPort, remoteAddress, remotePort, isListening, uid, inode } = entry;
    // Nobody holds what is in TIME_WAIT.
    if (inode === 0) return;
    const key = tupleKey(localAddress, localPort, remoteAddress, remotePort);
    if (inodes.has(inode)) {
      if (isListening) this.#listening.add(localPort);
      else this.#own.add(key);
    } else if (!isListening) {
      if (!this.#uids.has(uid) || this.#suspects.has(key)) remember(this.#others, key);
      else suspects.add(key);
    }
  }

  #noteUser(pid: number): void {
    try {
      this.#uids.add(fs.statSync(`/proc/${pid}`).uid);
    } catch {
      // It has ended.
    }
  }
}

function remember(keys: Set<string>, key: string): void {
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
