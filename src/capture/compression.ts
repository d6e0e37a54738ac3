/** How the bytes of an input are compressed; "": not at all. */
export type Compression = "" | "gzip" | "zstd";

const GZIP_MAGIC = 0x1f8b;
/** First four bytes of a zstd frame, as a little-endian number (RFC 8878 section 3.1.1). */
export const ZSTD_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

/** Told from the first four bytes. */
export function compressionOf(view: DataView): Compression {
  if (view.getUint16(0) === GZIP_MAGIC) return "gzip";
  const magic = view.getUint32(0, true);
  return magic === ZSTD_MAGIC || isSkippable(magic) ? "zstd" : "";
}

/** True for the magic of a skippable zstd frame: its last four bits are free (section 3.1.2). */
export function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC;
}
