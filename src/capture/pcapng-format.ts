// Block types (draft-ietf-opsawg-pcapng section 11.1).
export const SECTION_HEADER = 0x0a0d0d0a;
export const INTERFACE_DESCRIPTION = 1;
export const OBSOLETE_PACKET = 2;
export const SIMPLE_PACKET = 3;
export const NAME_RESOLUTION = 4;
export const INTERFACE_STATISTICS = 5;
export const ENHANCED_PACKET = 6;

// Offsets in any block.
export const TOTAL_LENGTH = 4;
/** Type, total length, and the total length again: the shortest block. */
export const BLOCK_MINIMUM = 12;
/** Longer blocks are damage, as libpcap sees it. */
export const BLOCK_MAXIMUM = 16777216;

// Offsets in a Section Header Block (section 4.1).
export const BYTE_ORDER_MAGIC = 8;
export const VERSION_MAJOR = 12;
export const VERSION_MINOR = 14;
export const SECTION_MINIMUM = 28;
export const MAGIC = 0x1a2b3c4d;

// Offsets in an Enhanced Packet Block (section 4.3); the obsolete Packet Block has its fields at the same places.
export const INTERFACE_ID = 8;
export const TIME_HIGH = 12;
export const TIME_LOW = 16;
export const CAPTURED_LENGTH = 20;
export const WIRE_LENGTH = 24;
export const PACKET_DATA = 28;
export const PACKET_MINIMUM = 32;

// Offsets in a Simple Packet Block (section 4.4).
export const SIMPLE_WIRE_LENGTH = 8;
export const SIMPLE_DATA = 12;
export const SIMPLE_MINIMUM = 16;

export const BLOCK_NAMES: Readonly<Record<number, string>> = {
  [SECTION_HEADER]: "section header",
  [INTERFACE_DESCRIPTION]: "interface description",
  [NAME_RESOLUTION]: "name resolution block",
  [INTERFACE_STATISTICS]: "interface statistics",
};

/** Interfaces of all sections together at most; each is an object in memory. */
export const MAXIMUM_INTERFACES = 65536;

/** True for the first bytes of a pcapng file. */
export function isPcapng(view: DataView): boolean {
  return view.getUint32(0) === SECTION_HEADER;
}
