import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Connection } from "../../src/flow/connection.ts";
import { TimingObserver } from "../../src/flow/timing.ts";
import { Analysis, readCaptures } from "../../src/pipeline.ts";
import type { TimedConnection } from "../../src/report/timing-order.ts";
import { CORPUS, lacksFolder, lacksProgram } from "../support/peers.ts";

const FOLDER = path.join(CORPUS, "tcp");
const MISSING = lacksProgram("tcptrace") || lacksFolder(FOLDER);

/** Connections of which some number differs, by capture, and why. */
const DIFFERENT: Readonly<Record<string, { readonly connections: number; readonly why: string }>> = {
  "Malcolm-Test-Artifacts__pcap_protocols_Telnet.pcap": {
    connections: 2,
    why: "tcptrace counts 28 and 126 bytes of payload more than the frames hold, all as repeated; why is not known",
  },
  "PcapPlusPlus__Tests_ExamplesTest_pcap_examples_many-protocols.pcap": {
    connections: 1,
    why: "tcptrace takes a round trip from a segment that was sent twice",
  },
  "ipfixprobe__tests_functional_inputs_smtp.pcap": {
    connections: 1,
    why: "a hole that is filled later: tcptrace takes a round trip more, of 17",
  },
  "mercury__unit_tests_pcaps_capture2.pcap": {
    connections: 8,
    why: "two answers to one SYN, with numbers of their own that alternate: tcptrace adds both up as one",
  },
  "nDPI__tests_cfgs_default_pcap_heuristic_tcp_ack_payload.pcap": {
    connections: 5,
    why: "acknowledgments that carry bytes of another place: unique bytes differ by one, and round trips with them",
  },
  "nDPI__tests_cfgs_default_pcap_tunnelbear.pcap": {
    connections: 2,
    why: "the server's FIN comes again, one number further: tcptrace's unique bytes count it",
  },
  "nDPI__tests_cfgs_default_pcap_whatsapp_voice_and_message.pcap": {
    connections: 1,
    why: "a gap in the capture: tcptrace takes a round trip more, of 16",
  },
  "wireshark__docbook_examples_test.cap": {
    connections: 3,
    why: "a segment with a damaged header: tcptrace counts it, we do not follow it",
  },
  "zeek__testing_btest_Traces_ipv6-http-atomic-frag.pcap": {
    connections: 2,
    why: "IPv6 with a fragment header that holds the whole: tcptrace misses the SYN",
  },
  "zeek__testing_btest_Traces_smtp.pcap": {
    connections: 1,
    why: "the same traffic as ipfixprobe's",
  },
  "zeek__testing_btest_Traces_vlan-collisions.pcap": {
    connections: 1,
    why: "tcptrace leaves out frames with two VLAN tags",
  },
};

/** A line of tcptrace's table, by the names of its columns. */
type Row = ReadonlyMap<string, string>;

function tcptrace(file: string): Row[] {
  const { stdout } = spawnSync("tcptrace", ["-n", "-l", "-r", "--csv", file], {
    encoding: "latin1",
    maxBuffer: 1 << 28,
  });
  const lines = stdout.split("\n").map((line) => line.split(",").map((cell) => cell.trim()));
  const names = lines.find(([first]) => first === "conn_#") ?? [];
  return lines
    .filter(([first = ""]) => /^\d+$/.test(first))
    .map((cells) => new Map(names.map((name, index) => [name, cells[index] ?? ""])));
}

function cell(row: Row, name: string): string {
  const value = row.get(name);
  if (value === undefined) throw new Error(`tcptrace has no column ${name}`);
  return value;
}

/** Both ends sent a SYN and a FIN. */
function isComplete(row: Row): boolean {
  return ["a2b", "b2a"].every((way) =>
    cell(row, `SYN/FIN_pkts_sent_${way}`)
      .split("/")
      .every((count) => count !== "0"),
  );
}

