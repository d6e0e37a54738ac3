import { spawnSync } from "node:child_process";
import { UsageError } from "./status.ts";

/** Who a process becomes when it gives root up. */
export interface Account {
  /** The name, or the number where there is none. */
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Who is to be instead of root: the user that -Z names, or who ran sudo; undefined when there is nobody, or no root. */
export function accountInstead(user: string | undefined): Account | undefined {
  if (process.geteuid?.() !== 0) {
    if (user !== undefined) throw new UsageError("option -Z: only root can become another user");
    return undefined;
  }
  if (user !== undefined) return named(user);
  const { SUDO_UID: uid = "", SUDO_GID: gid = "", SUDO_USER: name = "" } = process.env;
  if (!/^\d+$/.test(uid) || !/^\d+$/.test(gid) || Number(uid) === 0) return undefined;
  return { name: name === "" ? uid : name, uid: Number(uid), gid: Number(gid) };
}

/** `id` knows users of directories, too. */
function named(user: string): Account {
  const number = (flag: string): number => {
    const { status, stdout } = spawnSync("id", [flag, "--", user], { encoding: "utf8" });
    if (status !== 0 || !/^\d+\n$/.test(stdout)) throw new UsageError(`option -Z: there is no user ${user}`);
    return Number(stdout);
  };
  return { name: user, uid: number("-u"), gid: number("-g") };
}

/** The types of Node.js leave out one of the functions that every POSIX system has. */
type PosixProcess = NodeJS.Process & { initgroups?: (user: string | number, group: number) => void };

/** Becomes the account for good: its groups, its group, its user. Throws when root could be had again. */
export function become({ name, uid, gid }: Account): void {
  if (uid === 0) return;
  const system: PosixProcess = process;
  try {
    system.initgroups?.(/^\d+$/.test(name) ? uid : name, gid);
  } catch {
    // A number without an entry in the system's list of users has no groups but its own.
    process.setgroups?.([gid]);
  }
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (process.geteuid?.() !== uid || process.getuid?.() !== uid || process.getegid?.() !== gid) {
    throw new Error(`root could not be given up for ${name}`);
  }
}
