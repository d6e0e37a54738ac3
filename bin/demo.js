// What `npm start` shows: the main job, on captures that come with the package.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @param {readonly string[]} args */
function show(args) {
  process.stdout.write(`$ tcpscope ${args.join(" ")}\n`);
  const { status, error } = spawnSync(process.execPath, ["bin/tcpscope.js", ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  process.stdout.write("\n");
  // 3: a connection failed, which is what these captures are about.
  if (error !== undefined || (status !== 0 && status !== 3)) process.exitCode = 1;
}

for (const capture of ["fixtures/refused.pcap", "fixtures/unanswered.pcap"]) {
  show(["-nnr", capture]);
  show(["flows", "-r", capture]);
  show(["diagnose", "-r", capture]);
}
