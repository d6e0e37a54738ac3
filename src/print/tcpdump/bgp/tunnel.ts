import { nameAndNumber, type NamesByNumber, printUndecoded } from "./names.ts";
import type { Output } from "../output.ts";

const HEADER = 5;

/** RFC 6514 section 5. */
const TYPES: NamesByNumber = {
  1: "RSVP-TE P2MP LSP",
  2: "LDP P2MP LSP",
  3: "PIM-SSM Tree",
  4: "PIM-SM Tree",
  5: "PIM-Bidir Tree",
  6: "Ingress Replication",
  7: "LDP MP2MP LSP",
};

/** Prints the tunnel of a multicast VPN; its length, or -1 where it is cut. */
export function printTunnel(out: Output, at: number, length: number): number {
  if (length < HEADER) return -1;
  const flags = (out.u8(at) & 1) === 0 ? "none" : "Leaf Information required";
  const type = out.u8(at + 1);
  const label = out.u24(at + 2) >>> 4;
  out.sink.text(`\n\t    Tunnel-type ${nameAndNumber(TYPES, type)}, Flags [${flags}], MPLS Label ${label}`);
  const body = at + HEADER;
  const sink = out.sink;
  switch (type) {
    case 1:
      return printTwo(out, length, body, "Extended-Tunnel-ID", () => sink.text(`, P2MP-ID 0x${hex32(out, body + 4)}`));
    case 2:
    case 7:
      return printTwo(out, length, body, "Root-Node", () => sink.text(`, LSP-ID 0x${hex32(out, body + 4)}`));
    case 3:
      return printTwo(out, length, body, "Root-Node", () => printGroup(out, body + 4));
    case 4:
    case 5:
      return printTwo(out, length, body, "Sender", () => printGroup(out, body + 4));
    case 6:
      if (!out.has(body, 4)) return -1;
      sink.text("\n\t      Tunnel-Endpoint ");
      out.ipv4(body);
      return length;
    default:
      printUndecoded(out, body, length - HEADER, "\n\t      ");
      return length;
  }
}

function printTwo(out: Output, length: number, at: number, label: string, printSecond: () => void): number {
  if (!out.has(at, 8)) return -1;
  out.sink.text(`\n\t      ${label} `);
  out.ipv4(at);
  printSecond();
  return length;
}

function printGroup(out: Output, at: number): void {
  out.sink.text(", P-Group ");
  out.ipv4(at);
}

function hex32(out: Output, at: number): string {
  return out.u32(at).toString(16).padStart(8, "0");
}
