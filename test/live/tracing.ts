import { spawnSync } from "node:child_process";
import fs from "node:fs";

const TRACEFS = `
folder=/sys/kernel/tracing
[ -d $folder/instances ] || mount -t tracefs tracefs $folder || exit 1`;

/** Runs a line in a mount namespace in which $folder is tracefs. */
function inTracefs(line: string): { status: number | null; stdout: string } {
  return spawnSync("unshare", ["-m", "sh", "-c", `${TRACEFS}\n${line}`], { encoding: "utf8" });
}

/** Whether this kernel, and who runs the tests, can trace route look-ups for TCP, and connect(). */
export const CAN_TRACE: boolean =
  process.getuid?.() === 0 &&
  fs.readlinkSync("/proc/self/ns/pid") === "pid:[4026531836]" &&
  inTracefs(
    "grep -q 'u8 proto;' $folder/events/fib/fib_table_lookup/format && [ -d $folder/events/syscalls/sys_exit_connect ]",
  ).status === 0;

/** Processes of tcpscope that have an instance of the kernel's tracing. */
export function traced(): number[] {
  const { stdout } = inTracefs("cd $folder/instances && ls");
  return stdout.split("\n").flatMap((name) => (name.startsWith("tcpscope-") ? [Number(name.slice(9))] : []));
}

/** What takes the right to trace away. */
export const UNTRACED: readonly string[] = ["setpriv", "--bounding-set", "-sys_admin"];
