import { expect, test } from "vitest";
import { errnoAt, errnoByOs } from "../../src/diagnosis/errno.ts";
import { CLIENT, SERVER } from "../../src/flow/states.ts";
import { analyseScript, verdictOf } from "../support/analyse.ts";

/** Options, window and TTL of a SYN as each system sends it (p0f's and nmap's public descriptions, our own captures). */
const SYNS: readonly (readonly [string, string, string, string])[] = [
  ["win 64240 <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7> ttl 64", "linux", "Linux", "certain"],
  ["win 64240 <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7> ttl 51", "linux", "Linux", "certain"],
  ["win 64240 <mss 1460,nop,wscale 8,nop,nop,sackOK> ttl 128", "windows", "Windows", "certain"],
  ["win 65535 <mss 1460,nop,wscale 6,nop,nop,TS val 1 ecr 0,sackOK,eol> ttl 64", "bsd", "macOS or iOS", "certain"],
  ["win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 1 ecr 0> ttl 64", "bsd", "FreeBSD", "certain"],
  ["win 4128 <> ttl 255", "embedded", "Cisco IOS", "likely"],
  ["win 4128 <> ttl 60", "embedded", "a small or old stack (Cisco IOS opens with window 4128)", "possible"],
  ["win 1024 <mss 1460> ttl 47", "scanner", "a scanner's raw SYN (nmap)", "likely"],
  ["win 5000 <nop,nop,mss 1200> ttl 128", "windows", "Windows", "possible"],
];

test.each(SYNS)("SYN %s", (syn, family, name, confidence) => {
  const script = `client 10.0.0.1:40000\nserver 10.0.0.2:80\nnumbers relative\nstack plain\n0 > S ${syn}`;
  const guess = analyseScript(script, 1).verdicts[0]?.stacks[CLIENT];
  expect([guess?.family, guess?.name, guess?.confidence]).toEqual([family, name, confidence]);
  expect(guess?.reason).not.toBe("");
});

test("the stack chooses the schedule and the errno's name", () => {
  const script = (syn: string): string =>
    `client 10.0.0.1:40000\nserver 10.0.0.2:80\nnumbers relative\nstack plain\n0 > S ${syn}`;
  const windows = analyseScript(script("win 64240 <mss 1460,nop,wscale 8,nop,nop,sackOK> ttl 128"), 0.5).verdicts[0];
  const linux = analyseScript(script("win 64240 <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>"), 0.5).verdicts[0];
  expect([windows?.schedule?.stack, linux?.schedule?.stack.slice(0, 9)]).toEqual(["Windows", "Linux 6.5"]);
  const names = errnoByOs("ETIMEDOUT");
  expect(errnoAt(windows?.stacks[CLIENT] ?? null, names)).toBe("WSAETIMEDOUT");
  expect(errnoAt(linux?.stacks[CLIENT] ?? null, names)).toBe("ETIMEDOUT");
});

test("an end without a SYN in the capture is not guessed", () => {
  expect(verdictOf("0 > S\n+0.01 < R.").stacks[SERVER]).toBe(null);
});

test("who goes on to talk does not scan", () => {
  const syn = "0 > S win 1024 <mss 1460> ttl 47";
  expect(verdictOf(syn, 1).stacks[CLIENT]?.family).toBe("scanner");
  expect(verdictOf(`${syn}\n+0.01 < S.\n+0.01 > .\n+0.1 > P.(10)`).stacks[CLIENT]?.family).toBe("bsd");
});
