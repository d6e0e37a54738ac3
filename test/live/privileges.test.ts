import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryPath } from "../cli/run.ts";
import { CANNOT_CAPTURE, linesOf, Namespace, type Started } from "./namespace.ts";

/** A number that is nobody's, so that it has no groups either. */
const SOMEBODY = 54_321;
const NOBODY = 65_534;

/** The users, groups and capabilities that a process has, of /proc. */
function privileges({ pid }: Started): Record<string, string> {
  const lines = linesOf(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  return Object.fromEntries(
    ["Uid", "Gid", "Groups", "CapEff", "CapPrm"].map((name) => {
      const line = lines.find((each) => each.startsWith(`${name}:`)) ?? "";
      return [name, line.slice(name.length + 1).trim()];
    }),
  );
}

/** A folder in which everybody can write. */
function openFolder(): string {
  const folder = path.dirname(temporaryPath("x"));
  fs.chmodSync(folder, 0o777);
  return folder;
}

const all = (id: number): string => [id, id, id, id].join("\t");
const POWERLESS = { CapEff: "0000000000000000", CapPrm: "0000000000000000" };

describe.skipIf(CANNOT_CAPTURE)("root is given up once the interface is open", () => {
  test.each([
    ["to whom sudo was run by", { SUDO_UID: String(SOMEBODY), SUDO_GID: "54322", SUDO_USER: "" }, [], SOMEBODY, 54_322],
    ["to the user of -Z", {}, ["-Z", "nobody"], NOBODY, NOBODY],
    ["to the user of -Z rather than sudo's", { SUDO_UID: "1", SUDO_GID: "1" }, ["-Z", "nobody"], NOBODY, NOBODY],
  ])("%s", async (_, env, options, uid, gid) => {
    const namespace = new Namespace();
    const file = path.join(openFolder(), "theirs.pcap");
    const capture = await namespace.capture(["-v", "-n", "-i", "vb", ...options, "-w", file, "--print"], env);
    await capture.said("tcpscope: root given up, the user is ");
    expect(privileges(capture)).toMatchObject({ Uid: all(uid), Gid: all(gid), Groups: String(gid), ...POWERLESS });
    namespace.send("va", 10);
    await capture.printed(10);
    const { uid: owner, gid: group } = fs.statSync(file);
    expect([owner, group]).toEqual([uid, gid]);
    expect((await capture.interrupt()).status).toBe(0);
    expect(linesOf(namespace.run("tcpdump", "-nr", file)).length).toBe(10);
  });

  test.each([
    ["without sudo", {}, []],
    ["when root ran sudo", { SUDO_UID: "0", SUDO_GID: "0", SUDO_USER: "root" }, []],
    ["with -Z root", { SUDO_UID: String(SOMEBODY), SUDO_GID: "54322" }, ["-Z", "root"]],
  ])("but not %s", async (_, env, options) => {
    const capture = await new Namespace().capture(["-i", "vb", ...options], env);
    expect(privileges(capture)).toMatchObject({ Uid: all(0), Gid: all(0) });
    expect((await capture.interrupt()).stderr).not.toContain("given up");
  });

  test("also by flows, and by a program that captures for us", async () => {
    const namespace = new Namespace();
    const flows = await namespace.capture(["flows", "-i", "vb", "-Z", "nobody"]);
    const child = await namespace.capture(["flows", "-i", "vb", "-Z", "nobody", "--engine", "child"]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [tcpdump] = fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
    expect(privileges(flows)).toMatchObject({ Uid: all(NOBODY), ...POWERLESS });
    expect(privileges(child)).toMatchObject({ Uid: all(NOBODY), ...POWERLESS });
    expect(fs.readFileSync(`/proc/${tcpdump}/status`, "utf8")).toContain(`Uid:\t${all(NOBODY)}`);
    namespace.send("va", 200);
    for (const capture of [flows, child]) {
      const { status, stdout } = await capture.interrupt();
      expect([status, linesOf(stdout).length]).toEqual([0, 101]);
    }
  });
});
