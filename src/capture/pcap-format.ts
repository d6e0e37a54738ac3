/** Length of the file header, in bytes. */
export const PCAP_HEADER = 24;
/** Length of the header of a record, in bytes. */
export const RECORD_HEADER = 16;
/** Length of the header of a record in a file of the modified format, in bytes. */
export const MODIFIED_RECORD_HEADER = 24;

/** First four bytes of a file, in the byte order of its writer: times in microseconds. */
export const PCAP_MICRO = 0xa1b2c3d4;
/** Times in nanoseconds. */
export const PCAP_NANO = 0xa1b23c4d;
/** Times in microseconds, and eight more bytes in every record's header: a format of old Linux distributions. */
export const PCAP_MODIFIED = 0xa1b2cd34;

/** Captured bytes of a frame at most, and what a snap length of 0 stands for. A larger length is damage, as libpcap and Wireshark see it. */
export const MAXIMUM_CAPTURED_LENGTH = 262144;

/** LINKTYPE_ETHERNET (pcap-linktype(7)). */
export const LINKTYPE_ETHERNET = 1;
const LINKTYPE_DBUS = 231;
const LINKTYPE_USBPCAP = 249;
const LINKTYPE_EBHSCR = 279;

/** Captured bytes of a frame at most, on links of a type: the limits of libpcap. */
export function maximumCapturedLength(linkType: number): number {
  if (linkType === LINKTYPE_DBUS || linkType === LINKTYPE_USBPCAP) return 1 << 27;
  return linkType === LINKTYPE_EBHSCR ? 1 << 23 : MAXIMUM_CAPTURED_LENGTH;
}
