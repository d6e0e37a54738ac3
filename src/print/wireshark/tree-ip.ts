import { bits, hex, Piece } from "./tree.ts";

/** What the trees of both versions of IP share: the names of DSCP and ECN. */

const DSCP_NAMES: Readonly<Record<number, readonly [string, string]>> = {
  0: ["CS0", "Default"],
  1: ["LE", "Lower Effort"],
  44: ["VOICE-ADMIT", "Voice Admit"],
  46: ["EF PHB", "Expedited Forwarding"],
};

const ECN_NAMES: readonly (readonly [string, string])[] = [
  ["Not-ECT", "Not ECN-Capable Transport"],
  ["ECT(1)", "ECN-Capable Transport codepoint '01'"],
  ["ECT(0)", "ECN-Capable Transport codepoint '10'"],
  ["CE", "Congestion Experienced"],
];

/** Short and long name of a codepoint (RFC 2474, RFC 2597, RFC 3246, RFC 5865, RFC 8622). */
function codepointNames(codepoint: number): readonly [string, string] {
  const named = DSCP_NAMES[codepoint];
  if (named !== undefined) return named;
  const precedence = codepoint >> 3;
  if ((codepoint & 7) === 0) return [`CS${precedence}`, `Class Selector ${precedence}`];
  const drop = (codepoint & 7) >> 1;
  const isAssured = precedence >= 1 && precedence <= 4 && (codepoint & 1) === 0 && drop >= 1;
  return isAssured ? [`AF${precedence}${drop}`, `Assured Forwarding ${precedence}${drop}`] : ["Unknown", "Unknown"];
}

function summary(value: number): string {
  return `(DSCP: ${codepointNames(value >> 2)[0]}, ECN: ${ECN_NAMES[value & 3]![0]})`;
}

function details(value: number, codepointBits: string, ecnBits: string): string {
  const codepoint = `${codepointNames(value >> 2)[1]} (${value >> 2})`;
  const ecn = `${ECN_NAMES[value & 3]![1]} (${value & 3})`;
  return (
    `        ${codepointBits} = Differentiated Services Codepoint: ${codepoint}\n` +
    `        ${ecnBits} = Explicit Congestion Notification: ${ecn}\n`
  );
}

/** A function whose results for 0 to `count` - 1 are kept. */
export function cached(count: number, make: (value: number) => Piece): (value: number) => Piece {
  const pieces: (Piece | undefined)[] = Array.from({ length: count }, () => undefined);
  return (value) => (pieces[value] ??= make(value));
}

/** The lines of IPv4's second byte. */
export const typeOfService: (value: number) => Piece = cached(
  256,
  (value) =>
    new Piece(
      `    Differentiated Services Field: ${hex(value, 2)} ${summary(value)}\n` +
        details(value, bits(value, 0xfc, 8), bits(value, 0x03, 8)),
    ),
);

/** The lines of IPv6's traffic class. */
export const trafficClass: (value: number) => Piece = cached(256, (value) => {
  const word = value * 0x100000;
  return new Piece(
    `    ${bits(word, 0x0ff00000, 32)} = Traffic Class: ${hex(value, 2)} ${summary(value)}\n` +
      details(value, bits(word, 0x0fc00000, 32), bits(word, 0x00300000, 32)),
  );
});

/** Whether a packet of IPv4 goes to 224.0.0.0/24 (RFC 5771 section 4). */
export function isLocalControl(view: DataView, at: number): boolean {
  return view.getUint32(at) >>> 8 === 0xe00000;
}
