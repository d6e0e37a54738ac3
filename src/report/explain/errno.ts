import { ERRNO_LOCAL } from "./errno-local.ts";
import { ERRNO_NUMBERS } from "./errno-numbers.ts";
import { ERRNO_ON_THE_WIRE } from "./errno-wire.ts";
import type { Topic } from "./topic.ts";

/** Other words that programs print. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  EAGAIN: ["EWOULDBLOCK"],
  ETIMEDOUT: ["timeout", "timed out"],
  ECONNRESET: ["reset by peer"],
  EOPNOTSUPP: ["ENOTSUP", "102"],
};

/** All errors that are known, in the order of their names. */
export const ERRNO_TOPICS: readonly Topic[] = Object.entries(ERRNO_NUMBERS)
  .toSorted(([a], [b]) => a.localeCompare(b))
  .flatMap(([name, numbers]) => {
    const text = ERRNO_ON_THE_WIRE[name] ?? ERRNO_LOCAL[name];
    if (text === undefined) return [];
    const { linux, bsd, windows } = numbers;
    const aliases = [numbers.text, String(linux), ...(bsd === null ? [] : [String(bsd)])];
    if (windows !== null) aliases.push(windows[0], String(windows[1]));
    return [
      { kind: "errno" as const, name, aliases: [...aliases, ...(WORDS[name] ?? [])], title: titleOf(name), ...text },
    ];
  });

/** "Connection refused: 111 on Linux, 61 on BSD and macOS, WSAECONNREFUSED 10061 on Windows". */
function titleOf(name: string): string {
  const numbers = ERRNO_NUMBERS[name];
  if (numbers === undefined) return "";
  const { linux, bsd, windows, text } = numbers;
  const others = bsd === null ? "" : bsd === linux ? ", BSD and macOS" : `, ${bsd} on BSD and macOS`;
  return `${text}: ${linux} on Linux${others}${windows === null ? "" : `, ${windows.join(" ")} on Windows`}`;
}
