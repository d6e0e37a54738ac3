import type { Output } from "./output.ts";

const HEADER = 8;
const VERSIONS: readonly string[] = ["", "1.0", "1.1", "1.2", "1.3", "1.4", "1.5"];

const COMMON = [
  "HELLO",
  "ERROR",
  "ECHO_REQUEST",
  "ECHO_REPLY",
  "EXPERIMENTER",
  "FEATURES_REQUEST",
  "FEATURES_REPLY",
  "GET_CONFIG_REQUEST",
  "GET_CONFIG_REPLY",
  "SET_CONFIG",
  "PACKET_IN",
  "FLOW_REMOVED",
  "PORT_STATUS",
  "PACKET_OUT",
  "FLOW_MOD",
] as const;

/** Message types of OpenFlow 1.0 (section 5.1) and 1.3 (section 7.1), by the version's number. */
const TYPES: Readonly<Record<number, readonly string[]>> = {
  1: [
    ...COMMON.map((name) => (name === "EXPERIMENTER" ? "VENDOR" : name)),
    "PORT_MOD",
    "STATS_REQUEST",
    "STATS_REPLY",
    "BARRIER_REQUEST",
    "BARRIER_REPLY",
    "QUEUE_GET_CONFIG_REQUEST",
    "QUEUE_GET_CONFIG_REPLY",
  ],
  4: [
    ...COMMON,
    "GROUP_MOD",
    "PORT_MOD",
    "TABLE_MOD",
    "MULTIPART_REQUEST",
    "MULTIPART_REPLY",
    "BARRIER_REQUEST",
    "BARRIER_REPLY",
    "QUEUE_GET_CONFIG_REQUEST",
    "QUEUE_GET_CONFIG_REPLY",
    "ROLE_REQUEST",
    "ROLE_REPLY",
    "GET_ASYNC_REQUEST",
    "GET_ASYNC_REPLY",
    "SET_ASYNC",
    "METER_MOD",
  ],
};

/** Prints the headers of the OpenFlow messages of a segment, a line each; their bodies, which tcpdump shows with -v, are not decoded. */
export function printOpenFlow(out: Output, at: number, length: number): void {
  const sink = out.sink;
  out.protocol = "openflow";
  sink.text(": OpenFlow");
  const end = at + length;
  for (let next = at; next < end && !out.cut;) {
    const version = out.u8(next);
    if (out.cut) return;
    sink.text(`\n\tversion ${VERSIONS[version] || unknown(version)}`);
    const type = out.u8(next + 1);
    if (out.cut) return;
    sink.text(`, type ${TYPES[version]?.[type] ?? unknown(type)}`);
    const size = out.u16(next + 2);
    if (out.cut) return;
    sink.text(`, length ${size}`);
    const transaction = out.u32(next + 4);
    if (out.cut) return;
    sink.text(", xid 0x");
    sink.hex(transaction, 8);
    if (size < HEADER) {
      sink.text(" (invalid)");
      return;
    }
    if (!out.need(next, Math.max(HEADER, size))) return;
    next += size;
  }
}

function unknown(value: number): string {
  return `unknown (0x${value.toString(16).padStart(2, "0")})`;
}
