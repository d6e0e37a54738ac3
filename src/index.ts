/**
 * tcpscope as a library: read captures, decode packets, follow TCP connections,
 * say why they failed, print as tcpdump does.
 *
 * ```ts
 * import { Analysis, type Connection, diagnoseAll, readCaptures } from "tcpscope";
 *
 * const connections: Connection[] = [];
 * const analysis = new Analysis({ onFinished: (connection) => connections.push(connection) });
 * const error = await readCaptures(["trace.pcap"], (frame) => {
 *   analysis.observe(frame);
 * });
 * analysis.finish();
 * // A capture that is cut is read as far as it goes.
 * if (error !== undefined) console.error(error.message);
 * for (const verdict of diagnoseAll(connections, analysis.evidence, analysis.connections.lastTimeNs)) {
 *   console.log(verdict.errno, verdict.summary);
 * }
 * ```
 *
 * Nothing is allocated per packet: a `Frame`, a `Packet` and a `Segment` are one
 * object each that is moved on. What they show holds until the next one; whoever
 * keeps something keeps the numbers. All times that end in `Ns` are nanoseconds
 * since the first frame.
 *
 * @module
 */

// Reading and writing captures
export { CaptureError, type CaptureErrorCode } from "./capture/error.ts";
export { openCapture, type OpenOptions } from "./capture/open.ts";
export { PcapWriter, type PcapWriterOptions } from "./capture/pcap-writer.ts";
export { PcapngWriter, type PcapngWriterOptions } from "./capture/pcapng-writer.ts";
export { Rotation, type RotationOptions } from "./capture/rotation.ts";
export type { CaptureWriter, CreateWriter } from "./capture/writer.ts";
export type { Block, CaptureInterface, CaptureSource, RecordedName } from "./capture/source.ts";
export { type FrameVisitor, type Input, type InputOpener, readCaptures, type ReadingOptions } from "./pipeline.ts";

// Capturing: `readCaptures([(firstNumber) => openLive({ interface: "eth0", firstNumber })], …)`
export { type LiveSource, openLive } from "./capture/live/open.ts";
export type { LiveOptions } from "./capture/live/options.ts";
export type { LiveCapture, LiveCounts, LiveEngine } from "./capture/source.ts";

// Packets
export type { Fault } from "./wire/fault.ts";
export { Frame } from "./wire/frame.ts";
export { Packet } from "./wire/packet.ts";

// Connections
export { Analysis } from "./pipeline.ts";
export { ANALYSIS_NAMES } from "./flow/analysis.ts";
export { Connection } from "./flow/connection.ts";
export { Connections, type ConnectionsOptions } from "./flow/connections.ts";
export type { End } from "./flow/end.ts";
export type { RetransmissionCause, Segment } from "./flow/segment.ts";
export type { EndIndex, TcpState, Transition, TransitionBasis } from "./flow/states.ts";
export type { Finding, FindingName, FindingReason } from "./flow/findings.ts";
export { PHASES, type Phase } from "./flow/timing-budget.ts";
export { type ConnectionTiming, TimingObserver } from "./flow/timing.ts";
export { type Vantage, vantageOf } from "./flow/vantage.ts";
export { flowObject } from "./report/flow-json.ts";
export type { StartTime } from "./report/object-writer.ts";
export { connState, type Outcome, outcome } from "./report/flow-summary.ts";

export { timingObject } from "./report/timing-json.ts";
export type { TimedConnection } from "./report/timing-order.ts";

// Verdicts
export { diagnoseAll } from "./diagnosis/diagnose.ts";
export { errnoByOs } from "./diagnosis/errno.ts";
export type { Evidence } from "./diagnosis/evidence.ts";
export type * from "./diagnosis/verdict.ts";
export { verdictObject } from "./report/verdict-json.ts";
export { isFailure } from "./report/verdict-fields.ts";

// Queries (--where) and the schemas of the objects
export { type CompiledQuery, compileQuery } from "./query/compile.ts";
export { QueryError, type QueryErrorCode } from "./query/error.ts";
export type { Field, FieldTable } from "./query/field.ts";
export { PACKET_FIELDS } from "./query/packet-fields.ts";
export { PacketSubject } from "./query/packet-subject.ts";
export { CONNECTION_FIELDS, ConnectionSubject } from "./report/connection-fields.ts";
export { CONNECT_SCHEMA, RUN_SCHEMA } from "./report/schema/own-traffic-schema.ts";
export { FLOW_SCHEMA } from "./report/schema/flow-schema.ts";
export { PACKET_SCHEMA } from "./report/schema/packet-schema.ts";
export type { Schema } from "./report/schema/schema.ts";
export { VERDICT_SCHEMA } from "./report/schema/verdict-schema.ts";

// Printing
export { JsonPrinter, type QuotedSegment } from "./print/json.ts";
export { type AskName, Names, type NamesOptions } from "./print/names.ts";
export { printed, TextSink, type Write } from "./print/sink.ts";
export { type LineEnd, StatesColumn } from "./print/states-column.ts";
export { StevensPrinter, type StevensPrinterOptions } from "./print/stevens.ts";
export { DEFAULT_OPTIONS, type TcpdumpOptions } from "./print/tcpdump/options.ts";
export { TcpdumpPrinter } from "./print/tcpdump/printer.ts";
