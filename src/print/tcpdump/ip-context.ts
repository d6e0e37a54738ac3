/** The IP packet around a transport header: what its printer needs to know of it. */
export class IpContext {
  version: 4 | 6 = 4;
  /** Where the IP header starts. */
  at = 0;
  sourceAt = 0;
  destinationAt = 0;
  /** Where the destination for checksums is: the end of a source route, or `destinationAt`. */
  finalDestinationAt = 0;
  /** 4 or 16. */
  addressLength = 4;
  /** Protocol or next header of the IP header itself: addresses stand before the ports only where the transport follows at once. */
  protocol = 0;
  /** More fragments follow, or (IPv6) there is a Fragment header: no checksum can be verified. */
  fragmented = false;
  /** Payload length field is 0 (jumbo). */
  zeroLength = false;
}
