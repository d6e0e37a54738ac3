import os from "node:os";
import type { Target } from "./targets.ts";

/** Where to capture. */
export interface CapturePlace {
  /** The interface; "any" for all of them. */
  readonly name: string;
  /** Of all interfaces, those that count; undefined: each does. */
  readonly carriers: ReadonlySet<string> | undefined;
}

const EVERYWHERE = "any";

/**
 * Where the attempts can be seen. What a firewall of this host rejects goes over its loopback interface, wherever the
 * attempt was to go; on Linux, the two can be captured at once.
 */
export function placeFor(targets: readonly Target[]): CapturePlace {
  const names = new Set(targets.map(({ interfaceName }) => interfaceName));
  const [only] = names;
  const isOne = names.size === 1 && only !== undefined;
  if (isOne && (process.platform !== "linux" || targets.every(({ isLoopback }) => isLoopback))) {
    return { name: only, carriers: undefined };
  }
  const carriers = new Set(loopbacks());
  for (const name of names) {
    if (name === undefined) return { name: EVERYWHERE, carriers: undefined };
    carriers.add(name);
  }
  return { name: EVERYWHERE, carriers };
}

function loopbacks(): string[] {
  const lists = Object.entries(os.networkInterfaces());
  return lists.filter(([, list]) => list?.[0]?.internal === true).map(([name]) => name);
}
