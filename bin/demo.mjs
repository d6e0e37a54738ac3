// What `npm start` shows: the main job, on captures that come with the package.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Statuses with which a command has done its work; 3: a connection failed, which is what these captures are about. */
const DONE = new Set([0, 3]);

/** @param {readonly string[]} args */
function show(args) {
  process.stdout.write(`$ tcpscope ${args.join(" ")}\n`);
  const { status, error } = spawnSync(process.execPath, ["bin/tcpscope.js", ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined) throw error;
  if (!DONE.has(status ?? -1)) process.exitCode = 1;
  process.stdout.write("\n");
}

for (const capture of ["fixtures/refused.pcap", "fixtures/unanswered.pcap"]) {
  show(["-nnr", capture]);
  show(["flows", "-r", capture]);
  show(["diagnose", "-r", capture]);
}
