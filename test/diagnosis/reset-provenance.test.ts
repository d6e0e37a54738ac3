import path from "node:path";
import { describe, expect, test } from "vitest";
import { verdictOf } from "../support/analyse.ts";
import { diagnoseFile } from "../support/diagnose-file.ts";
import { lacksFolder, SHARED } from "../support/peers.ts";
import { HANDSHAKE } from "../support/verdict-case.ts";

const CASES: readonly (readonly [string, string, string, RegExp])[] = [
  ["a kernel's refusal", "0 > S\n+0.01 < R.", "kernel", /sequence number 0 and window 0/],
  [
    "a refusal with numbers",
    "0 > S\n+0.01 < R. 99(0) win 64240",
    "middlebox",
    /a kernel's answer to a SYN has 0 and 0/,
  ],
  [
    "another distance",
    `${HANDSHAKE}1 > P.(10)\n+0.01 < .\n+0.4 < R. 1(0) ack 11 ttl 40`,
    "forged",
    /TTL 40, the host's other packets have 64/,
  ],
  [
    "the host goes on",
    `${HANDSHAKE}1 > P.(10)\n+0.005 < R. 1(0) ack 11 win 0\n+0.1 < P.(20)`,
    "forged",
    /the host itself goes on/,
  ],
  [
    "sooner than the path allows, and without the timestamps",
    `${HANDSHAKE}1 > P.(10)\n+0.0004 < R. 1(0) ack 11 win 0 <>`,
    "middlebox",
    /answers after 400 µs, the way there and back takes 10 ms/,
  ],
  [
    "a bare RST moments after the connection was alive",
    `${HANDSHAKE}1 > P.(10)\n+0.01 < P.(10)\n+0.001 > .\n+0.1 > P.(10)\n+0.01 < R 11(0) win 0`,
    "firewall",
    /without a socket/,
  ],
  [
    "a bare RST after a long silence",
    `${HANDSHAKE}1 > P.(10)\n+0.01 < .\n490 > P.(10)\n+0.01 < R 1(0) win 0`,
    "kernel",
    /without a socket/,
  ],
];

test.each(CASES)("%s", (_name, script, origin, reason) => {
  const { provenance } = verdictOf(script);
  expect([provenance?.origin, provenance?.reasons.some((each) => reason.test(each))]).toEqual([origin, true]);
});

/** What really sent the RST of these captures. */
const CAPTURES: readonly (readonly [string, readonly string[]])[] = [
  ["lab/rst-closed-port", ["kernel"]],
  ["lab/rst-close-unread", ["kernel"]],
  ["lab/rst-linger0", ["kernel"]],
  ["lab/middlebox-rst", ["forged"]],
  ["lab/estab-tcp-reset", ["firewall"]],
  ["kernel-lab/forged-rst-exact", ["forged"]],
  ["kernel-lab/server-killed-unread", ["kernel"]],
  ["kernel-lab/refused-rst-v6", ["kernel", "kernel", "kernel"]],
];

describe.skipIf(lacksFolder(SHARED))("captures of real kernels", () => {
  test.each(CAPTURES)("%s", async (file, origins) => {
    const verdicts = await diagnoseFile(path.join(SHARED, `${file}.pcap`));
    expect(verdicts.flatMap(({ provenance }) => provenance?.origin ?? [])).toEqual(origins);
  });
});
