import fs from "node:fs";

/** Where the parentheses of the name end in /proc/PID/stat, fields are counted from 3: the start time is number 22. */
const START_TIME = 22 - 3;

/** A process and all that it and its children started, by /proc of Linux. */
export class ProcessTree {
  /** Numbers of processes, and when each began: a number can be given anew. */
  readonly #started = new Map<number, string>();

  constructor(root: number) {
    this.#started.set(root, startTime(root) ?? "");
  }

  /** The processes that live; one whose parent ended before it stays. */
  living(): number[] {
    const living: number[] = [];
    // What is added meanwhile is visited as well.
    for (const [pid, started] of this.#started) {
      if (startTime(pid) !== started) {
        this.#started.delete(pid);
        continue;
      }
      living.push(pid);
      for (const child of childrenOf(pid)) {
        const begun = startTime(child);
        if (begun !== undefined && !this.#started.has(child)) this.#started.set(child, begun);
      }
    }
    return living;
  }
}

/** Text of a file of /proc; undefined when its process is gone or someone else's. */
export function processFile(path: string): string | undefined {
  try {
    return fs.readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Names in a folder of /proc; none when its process is gone or someone else's. */
export function processFolder(path: string): string[] {
  try {
    return fs.readdirSync(path);
  } catch {
    return [];
  }
}

function startTime(pid: number): string | undefined {
  const text = processFile(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // A zombie has no sockets any more.
  return state === "Z" ? undefined : fields[START_TIME - 1];
}

function childrenOf(pid: number): number[] {
  return processFolder(`/proc/${pid}/task`).flatMap((task) => {
    const text = processFile(`/proc/${pid}/task/${task}/children`) ?? "";
    return text.split(" ").filter(Boolean).map(Number);
  });
}
