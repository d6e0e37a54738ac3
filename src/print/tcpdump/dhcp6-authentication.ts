import type { Output } from "./output.ts";

const HEADER = 11;
const DELAYED = 2;
const RECONFIGURE = 3;
const HMAC_MD5 = 1;

const RECONFIGURE_TYPES: readonly string[] = ["", " reconfig-key", " type: HMAC-MD5"];

const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [DELAYED, "delayed"],
  [RECONFIGURE, "reconfigure"],
]);

/** Prints the authentication option of DHCPv6 (RFC 8415 section 21.11). */
export function printDhcp6Authentication(out: Output, at: number, length: number): void {
  const sink = out.sink;
  if (length < HEADER) {
    sink.text(" ?");
    return;
  }
  const protocol = out.u8(at);
  const algorithm = out.u8(at + 1);
  const method = out.u8(at + 2);
  sink.text(` proto: ${PROTOCOLS.get(protocol) ?? protocol}`);
  sink.text(`, alg: ${algorithm === HMAC_MD5 ? "HMAC-MD5" : algorithm}`);
  sink.text(`, RDM: ${method === 0 ? "mono" : method}, RD:`);
  for (let i = 0; i < 8; i += 2) {
    sink.text(" ");
    sink.hex(out.u16(at + 3 + i), 4);
  }
  printInformation(out, protocol, at + HEADER, length - HEADER);
}

function printInformation(out: Output, protocol: number, at: number, length: number): void {
  const sink = out.sink;
  if (protocol === DELAYED) {
    if (length === 0) return;
    if (length < 20) {
      sink.text(" ??");
      return;
    }
    const realm = length - 20;
    if (realm > 0) {
      sink.text(", realm: ");
      out.hexBytes(at, realm);
    }
    sink.text(
      `, key ID: ${out
        .u32(at + realm)
        .toString(16)
        .padStart(8, "0")}`,
    );
    sink.text(", HMAC-MD5:");
    for (let i = 0; i < 16; i += 4) {
      sink.text(" ");
      sink.hex(out.u32(at + realm + 4 + i), 8);
    }
    return;
  }
  if (protocol === RECONFIGURE) {
    if (length !== 17) {
      sink.text(" ??");
      return;
    }
    const type = out.u8(at);
    sink.text(`${RECONFIGURE_TYPES[type] || " type: ??"} value:`);
    for (let i = 0; i < 16; i += 4) {
      sink.text(" ");
      sink.hex(out.u32(at + 1 + i), 8);
    }
    return;
  }
  sink.text(" ??");
}
