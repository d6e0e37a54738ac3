import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "../..");
const PROGRAM = `"${process.execPath}" "${path.join(ROOT, "bin/tcpscope.js")}"`;
/** KiB of addresses: Node starts with this, but WebAssembly, which reserves 8 GiB around each memory, has none. */
const LITTLE = 4_000_000;

function flows(before: string, capture: string): { status: number | null; stdout: string; stderr: string } {
  const command = `${before} ${PROGRAM} flows --json -nnr "${path.join(ROOT, "fixtures", capture)}"`;
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: "utf8" });
  return { status, stdout, stderr };
}

test.each(["abort.pcap", "refused.pcap"])(
  "where memory is scarce, connections of %s are told just as well",
  (capture) => {
    const found = flows(`ulimit -v ${LITTLE};`, capture);
    expect(found.stdout).toMatch(/^\{"stream":0,.*\}\n$/s);
    expect(found).toEqual(flows("", capture));
  },
);
