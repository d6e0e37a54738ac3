/** Internet Group Management Protocol (RFC 1112, RFC 2236, RFC 3376). */

export const IGMP_QUERY = 0x11;
export const IGMP_V1_REPORT = 0x12;
export const IGMP_DVMRP = 0x13;
export const IGMP_PIM = 0x14;
export const IGMP_V2_REPORT = 0x16;
export const IGMP_LEAVE = 0x17;
export const IGMP_TRACE_RESPONSE = 0x1e;
export const IGMP_TRACE = 0x1f;
export const IGMP_V3_REPORT = 0x22;

/** Length of a message of version 1 or 2, and least length of a query of version 3, in bytes. */
export const IGMP_MESSAGE = 8;
export const IGMP_V3_QUERY = 12;

/** Maximum response time in tenths of a second, from its code (RFC 3376 section 4.1.1): above 127, a mantissa of 4 bits and an exponent of 3. */
export function decodedTime(code: number): number {
  return code < 128 ? code : ((code & 0x0f) | 0x10) << (((code & 0x70) >> 4) + 3);
}
