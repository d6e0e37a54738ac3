import type { Output } from "./output.ts";

/*
 * Protocols of which the line without -v is printed. With -v, which would
 * show all of their fields, they are printed as ones that are not known.
 */

const LLDP_END = 0;
const LLDP_SYSTEM_NAME = 5;

/** Prints a Link Layer Discovery message (IEEE 802.1AB clause 8): the system's name, if it has one. */
export function printLldp(out: Output, at: number, length: number): void {
  const { sink } = out;
  out.protocol = "lldp";
  sink.text(`LLDP, length ${length}`);
  const end = at + length;
  for (let next = at; next + 2 <= end && !out.cut;) {
    const header = out.u16(next);
    const type = header >> 9;
    const size = header & 0x1ff;
    if (type === LLDP_END || size === 0) return;
    if (next + 2 + size > end) {
      out.cutHere();
      return;
    }
    if (!out.need(next + 2, size)) return;
    if (type === LLDP_SYSTEM_NAME) {
      sink.text(": ");
      out.safeTextToZero(next + 2, size);
    }
    next += 2 + size;
  }
}

const EAPOL_HEADER = 4;
const EAP_PACKET = 0;
const EAPOL_TYPES: readonly string[] = [
  "EAP packet",
  "EAPOL start",
  "EAPOL logoff",
  "EAPOL key",
  "Encapsulated ASF alert",
];

/** Prints an EAPOL frame (IEEE 802.1X clause 11). */
export function printEapol(out: Output, at: number): void {
  out.protocol = "eap";
  if (!out.need(at, EAPOL_HEADER)) return;
  const type = out.u8(at + 1);
  out.sink.text(`${EAPOL_TYPES[type] ?? "unknown"} (${type}) v${out.u8(at)}, len ${out.u16(at + 2)}`);
}

/** Whether an EAPOL message carries one of EAP, of which `-v` prints more. */
export function carriesEap(out: Output, at: number): boolean {
  return out.has(at, EAPOL_HEADER) && out.u8(at + 1) === EAP_PACKET;
}

const OSPF_TYPES: readonly string[] = ["", "Hello", "Database Description", "LS-Request", "LS-Update", "LS-Ack"];
/** Of version 3, the shorter one. */
const OSPF_HEADER = 16;

/** Prints an OSPF message (RFC 2328 appendix A.3, RFC 5340 appendix A.3). */
export function printOspf(out: Output, at: number, length: number): void {
  out.protocol = "ospf2";
  if (!out.need(at, OSPF_HEADER)) return;
  const type = out.u8(at + 1);
  out.sink.text(`OSPFv${out.u8(at)}, ${OSPF_TYPES[type] || `unknown LS-type ${type}`}, length ${length}`);
}

const PIM_TYPES: readonly string[] = [
  "Hello",
  "Register",
  "Register Stop",
  "Join / Prune",
  "Bootstrap",
  "Assert",
  "Graft",
  "Graft Acknowledgement",
  "Candidate RP Advertisement",
  "Prune Refresh",
  "DF Election",
  "ECMP Redirect",
];

/** Prints a message of Protocol Independent Multicast (RFC 7761 section 4.9). */
export function printPim(out: Output, at: number, length: number): void {
  out.protocol = "pim";
  const first = out.u8(at);
  if (out.cut) return;
  const version = first >> 4;
  const type = version === 2 ? `, ${PIM_TYPES[first & 0xf] ?? "Unknown Type"}` : "";
  out.sink.text(`PIMv${version}${type}, length ${length}`);
}
