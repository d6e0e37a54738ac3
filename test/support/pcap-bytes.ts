/** A frame as a pcap record holds it. */
export interface PcapRecord {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  readonly wireLength: number;
}

const MAGIC = { micro: 0xa1b2c3d4, nano: 0xa1b23c4d } as const;

/** A pcap file (draft-ietf-opsawg-pcap) in little-endian byte order. */
export function pcapBytes(
  linkType: number,
  precision: "micro" | "nano",
  snapLength: number,
  records: readonly PcapRecord[],
): Uint8Array<ArrayBuffer> {
  const length = records.reduce((sum, record) => sum + 16 + record.bytes.length, 24);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC[precision], true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapLength, true);
  view.setUint32(20, linkType, true);
  let at = 24;
  for (const record of records) {
    view.setUint32(at, record.seconds, true);
    view.setUint32(at + 4, precision === "nano" ? record.nanoseconds : record.nanoseconds / 1000, true);
    view.setUint32(at + 8, record.bytes.length, true);
    view.setUint32(at + 12, record.wireLength, true);
    bytes.set(record.bytes, at + 16);
    at += 16 + record.bytes.length;
  }
  return bytes;
}
