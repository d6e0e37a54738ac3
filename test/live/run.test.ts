import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryPath } from "../cli/run.ts";
import { RUN_SCHEMA } from "../../src/report/schema/own-traffic-schema.ts";
import { CANNOT_CAPTURE, Namespace, objectsOf } from "./namespace.ts";
import { expectAsPublished } from "./schema.ts";
import { CAN_TRACE } from "./tracing.ts";

const SOMEBODY = 54_321;

/** Connects to an open port for as long as the server wants, and to a closed one. */
const PROGRAM = `
const net = require("net");
net.connect(8080, "127.0.0.1").resume().on("close", () => console.log("closed"));
net.connect(81, "127.0.0.1").on("error", ({ code }) => console.log(code));`;

/** Lets each client wait a second; `meanwhile`: what it does when one comes. */
async function serve(namespace: Namespace, meanwhile = ""): Promise<void> {
  const script = `
const net = require("net");
net.createServer((socket) => { ${meanwhile}; setTimeout(() => socket.end(), 1000); }).listen(8080, "127.0.0.1", () => console.error("ready"));
net.createServer(() => {}).listen(8081, "127.0.0.1");`;
  await namespace.start([process.execPath, "-e", script]).said("ready");
}

const SUDO = { SUDO_UID: String(SOMEBODY), SUDO_GID: String(SOMEBODY), SUDO_USER: "" };

describe.skipIf(CANNOT_CAPTURE)("run", () => {
  test("tells of the program's connections, and ends with its status", async () => {
    const namespace = new Namespace();
    await serve(namespace);
    const { status, stdout, stderr } = await namespace.tcpscope(["run", "--", process.execPath, "-e", PROGRAM]);
    expect([status, stdout]).toEqual([0, "ECONNREFUSED\nclosed\n"]);
    expect(stderr).toContain("2 connections and attempts, 1 failed");
    expect(stderr).toContain("connect() to 127.0.0.1:8080 succeeded after");
    expect(stderr).toContain("connect() to 127.0.0.1:81 failed: ECONNREFUSED after");
  });

  test("as objects in a file, with how each was attributed; others' connections are counted", async () => {
    const namespace = new Namespace();
    await serve(namespace, `net.connect({ port: 8081, host: "127.0.0.1", localAddress: "127.0.0.9" })`);
    const file = temporaryPath("verdicts.json");
    const args = ["run", "--json", "--verdict-status", "--output", file, process.execPath, "-e", PROGRAM];
    const { status, stderr } = await namespace.tcpscope(args);
    const verdicts = objectsOf(fs.readFileSync(file, "utf8"));
    expectAsPublished(RUN_SCHEMA, verdicts);
    expect(verdicts.map(({ cause, attributed, server }) => [server, cause, attributed])).toEqual([
      [{ address: "127.0.0.1", port: 8080 }, "ok", "socket"],
      [{ address: "127.0.0.1", port: 81 }, "refused", "time"],
    ]);
    expect(status).toBe(3);
    expect(stderr).toBe(
      "tcpscope: 1 of 2 connections could not be attributed by a socket, only by the time\n" +
        "tcpscope: 1 more began at this host meanwhile, and are other programs'\n",
    );
  });

  test("follows the program's children, also when their parent is gone", async () => {
    const namespace = new Namespace();
    await serve(namespace);
    const inner = `"${process.execPath}" -e 'require("net").connect(8080, "127.0.0.1").resume()'`;
    const line = `sh -c '${inner.replaceAll("'", `'"'"'`)} & sleep 0.2'; sleep 2`;
    const { stderr } = await namespace.tcpscope(["run", "--json", "--", "sh", "-c", line]);
    const [verdict] = objectsOf(stderr);
    expect(verdict).toMatchObject({ cause: "ok", attributed: "socket" });
  });

  test("the program and the file are of who ran sudo", async () => {
    const folder = path.dirname(temporaryPath("x"));
    fs.chmodSync(folder, 0o777);
    const file = path.join(folder, "verdicts");
    const { status, stdout } = await new Namespace().tcpscope(["run", "--output", file, "--", "id", "-u"], SUDO);
    expect([status, stdout]).toEqual([0, `${SOMEBODY}\n`]);
    expect(fs.statSync(file).uid).toBe(SOMEBODY);
  });

  test.each([
    ["exit 7", 7],
    ["kill -TERM $$", 143],
  ])("sh -c '%s' ends it with %i", async (line, status) => {
    const run = await new Namespace().tcpscope(["run", "--", "sh", "-c", line]);
    const what = CAN_TRACE ? "policy, an address without a scope" : "route, source address, policy";
    expect([run.status, run.stderr]).toEqual([
      status,
      "tcpscope: no connection of the program was seen\n" +
        `tcpscope: a connect() that the kernel refuses by itself (${what}) leaves nothing to see: tcpscope connect HOST PORT, or strace -f -e trace=connect PROGRAM\n`,
    ]);
  });

  test("nothing more is said of a program that has not failed", async () => {
    const { status, stderr } = await new Namespace().tcpscope(["run", "--", "true"]);
    expect([status, stderr]).toEqual([0, "tcpscope: no connection of the program was seen\n"]);
  });

  test("^C is the program's", async () => {
    const script = `process.on("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1000); console.error("ready")`;
    const run = new Namespace().start([process.execPath, "bin/tcpscope.js", "run", process.execPath, "-e", script]);
    await run.said("ready");
    run.child.kill("SIGINT");
    run.child.kill("SIGTERM");
    expect((await run.ended).status).toBe(5);
  });

  test("programs that cannot be run", async () => {
    const namespace = new Namespace();
    const missing = await namespace.tcpscope(["run", "--", "no-such-program"]);
    expect([missing.status, missing.stderr]).toEqual([
      127,
      "tcpscope: no-such-program cannot be run: spawn no-such-program ENOENT\ntcpscope: no connection of the program was seen\n",
    ]);
    expect((await namespace.tcpscope(["run", "--", "/"])).status).toBe(126);
  });

  test("one line for a file that cannot be written, and nothing is run", async () => {
    const run = await new Namespace().tcpscope(["run", "--output", "/no/such/folder/file", "--", "echo", "ran"]);
    expect([run.status, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toMatch(/^tcpscope: option --output: \/no\/such\/folder\/file cannot be written: .*\n$/);
  });
});
