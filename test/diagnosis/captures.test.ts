import path from "node:path";
import { describe, expect, test } from "vitest";
import { diagnoseFile } from "../support/diagnose-file.ts";
import { lacksFolder, SHARED } from "../support/peers.ts";

/** `kernel-lab` and `lab`: captures of real kernels beside the project; the expected words are what their scenarios made. */
interface Case {
  readonly file: string;
  /** Cause and errno of each verdict that is named, with how many there are. */
  readonly verdicts: Readonly<Record<string, number>>;
}

const CASES: readonly Case[] = [
  { file: "lab/output-reject-lo", verdicts: { "local-firewall-reject ECONNREFUSED": 1 } },
  { file: "lab/output-icmp-host-prohibited-lo", verdicts: { "local-firewall-reject EHOSTUNREACH": 1 } },
  { file: "lab/output-tcp-reset-lo", verdicts: { "local-firewall-reject ECONNREFUSED": 1 } },
  { file: "lab/arp-unanswered", verdicts: { "neighbour-unreachable EHOSTUNREACH": 1 } },
  { file: "kernel-lab/nd-fail-local-v6", verdicts: { "neighbour-unreachable EHOSTUNREACH": 1 } },
  { file: "lab/rst-closed-port", verdicts: { "refused ECONNREFUSED": 1 } },
  { file: "lab/icmp-t3-c1", verdicts: { "icmp-unreachable EHOSTUNREACH": 1 } },
  { file: "lab/icmp-t3-c13", verdicts: { "icmp-prohibited EHOSTUNREACH": 1 } },
  { file: "lab/reject6-icmp6-adm-prohibited", verdicts: { "icmp-prohibited EACCES": 1 } },
  { file: "lab/icmp-t3-c3", verdicts: { "icmp-port-unreachable ECONNREFUSED": 1 } },
  { file: "lab/icmp-t11-c0", verdicts: { "ttl-exceeded EHOSTUNREACH": 1 } },
  { file: "lab/icmp-t3-c4", verdicts: { "fragmentation-needed ETIMEDOUT": 1 } },
  { file: "lab/syn-blackhole-default", verdicts: { "syn-unanswered ETIMEDOUT": 1 } },
  { file: "lab/backlog-overflow-abort0", verdicts: { "accept-queue-full ETIMEDOUT": 3 } },
  { file: "lab/synack-dropped-at-client", verdicts: { "synack-dropped-locally ETIMEDOUT": 1 } },
  { file: "kernel-lab/synack-drop-quick-v6.server", verdicts: { "synack-lost ETIMEDOUT": 1 } },
  { file: "lab/accept-overflow-at-ack-abort0", verdicts: { "accept-queue-full-at-ack null": 2 } },
  { file: "lab/accept-overflow-at-ack-abort1", verdicts: { "accept-queue-full-at-ack ECONNRESET": 2 } },
  { file: "kernel-lab/accept-queue-full-cookies", verdicts: { "accept-queue-full-at-ack ETIMEDOUT": 4 } },
  { file: "kernel-lab/asym-c2s", verdicts: { "one-direction null": 1, "one-direction ECONNREFUSED": 1 } },
  { file: "kernel-lab/asym-q-in", verdicts: { "one-direction null": 1, "refused ECONNREFUSED": 1 } },
  { file: "lab/syn-to-half-open", verdicts: { "syn-to-half-open null": 1 } },
  { file: "kernel-lab/syn-to-established", verdicts: { "syn-to-half-open null": 1 } },
  { file: "lab/timewait-reuse-syn", verdicts: { "time-wait-reuse null": 1, "ok null": 1 } },
  { file: "kernel-lab/timewait-client-reuse", verdicts: { "time-wait-reuse null": 1, "ok null": 1 } },
  { file: "kernel-lab/synsent-forgeries", verdicts: { "synack-wrong-ack null": 1 } },
  { file: "lab/half-open-rst", verdicts: { "half-open ECONNRESET": 1 } },
  { file: "lab/rst-close-unread", verdicts: { "aborted ECONNRESET": 1 } },
  { file: "lab/epipe-after-fin", verdicts: { "write-after-close EPIPE": 1 } },
  { file: "lab/middlebox-rst", verdicts: { "reset-forged ECONNRESET": 1 } },
  { file: "kernel-lab/forged-rst-exact", verdicts: { "reset-forged ECONNRESET": 1 } },
  { file: "kernel-lab/forged-rst-out-of-window", verdicts: { "reset-ignored null": 1 } },
  { file: "lab/estab-blackhole", verdicts: { "peer-vanished ETIMEDOUT": 1 } },
  { file: "lab/estab-host-unreach", verdicts: { "peer-unreachable-established EHOSTUNREACH": 1 } },
  { file: "lab/keepalive-dead", verdicts: { "keepalive-timeout ETIMEDOUT": 1 } },
  { file: "lab/pmtu-blackhole", verdicts: { "pmtu-black-hole null": 1 } },
  { file: "kernel-lab/pmtu-blackhole", verdicts: { "pmtu-black-hole ETIMEDOUT": 1 } },
  { file: "lab/zero-window", verdicts: { "zero-window null": 1 } },
  { file: "kernel-lab/finwait2-timeout", verdicts: { "close-leak null": 1 } },
  { file: "kernel-lab/ecn-syn-dropped", verdicts: { "ecn-blocked null": 1 } },
  { file: "kernel-lab/tfo-syn-data-dropped", verdicts: { "tfo-blocked null": 1, "ok null": 1 } },
  { file: "kernel-lab/syn-flood-cookies0", verdicts: { "syn-flood null": 400, "accept-queue-full ETIMEDOUT": 1 } },
  { file: "kernel-lab/syn-flood-cookies1", verdicts: { "syn-flood null": 400, "ok null": 1 } },
  {
    file: "kernel-lab/form-snaplen-40",
    verdicts: {
      "ok null": 1,
      "refused ECONNREFUSED": 1,
      "icmp-prohibited EHOSTUNREACH": 1,
      "syn-unanswered ETIMEDOUT": 1,
    },
  },
  { file: "kernel-lab/defer-accept", verdicts: { "ok null": 1 } },
  { file: "kernel-lab/duplicate", verdicts: { "ok null": 1 } },
  { file: "kernel-lab/loss-20", verdicts: { "ok null": 1 } },
  { file: "kernel-lab/keepalive-answered", verdicts: { "ok null": 1 } },
  { file: "kernel-lab/half-close", verdicts: { "ok null": 1 } },
  { file: "kernel-lab/many-2000", verdicts: { "ok null": 2000 } },
];

