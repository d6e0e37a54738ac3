import * as r from "../../wire/radiotap.ts";
import type { TextSink } from "../sink.ts";
import { mcsRate } from "./radiotap-rates.ts";

/** Bits of the channel field (radiotap.org "Channel", "XChannel"). */
const CHANNEL_TURBO = 0x0010;
const CHANNEL_CCK = 0x0020;
const CHANNEL_OFDM = 0x0040;
const CHANNEL_2_GHZ = 0x0080;
const CHANNEL_5_GHZ = 0x0100;
const CHANNEL_DYNAMIC = 0x0400;
const CHANNEL_GFSK = 0x0800;
const CHANNEL_HALF = 0x4000;
const CHANNEL_QUARTER = 0x8000;
const CHANNEL_HT_20 = 0x1_0000;
const CHANNEL_HT_40_UP = 0x2_0000;
const CHANNEL_HT_40_DOWN = 0x4_0000;

/** A rate field from 0x80 on is the number of an MCS, of which there are 16 there. */
const RATE_MCS = 0x80;
const RATE_MCS_END = 0x8f;

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [r.FLAG_CFP, "cfp "],
  [r.FLAG_SHORT_PREAMBLE, "short preamble "],
  [r.FLAG_WEP, "wep "],
  [r.FLAG_FRAGMENTED, "fragmented "],
  [r.FLAG_BAD_FCS, "bad-fcs "],
];

/** Bits of the MCS field that say what else it knows. */
const MCS_KNOWS_BANDWIDTH = 0x01;
const MCS_KNOWS_INDEX = 0x02;
const MCS_KNOWS_GUARD = 0x04;
const MCS_KNOWS_FORMAT = 0x08;
const MCS_KNOWS_CODING = 0x10;
const MCS_KNOWS_STBC = 0x20;
/** With the index, one of them is enough for tcpdump to print a rate. */
const MCS_KNOWS_RATE = MCS_KNOWS_BANDWIDTH | MCS_KNOWS_GUARD;
const MCS_SHORT_GUARD = 0x04;
const MCS_GREENFIELD = 0x08;
const MCS_LDPC = 0x10;

/** Bandwidths of the MCS field, which the VHT field begins with. */
const BANDWIDTHS: readonly string[] = [
  "20 MHz",
  "40 MHz",
  "20 MHz (L)",
  "20 MHz (U)",
  "80 MHz",
  "80 MHz (L)",
  "80 MHz (U)",
  "80 MHz (LL)",
  "80 MHz (LU)",
  "80 MHz (UL)",
  "80 MHz (UU)",
  "160 MHz",
  "160 MHz (L)",
  "160 MHz (U)",
  "160 MHz (LL)",
  "160 MHz (LU)",
  "160 MHz (UL)",
  "160 MHz (UU)",
  "160 MHz (LLL)",
  "160 MHz (LLU)",
  "160 MHz (LUL)",
  // 20 and 21 are LUL and LUU by radiotap.org; tcpdump prints UUU for the second.
  "160 MHz (UUU)",
  "160 MHz (ULL)",
  "160 MHz (ULU)",
  "160 MHz (UUL)",
  "160 MHz (UUU)",
];

const VHT_KNOWS_GUARD = 0x0004;
const VHT_KNOWS_BANDWIDTH = 0x0040;
const VHT_SHORT_GUARD = 0x04;
const VHT_BANDWIDTH = 0x1f;
const VHT_USERS = 4;

/** Prints the radiotap field that the header stands at; all its bytes are there. */
export function printRadiotapField(sink: TextSink, view: DataView, header: r.RadiotapHeader): void {
  const { field, fieldAt: at } = header;
  switch (field) {
    case r.TSFT:
      sink.text(`${view.getBigUint64(at, true)}us tsft `);
      break;
    case r.FLAGS:
      for (const [flag, name] of FLAG_NAMES) if ((view.getUint8(at) & flag) !== 0) sink.text(name);
      break;
    case r.RATE:
      sink.text(rateText(view.getUint8(at)));
      break;
    case r.CHANNEL:
      if (header.hasBeside(r.EXTENDED_CHANNEL)) break;
      sink.text(channelText(view.getUint16(at, true), view.getUint16(at + 2, true), header.hasBeside(r.MCS)));
      break;
    case r.FHSS:
      sink.text(`fhset ${view.getUint8(at)} fhpat ${view.getUint8(at + 1)} `);
      break;
    case r.EXTENDED_CHANNEL:
      sink.text(channelText(view.getUint16(at + 4, true), view.getUint32(at, true), header.hasBeside(r.MCS)));
      break;
    case r.MCS:
      printMcs(sink, view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2));
      break;
    case r.VHT:
      printVht(sink, view, at);
      break;
    default:
      printLevel(sink, view, field, at);
  }
}

