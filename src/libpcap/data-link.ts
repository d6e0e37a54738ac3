/**
 * LINKTYPE_ values, which files hold, whose DLT_ value, which libpcap's functions
 * take, is another number on this platform; all others are the same
 * (pcap-linktype(7): files are read on any platform, DLT_ values grew apart).
 */
const DATA_LINKS: ReadonlyMap<number, number> = new Map([
  // ATM_RFC1483
  [100, 11],
  // RAW
  [101, process.platform === "openbsd" ? 14 : 12],
  // SLIP_BSDOS, PPP_BSDOS
  [102, process.platform === "freebsd" ? 13 : 15],
  [103, process.platform === "freebsd" ? 14 : 16],
  // ATM_CLIP
  [106, 19],
  // LOOP, ENC
  [108, process.platform === "openbsd" ? 12 : 108],
  [109, process.platform === "openbsd" ? 13 : 109],
]);

/** The DLT_ value of this platform's libpcap for a LINKTYPE_ value. */
export function dataLinkOf(linkType: number): number {
  return DATA_LINKS.get(linkType) ?? linkType;
}
