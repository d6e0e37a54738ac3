import { expect, test } from "vitest";
import { timeWaitNs } from "../../src/flow/stack.ts";
import { CLIENT } from "../../src/flow/states.ts";
import { analyseScript } from "../support/analyse.ts";

/** 2 MSL in seconds, by the SYN of the end that keeps it. */
const SYNS: readonly (readonly [string, string, number])[] = [
  ["Linux", "win 64240 <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7> ttl 64", 60],
  ["FreeBSD", "win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 1 ecr 0> ttl 64", 60],
  ["Windows, the options of FreeBSD", "win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 1 ecr 0> ttl 128", 120],
  ["Windows", "win 64240 <mss 1460,nop,wscale 8,nop,nop,sackOK> ttl 128", 120],
  ["macOS", "win 65535 <mss 1460,nop,wscale 6,nop,nop,TS val 1 ecr 0,sackOK,eol> ttl 64", 30],
  ["none that is known", "win 5000 <nop,nop,mss 1200> ttl 64", 60],
];

test.each(SYNS)("TIME_WAIT of %s", (_name, syn, seconds) => {
  const script = `client 10.0.0.1:40000\nserver 10.0.0.2:80\nnumbers relative\nstack plain\n0 > S ${syn}`;
  const [connection] = analyseScript(script, 1).connections;
  expect(timeWaitNs(connection!.ends[CLIENT])).toBe(seconds * 1e9);
});