/** Signal, noise, power, antenna. */
function printLevel(sink: TextSink, view: DataView, field: number, at: number): void {
  switch (field) {
    case r.DBM_SIGNAL:
      sink.text(`${view.getInt8(at)}dBm signal `);
      break;
    case r.DBM_NOISE:
      sink.text(`${view.getInt8(at)}dBm noise `);
      break;
    case r.LOCK_QUALITY:
      sink.text(`${view.getUint16(at, true)} sq `);
      break;
    case r.TX_ATTENUATION:
      sink.text(`${-view.getInt16(at, true)} tx power `);
      break;
    case r.DB_TX_ATTENUATION:
      sink.text(`${-view.getInt8(at)}dB tx attenuation `);
      break;
    case r.DBM_TX_POWER:
      sink.text(`${view.getInt8(at)}dBm tx power `);
      break;
    case r.ANTENNA:
      sink.text(`antenna ${view.getUint8(at)} `);
      break;
    case r.DB_SIGNAL:
      sink.text(`${view.getUint8(at)}dB signal `);
      break;
    case r.DB_NOISE:
      sink.text(`${view.getUint8(at)}dB noise `);
      break;
    default:
      // tcpdump prints nothing of the flags of reception and of aggregates.
      break;
  }
}

function rateText(rate: number): string {
  return rate >= RATE_MCS && rate <= RATE_MCS_END ? `MCS ${rate - RATE_MCS} ` : `${(rate / 2).toFixed(1)} Mb/s `;
}

/** `isHighThroughput`: the frame has an MCS, so that its kind is not told by the channel's flags. */
function channelText(frequency: number, flags: number, isHighThroughput: boolean): string {
  return `${frequency} MHz${isHighThroughput ? " 11n" : kindText(flags)}${widthText(flags)} `;
}

function kindText(flags: number): string {
  const has = (bits: number): boolean => (flags & bits) === bits;
  const width = has(CHANNEL_HALF) ? "/10Mhz" : has(CHANNEL_QUARTER) ? "/5Mhz" : "";
  let text = has(CHANNEL_2_GHZ | CHANNEL_GFSK) ? " FHSS" : "";
  if (has(CHANNEL_5_GHZ | CHANNEL_OFDM)) text += ` 11a${width}`;
  if (has(CHANNEL_2_GHZ | CHANNEL_OFDM) || has(CHANNEL_2_GHZ | CHANNEL_DYNAMIC)) text += ` 11g${width}`;
  else if (has(CHANNEL_2_GHZ | CHANNEL_CCK)) text += " 11b";
  return has(CHANNEL_TURBO) ? `${text} Turbo` : text;
}

function widthText(flags: number): string {
  if ((flags & CHANNEL_HT_20) !== 0) return " ht/20";
  if ((flags & CHANNEL_HT_40_DOWN) !== 0) return " ht/40-";
  return (flags & CHANNEL_HT_40_UP) === 0 ? "" : " ht/40+";
}

function printMcs(sink: TextSink, known: number, flags: number, index: number): void {
  const hasShortGuard = (flags & MCS_SHORT_GUARD) !== 0;
  if ((known & MCS_KNOWS_INDEX) !== 0 && (known & MCS_KNOWS_RATE) !== 0) {
    const rate = mcsRate(index, (flags & 3) === 1, hasShortGuard);
    if (rate > 0) sink.text(`${rate.toFixed(1)} Mb/s `);
  }
  if ((known & MCS_KNOWS_INDEX) !== 0) sink.text(`MCS ${index} `);
  if ((known & MCS_KNOWS_BANDWIDTH) !== 0) sink.text(`${BANDWIDTHS[flags & 3]!} `);
  if ((known & MCS_KNOWS_GUARD) !== 0) sink.text(hasShortGuard ? "short GI " : "long GI ");
  if ((known & MCS_KNOWS_FORMAT) !== 0) sink.text((flags & MCS_GREENFIELD) === 0 ? "mixed " : "greenfield ");
  if ((known & MCS_KNOWS_CODING) !== 0) sink.text(codingText((flags & MCS_LDPC) !== 0));
  if ((known & MCS_KNOWS_STBC) !== 0) sink.text(`RX-STBC${(flags >> 5) & 3} `);
}

function codingText(isLowDensity: boolean): string {
  return isLowDensity ? "LDPC FEC " : "BCC FEC ";
}

function printVht(sink: TextSink, view: DataView, at: number): void {
  const known = view.getUint16(at, true);
  const coding = view.getUint8(at + 8);
  for (let user = 0; user < VHT_USERS; user++) {
    const schemeAndStreams = view.getUint8(at + 4 + user);
    if ((schemeAndStreams & 15) === 0) continue;
    sink.text(`User ${user} MCS ${schemeAndStreams >> 4} ${codingText(((coding >> user) & 1) !== 0)}`);
  }
  if ((known & VHT_KNOWS_BANDWIDTH) !== 0) {
    const bandwidth = view.getUint8(at + 3) & VHT_BANDWIDTH;
    sink.text(`${BANDWIDTHS[bandwidth] ?? `unknown (${bandwidth})`} `);
  }
  if ((known & VHT_KNOWS_GUARD) !== 0)
    sink.text((view.getUint8(at + 2) & VHT_SHORT_GUARD) === 0 ? "long GI " : "short GI ");
}
