import { etherTypeName } from "./ethertype-names.ts";
import type { Output } from "./output.ts";

/** A tag that a switch puts between the addresses and the type of an Ethernet frame, for its own processor. */
export interface SwitchTag {
  /** Name for a frame that is too short for it. */
  readonly name: string;
  /** Bytes. */
  readonly length: number;
  readonly print: (out: Output, at: number) => void;
}

const BROADCOM_REASONS: readonly string[] = [
  "mirror",
  "MAC learning",
  "switching",
  "prot term",
  "prot snoop",
  "exception",
];
const BROADCOM_ENCAPSULATIONS: readonly string[] = ["None", "Untag", "Header", "Reserved"];
const BROADCOM_TO_PORTS = 0x20000000;

/** Prints Broadcom's tag of 4 bytes, without the comma behind it. */
function printBroadcomTag(out: Output, at: number): void {
  const sink = out.sink;
  const word = out.u32(at);
  sink.text(`BRCM tag OP: ${word >>> 24 === 0 ? "EG" : "IG"}, `);
  if ((word & BROADCOM_TO_PORTS) !== 0) {
    sink.text(
      `TC: ${(word >>> 18) & 7}, TE: ${BROADCOM_ENCAPSULATIONS[(word >>> 16) & 3]!}, TS: ${(word >>> 23) & 1}, DST map: 0x`,
    );
    sink.hex(word & 0x1ff, 4);
    return;
  }
  const bits = (word >>> 8) & 0xff;
  // One bit says why the frame came here.
  const isOneBit = bits !== 0 && (bits & (bits - 1)) === 0;
  const reason = isOneBit ? BROADCOM_REASONS[31 - Math.clz32(bits)] : undefined;
  sink.text(`CID: ${(word >>> 16) & 0xff}, RC: ${reason ?? "reserved"}, TC: ${(word >>> 5) & 7}, port: ${word & 0x1f}`);
}

const MODE_TO_CPU = 0;
const MODE_FROM_CPU = 1;
const MODE_TO_SNIFFER = 2;
const MODES: readonly string[] = ["To CPU", "From CPU", "To Sniffer", "Forward"];
const CODES: readonly string[] = [
  "BPDU (MGMT) Trap",
  "Frame2Reg",
  "IGMP/MLD Trap",
  "Policy Trap",
  "ARP Mirror",
  "Policy Mirror",
];

/** Prints Marvell's DSA tag of 4 bytes, without the comma behind it. */
function printMarvell(out: Output, at: number): void {
  const sink = out.sink;
  const word = out.u32(at);
  const mode = word >>> 30;
  const isTagged = (word & 0x20000000) !== 0;
  const device = (word >>> 24) & 0x1f;
  const port = (word >>> 19) & 0x1f;
  const isSecond = (word & 0x00040000) !== 0;
  const code = ((word >>> 16) & 6) | ((word >>> 12) & 1);
  const vlan = word & 0xfff;
  if (!out.options.linkLayer) {
    const from = `${device}.${port}`;
    if (mode === MODE_TO_CPU) sink.text(`port ${from} > CPU`);
    else if (mode === MODE_FROM_CPU) sink.text(`CPU > port ${from}`);
    else if (mode === MODE_TO_SNIFFER) sink.text(`port ${from} > ${isSecond ? "Rx" : "Tx"} Sniffer`);
    else sink.text(`Forward ${isSecond ? "trunk" : "port"} ${from}`);
    sink.text(`, VLAN ${vlan}${isTagged ? "t" : "u"}`);
    return;
  }
  sink.text(`mode ${MODES[mode]!}, `);
  if (mode === MODE_TO_CPU) sink.text(`source dev ${device}, port ${port}, code ${CODES[code] ?? "reserved"}`);
  else if (mode === MODE_FROM_CPU) sink.text(`target dev ${device}, port ${port}`);
  else if (mode === MODE_TO_SNIFFER) {
    sink.text(`source dev ${device}, port ${port}, ${isSecond ? "ingress" : "egress"} sniff`);
  } else sink.text(`dev ${device}, ${isSecond ? "trunk" : "port"} ${port}`);
  const isCanonical = (word & 0x00010000) === 0;
  sink.text(
    `, ${isTagged ? "tagged" : "untagged"}${isCanonical ? "" : ", CFI"}, VID ${vlan}, FPri ${(word >>> 13) & 7}`,
  );
}

export const BROADCOM_TAG: SwitchTag = { name: "brcm-tag", length: 4, print: printBroadcomTag };

export const MARVELL_TAG: SwitchTag = {
  name: "dsa",
  length: 4,
  print(out, at) {
    out.sink.text(out.options.linkLayer ? "Marvell DSA " : "DSA ");
    printMarvell(out, at);
  },
};

/** The same tag behind a type of its own (EDSA). */
export const MARVELL_TYPED_TAG: SwitchTag = {
  name: "edsa",
  length: 8,
  print(out, at) {
    const type = out.u16(at).toString(16).padStart(4, "0");
    if (out.options.linkLayer) {
      const name = etherTypeName(out.u16(at)) ?? "Unknown";
      out.sink.text(`Marvell EDSA ethertype 0x${type} (${name}), rsvd ${out.u8(at + 2)} ${out.u8(at + 3)}, `);
    } else {
      out.sink.text(`EDSA 0x${type}, `);
    }
    printMarvell(out, at + 4);
  },
};
