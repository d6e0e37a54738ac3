import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tcpscope } from "./run.ts";

/** A capture cut in two: the handshake, and what follows it. */
function halves(): [string, string] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tcpscope-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const names: [string, string] = [path.join(folder, "first.pcap"), path.join(folder, "second.pcap")];
  tcpscope(["-r", "fixtures/healthy.pcap", "-c", "5", "-w", names[0]]);
  const rest = fs.readFileSync("fixtures/healthy.pcap");
  const first = fs.readFileSync(names[0]);
  fs.writeFileSync(names[1], Buffer.concat([rest.subarray(0, 24), rest.subarray(first.length)]));
  return names;
}

test("files are read in the order of their first packets, and that is said", () => {
  const [first, second] = halves();
  const whole = tcpscope(["diagnose", "-r", "fixtures/healthy.pcap"]);
  expect(tcpscope(["diagnose", "-r", first, "-r", second])).toEqual(whole);
  expect(tcpscope(["diagnose", "-r", second, "-r", first])).toEqual({
    ...whole,
    stderr: `tcpscope: files are read in the order of their first packets: ${first}, ${second}\n`,
  });
});

test("a pipe leaves the order as it was given", () => {
  const [first, second] = halves();
  const { stdout, stderr } = tcpscope(["--count", "-r", second, "-r", "-"], { input: fs.readFileSync(first) });
  expect([stdout, stderr]).toEqual([`${countOf("fixtures/healthy.pcap")} packets\n`, ""]);
});

function countOf(file: string): number {
  return Number.parseInt(tcpscope(["--count", "-r", file]).stdout, 10);
}