describe.skipIf(lacksFolder(SHARED))("captures of real kernels", () => {
  test.each(CASES)("$file", async ({ file, verdicts }) => {
    const counts: Record<string, number> = {};
    for (const { cause, errno } of await diagnoseFile(path.join(SHARED, `${file}.pcap`))) {
      const key = `${cause.word} ${errno}`;
      if (key in verdicts) counts[key] = (counts[key] ?? 0) + 1;
    }
    expect(counts).toEqual(verdicts);
  });

  test("every verdict of failure has its evidence, its causes and a command", async () => {
    const missing: string[] = [];
    for (const file of new Set(CASES.map((each) => each.file))) {
      for (const verdict of await diagnoseFile(path.join(SHARED, `${file}.pcap`))) {
        if (verdict.cause.word === "ok") continue;
        const complete =
          verdict.summary !== "" &&
          verdict.evidence.length > 0 &&
          verdict.evidence.every(({ frame, note }) => frame > 0 && note !== "") &&
          verdict.likelyCauses.length > 0 &&
          verdict.next.length > 0 &&
          (verdict.confidence === "certain" || verdict.doubt !== "");
        if (!complete) missing.push(`${file}: ${verdict.cause.word} ${verdict.confidence}`);
      }
    }
    expect([...new Set(missing)]).toEqual([]);
  });
});
