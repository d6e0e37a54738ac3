/**
 * Text of addresses. IPv6 by RFC 5952: lower case, no leading zeros, the first
 * longest run of two or more zero groups as "::".
 */

/** Dotted text of the 4 bytes at `at`. */
export function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** Text of the 16 bytes at `at`; embedded IPv4 (::ffff:0:0/96, and ::/96 beyond ::1) is dotted, as inet_ntop(3) does. */
export function ipv6Text(bytes: Uint8Array, at: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[at + i] ?? 0) << 8) | (bytes[at + i + 1] ?? 0));
  const [start, length] = longestZeroRun(groups);
  if (start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff))) {
    return `::${length === 5 ? "ffff:" : ""}${ipv4Text(bytes, at + 12)}`;
  }
  if (length < 2) return groups.map((group) => group.toString(16)).join(":");
  const head = groups.slice(0, start).map((group) => group.toString(16));
  const tail = groups.slice(start + length).map((group) => group.toString(16));
  return `${head.join(":")}::${tail.join(":")}`;
}

/** Start and length of the first longest run of zero groups. */
function longestZeroRun(groups: readonly number[]): [number, number] {
  let best = 0;
  let bestLength = 0;
  let length = 0;
  groups.forEach((group, index) => {
    length = group === 0 ? length + 1 : 0;
    if (length > bestLength) {
      bestLength = length;
      best = index - length + 1;
    }
  });
  return [best, bestLength];
}

/** Text of an IPv4 (4 bytes) or IPv6 (16 bytes) address. */
export function addressText(bytes: Uint8Array, at: number, length: number): string {
  return length === 4 ? ipv4Text(bytes, at) : ipv6Text(bytes, at);
}

/** Colon-separated hexadecimal text of a link-layer address. */
export function macText(bytes: Uint8Array, at: number, length = 6): string {
  let text = "";
  for (let i = 0; i < length; i++) text += (i > 0 ? ":" : "") + (bytes[at + i] ?? 0).toString(16).padStart(2, "0");
  return text;
}
