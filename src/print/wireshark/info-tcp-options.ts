import * as kind from "../../wire/tcp-options.ts";
import type { Packet } from "../../wire/packet.ts";
import { ACK } from "../../wire/tcp.ts";
import { Phrase } from "../sink.ts";
import { type Line, printStop } from "./line.ts";

/** The two orders of accurate ECN's counters (RFC 9768 section 3.2.3). */
const ACCECN_0 = ["EE0B", "ECEB", "EE1B"];
const ACCECN_1 = ["EE1B", "ECEB", "EE0B"];

const MSS = new Phrase(" MSS=");
const WINDOW_SCALE = new Phrase(" WS=");
const SACK_PERMITTED = new Phrase(" SACK_PERM");
const TIMESTAMP_VALUE = new Phrase(" TSval=");
const TIMESTAMP_ECHO = new Phrase(" TSecr=");
const LEFT_EDGE = new Phrase(" SLE=");
const RIGHT_EDGE = new Phrase(" SRE=");

/** Lengths that each kind has: at least, at most; others are passed over with nothing printed. */
const LENGTHS: Readonly<Record<number, readonly [number, number]>> = {
  [kind.OPTION_MSS]: [4, 4],
  [kind.OPTION_WINDOW_SCALE]: [3, 3],
  [kind.OPTION_SACK]: [2, 255],
  [kind.OPTION_ECHO]: [6, 6],
  [kind.OPTION_ECHO_REPLY]: [6, 6],
  [kind.OPTION_TIMESTAMPS]: [10, 10],
  [kind.OPTION_CC]: [6, 6],
  [kind.OPTION_CC_NEW]: [6, 6],
  [kind.OPTION_CC_ECHO]: [6, 6],
  [kind.OPTION_SCPS]: [4, 4],
  [kind.OPTION_QUICK_START]: [8, 8],
  [kind.OPTION_USER_TIMEOUT]: [4, 4],
  [kind.OPTION_EXPERIMENT_1]: [4, 255],
  [kind.OPTION_EXPERIMENT_2]: [4, 255],
};

const walk = new kind.TcpOptions();

/** What the options add to the Info column, in `view[at, end)` by the data offset. */
export function printTcpOptions(line: Line, at: number, end: number): void {
  const { sink, packet } = line;
  const { view } = packet.frame;
  const limit = Math.min(packet.tcp.end, packet.tcp.limit);
  if (end - at === 12 && end <= limit && view.getUint32(at) === kind.NOP_NOP_TIMESTAMPS) {
    sink.phrase(TIMESTAMP_VALUE);
    sink.decimal(view.getUint32(at + 4));
    sink.phrase(TIMESTAMP_ECHO);
    sink.decimal(view.getUint32(at + 8));
    return;
  }
  walk.start(view, at, end, limit);
  while (walk.next()) {
    if (!printOption(line)) {
      printStop(line, packet.tcp.end);
      return;
    }
  }
  if (walk.fault !== "truncated") return;
  // A value that reaches out of the segment, other than one that is not there at all, has its own text.
  const isContained = packet.frame.end < packet.tcp.end || walk.at + 2 > limit || !(walk.kind in LENGTHS);
  if (isContained) printStop(line, packet.tcp.end);
  else sink.text("[Malformed Packet: length of contained item exceeds length of containing item]");
}

/** False when the option's own bytes are bad. */
function printOption(line: Line): boolean {
  const { sink } = line;
  const bounds = LENGTHS[walk.kind];
  if (bounds !== undefined && (walk.length < bounds[0] || walk.length > bounds[1])) return true;
  switch (walk.kind) {
    case kind.OPTION_MSS:
      sink.phrase(MSS);
      sink.decimal(walk.uint16(0));
      break;
    case kind.OPTION_WINDOW_SCALE:
      sink.phrase(WINDOW_SCALE);
      sink.decimal(1 << Math.min(kind.MAX_WINDOW_SCALE, walk.uint8(0)));
      break;
    case kind.OPTION_SACK_PERMITTED:
      sink.phrase(SACK_PERMITTED);
      break;
    case kind.OPTION_SACK:
      return printBlocks(line);
    case kind.OPTION_TIMESTAMPS:
      sink.phrase(TIMESTAMP_VALUE);
      sink.decimal(walk.uint32(0));
      sink.phrase(TIMESTAMP_ECHO);
      sink.decimal(walk.uint32(4));
      break;
    default:
      return printRareOption(line);
  }
  return true;
}

