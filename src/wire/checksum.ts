/**
 * The Internet checksum (RFC 1071): a ones' complement sum of 16-bit words.
 * Sums are carried as plain numbers and folded once at the end, which is exact
 * up to 2^21 words of 32 bits.
 */

/**
 * Adds the words of `view[at, end)` to `sum`; an odd last byte is padded with
 * zero. Words of 32 bits are added where they fit: their halves come together
 * when the sum is folded (RFC 1071 section 2 (C)).
 */
export function addWords(view: DataView, at: number, end: number, sum: number): number {
  let total = sum;
  let i = at;
  if (end - at >= 16) {
    // Four sums that do not wait for each other.
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (; i + 16 <= end; i += 16) {
      total += view.getUint32(i);
      second += view.getUint32(i + 4);
      third += view.getUint32(i + 8);
      fourth += view.getUint32(i + 12);
    }
    total += second + third + fourth;
  }
  for (; i + 4 <= end; i += 4) total += view.getUint32(i);
  if (i + 2 <= end) {
    total += view.getUint16(i);
    i += 2;
  }
  if (i < end) total += view.getUint8(i) << 8;
  return total;
}

/** Folds a sum to 16 bits; 0xffff means that the checksum inside the summed bytes is right. */
export function foldSum(sum: number): number {
  const low = sum >>> 0;
  const high = (sum - low) / 0x100000000;
  // `high` is below 2^21, so that what follows are whole numbers of 32 bits.
  let folded = (low & 0xffff) + (low >>> 16) + (high & 0xffff) + (high >>> 16);
  folded = (folded & 0xffff) + (folded >>> 16);
  return (folded & 0xffff) + (folded >>> 16);
}

/**
 * Sum of the pseudo-header of TCP, UDP and ICMPv6: addresses, protocol and
 * length (RFC 9293 section 3.1; RFC 8200 section 8.1).
 */
export function pseudoHeaderSum(
  view: DataView,
  sourceAt: number,
  destinationAt: number,
  addressLength: number,
  protocol: number,
  length: number,
): number {
  // Of a length beyond 16 bits, the halves come together when the sum is folded.
  if (addressLength === 4) return view.getUint32(sourceAt) + view.getUint32(destinationAt) + protocol + length;
  const sum = addWords(view, sourceAt, sourceAt + addressLength, 0);
  return addWords(view, destinationAt, destinationAt + addressLength, sum) + protocol + length;
}

/**
 * The checksum that the field should hold, given the folded sum over everything
 * with the field as it is (RFC 1624 section 3).
 */
export function rightChecksum(field: number, folded: number): number {
  // Take the field out of the sum (in ones' complement), then complement.
  const rest = foldSum(folded + (~field & 0xffff));
  const right = ~rest & 0xffff;
  return right;
}