/** When it begins, in microseconds: tcptrace prints them without leading zeros. */
function startOf(row: Row): number {
  const [seconds = "", fraction = ""] = cell(row, "first_packet").split(".");
  return Number(seconds) * 1e6 + Number(fraction);
}

/** The connection with the same ports that begins at the same time. */
function matching(row: Row, all: readonly Ours[]): Ours | undefined {
  const ports = [cell(row, "port_a"), cell(row, "port_b")].toSorted().join(" ");
  return all.find((each) => each.ports === ports && Math.abs(each.start - startOf(row)) < 2);
}

interface Ours extends TimedConnection {
  readonly ports: string;
  readonly start: number;
}

async function follow(file: string): Promise<Ours[]> {
  const connections: Connection[] = [];
  const observer = new TimingObserver();
  const analysis = new Analysis({ analysis: false, onFinished: (connection) => void connections.push(connection) });
  await readCaptures([file], (frame) => {
    const segment = analysis.observe(frame);
    if (segment !== undefined) observer.observe(segment, analysis.packet);
  });
  analysis.finish();
  const { seconds, nanoseconds } = analysis.connections.start;
  return connections.map((connection) => ({
    connection,
    timing: observer.timingOf(connection)!,
    ports: connection.ends
      .map(({ port }) => String(port))
      .toSorted()
      .join(" "),
    start: seconds * 1e6 + (nanoseconds + connection.firstTimeNs) / 1e3,
  }));
}

/** tcptrace divides by the count and a ten-thousandth, and prints a tenth of a millisecond. */
function isTime(printed: string, ns: number, count: number): boolean {
  const ms = count === 0 ? 0 : ns / 1e6;
  return Math.abs(Number(printed) - ms) < 0.0501;
}

function isEqual(row: Row, { connection, timing }: TimedConnection): boolean {
  // Its host a is who sent first.
  const [client, server] = connection.ends;
  const ends = !server.hasSent || client.firstTimeNs <= server.firstTimeNs ? ([0, 1] as const) : ([1, 0] as const);
  return (["a2b", "b2a"] as const).every((way, index) => {
    const end = ends[index]!;
    const { packets, payloadBytes } = connection.ends[end];
    const { uniqueBytes, tcptrace: counts } = timing.directions[end];
    const { rtt } = counts;
    const numbers: readonly (readonly [string, number])[] = [
      ["total_packets", packets],
      ["actual_data_bytes", payloadBytes],
      ["unique_bytes_sent", uniqueBytes],
      ["rexmt_data_pkts", counts.retransmissions],
      ["rexmt_data_bytes", counts.retransmittedBytes],
    ];
    return (
      numbers.every(([name, value]) => Number(cell(row, `${name}_${way}`)) === value) &&
      isTime(cell(row, `RTT_min_${way}`), rtt.minimum, rtt.count) &&
      isTime(cell(row, `RTT_max_${way}`), rtt.maximum, rtt.count) &&
      isTime(cell(row, `RTT_avg_${way}`), rtt.sum / (rtt.count + 1e-4), rtt.count)
    );
  });
}

test.skipIf(MISSING)("tcptrace's numbers of complete connections", { timeout: 240_000 }, async () => {
  let complete = 0;
  const different: Record<string, number> = {};
  for (const name of fs.readdirSync(FOLDER)) {
    const file = path.join(FOLDER, name);
    const rows = tcptrace(file).filter(isComplete);
    if (rows.length === 0) continue;
    const ours = await follow(file);
    complete += rows.length;
    const wrong = rows.filter((row) => {
      const timed = matching(row, ours);
      return timed === undefined || !isEqual(row, timed);
    });
    if (wrong.length > 0) different[name] = wrong.length;
  }
  const total = Object.values(different).reduce((sum, count) => sum + count, 0);
  expect(different).toEqual(
    Object.fromEntries(Object.entries(DIFFERENT).map(([name, each]) => [name, each.connections])),
  );
  expect(complete).toBeGreaterThan(500);
  expect(1 - total / complete).toBeGreaterThanOrEqual(0.95);
});