/** Edges count from where the acknowledgment numbers count. */
function printBlocks({ sink, packet, segment }: Line): boolean {
  const blocks = (walk.length - 2) >> 3;
  const base = segment !== undefined && (packet.tcp.flags & ACK) !== 0 ? segment.reverseBase : 0;
  for (let i = 0; i < blocks; i++) {
    sink.phrase(LEFT_EDGE);
    sink.decimal((walk.uint32(8 * i) - base) >>> 0);
    sink.phrase(RIGHT_EDGE);
    sink.decimal((walk.uint32(8 * i + 4) - base) >>> 0);
  }
  return blocks > 0 && blocks * 8 === walk.length - 2;
}

function printRareOption({ sink }: Line): boolean {
  switch (walk.kind) {
    case kind.OPTION_ECHO:
    case kind.OPTION_ECHO_REPLY:
      sink.text(` ECHO=${walk.uint32(0)}`);
      break;
    case kind.OPTION_CC:
    case kind.OPTION_CC_NEW:
    case kind.OPTION_CC_ECHO:
      sink.text(` CC=${walk.uint32(0)}`);
      break;
    case kind.OPTION_MD5:
      sink.text(" MD5");
      break;
    case kind.OPTION_SCPS:
      sink.text(scpsText(walk.uint8(0), walk.uint8(1)));
      break;
    case kind.OPTION_QUICK_START:
      sink.text(quickStartText(walk.uint8(0)));
      break;
    case kind.OPTION_USER_TIMEOUT:
      sink.text(` USER_TO=${walk.uint16(0) & 0x7fff}`);
      break;
    case kind.OPTION_AUTHENTICATION:
      sink.text("TCP AO");
      break;
    case kind.OPTION_FAST_OPEN:
      sink.text(walk.length === 2 ? " TFO=R" : " TFO=C");
      break;
    case kind.OPTION_ACCECN_0:
      sink.text(accEcnText(ACCECN_0, 0));
      break;
    case kind.OPTION_ACCECN_1:
      sink.text(accEcnText(ACCECN_1, 0));
      break;
    case kind.OPTION_EXPERIMENT_1:
    case kind.OPTION_EXPERIMENT_2:
      sink.text(experimentText());
      break;
    case kind.OPTION_MULTIPATH:
      return walk.length > 2;
    case kind.RIVERBED_PROBE:
      return walk.length > 2;
    default:
  }
  return true;
}

/** Space Communications Protocol Specification capabilities (CCSDS 714.0-B-2 section 3.2.3). */
function scpsText(capabilities: number, connection: number): string {
  const names = ["BETS", "SNACK1", "SNACK2", "COMP", "NLTS", "RESERVED"];
  const given = names.filter((_name, bit) => (bit < 5 ? capabilities & (0x80 >> bit) : capabilities & 7) !== 0);
  return ` SCPS[${given.join(", ")}]${connection === 0 ? "" : ` Connection ID=${connection}`}`;
}

/** Quick-Start response (RFC 4782 section 3.2): the rate is 40,000 times 2 to the power of its code, in bits a second. */
function quickStartText(rate: number): string {
  const code = rate & 0x0f;
  return ` QSresp=${code === 0 ? "0 bit/s" : rateText(40_000 * 2 ** code)}`;
}

function rateText(bits: number): string {
  if (bits >= 1e9) return `${bits / 1e9} Gbit/s`;
  return bits >= 1e6 ? `${bits / 1e6} Mbit/s` : `${bits / 1e3} kbit/s`;
}

/** Counters of accurate ECN (RFC 9768 section 3.2.3), 24 bits each, `from` bytes into the option's data. */
function accEcnText(names: readonly string[], from: number): string {
  const counters = names.slice(0, Math.floor((walk.length - 2 - from) / 3));
  if (counters.length === 0) return " AccECN";
  return counters
    .map((name, i) => ` ${name}=${(walk.uint8(from + 3 * i) << 16) | walk.uint16(from + 3 * i + 1)}`)
    .join("");
}

function experimentText(): string {
  const experiment = walk.uint16(0);
  if (experiment === kind.EXPERIMENT_FAST_OPEN) return walk.length === 4 ? " TFO=R" : " TFO=C";
  if (experiment === kind.EXPERIMENT_ACCECN_0) return accEcnText(ACCECN_0, 2);
  if (experiment === kind.EXPERIMENT_ACCECN_1) return accEcnText(ACCECN_1, 2);
  return ` ExID=${experiment.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Whether the segment carries Multipath TCP (RFC 8684), which then is the protocol of the line. */
export function hasMultipath({ tcp, frame }: Packet): boolean {
  const at = tcp.at + 20;
  const limit = Math.min(tcp.end, tcp.limit);
  if (tcp.payloadAt - at === 12 && tcp.payloadAt <= limit && frame.view.getUint32(at) === kind.NOP_NOP_TIMESTAMPS)
    return false;
  walk.start(frame.view, at, tcp.payloadAt, limit);
  while (walk.next()) if (walk.kind === kind.OPTION_MULTIPATH) return true;
  return false;
}
