import path from "node:path";
import { describe, expect, test } from "vitest";
import { fixture, PROGRAM, temporaryFile } from "../cli/run.ts";
import { CANNOT_CAPTURE, linesOf, Namespace } from "./namespace.ts";

/** A name server on 127.0.0.1: each address is called host-A-B-C-D.example, a moment later than asked. */
const SERVER = `
const socket = require("dgram").createSocket("udp4");
socket.on("message", (query, { port, address }) => {
  const labels = [];
  let at = 12;
  for (; query[at] > 0; at += query[at] + 1) labels.push(query.toString("latin1", at + 1, at + 1 + query[at]));
  const name = "host-" + labels.slice(0, 4).reverse().join("-");
  const data = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), Buffer.from("example"), Buffer.from([0])]);
  const head = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
  const answer = Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 1, 0, 0, data.length]);
  const reply = Buffer.concat([head, query.subarray(12, at + 5), answer, data]);
  if (process.argv[1] !== "silent") setTimeout(() => socket.send(reply, port, address), 50);
});
socket.bind(53, "127.0.0.1", () => console.error("ready"));`;

/** Runs tcpscope in a namespace whose only name server answers, or is silent. */
async function resolved(kind: "answers" | "silent", line: string): Promise<string[]> {
  const namespace = new Namespace();
  await namespace.start([process.execPath, "-e", SERVER, kind]).said("ready");
  const configuration = temporaryFile("resolv.conf", "nameserver 127.0.0.1\n");
  const script = `mount --bind "${configuration}" /etc/resolv.conf; tcpscope() { "${process.execPath}" "${PROGRAM}" "$@"; }; ${line}`;
  const run = await namespace.start(["unshare", "--mount", "bash", "-c", script]).ended;
  expect([run.status, run.stderr]).toEqual([0, ""]);
  return linesOf(run.stdout);
}

const FILE = path.resolve(fixture("refused"));

describe.skipIf(CANNOT_CAPTURE)("--resolve", () => {
  test.each([
    ["", /^IP host-[\d-]+\.example\.\S+ > host-[\d-]+\.example\.\S+: Flags \[S\]/],
    ["-N", /^IP host-[\d-]+\.\S+ > host-[\d-]+\.\S+: Flags \[S\]/],
    ["--style stevens", /^1 0\.0 host-[\d-]+\.example\.\S+ > host-[\d-]+\.example\.\S+: S /],
  ])("a file of two packets has its names in its first line %s", async (options, line) => {
    expect((await resolved("answers", `tcpscope -t --resolve ${options} -r "${FILE}"`))[0]).toMatch(line);
  });

  test("only what is printed is asked for, and waited for", async () => {
    const lines = await resolved("answers", `tcpscope -t --resolve --where 'frame.number == 2' -r "${FILE}"`);
    expect(lines).toEqual([expect.stringMatching(/^IP host-\S+ > host-\S+: Flags \[R/)]);
  });

  test("numbers stay where no answer comes", async () => {
    const lines = await resolved("silent", `tcpscope -t --resolve -r "${FILE}"`);
    expect(lines).toEqual(await resolved("answers", `tcpscope -t -r "${FILE}"`));
    expect(lines[0]).toMatch(/^IP [\d.]+\.\S+ > [\d.]+\.\S+: Flags/);
  });

  test("a pipe is not kept back", async () => {
    const line = `(cat "${FILE}"; sleep 1) | tcpscope -t -l --resolve -r - | (read -r first; echo "$first")`;
    expect((await resolved("silent", line))[0]).toMatch(/^IP [\d.]+/);
  });
});
