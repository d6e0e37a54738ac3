/** Names of LINKTYPE_ values, as libpcap has them, for when it cannot be asked. */
const NAMES: ReadonlyMap<number, readonly [name: string, description: string]> = new Map([
  [0, ["NULL", "BSD loopback"]],
  [1, ["EN10MB", "Ethernet"]],
  [101, ["RAW", "Raw IP"]],
  [105, ["IEEE802_11", "802.11"]],
  [108, ["LOOP", "OpenBSD loopback"]],
  [113, ["LINUX_SLL", "Linux cooked v1"]],
  [127, ["IEEE802_11_RADIO", "802.11 plus radiotap header"]],
  [276, ["LINUX_SLL2", "Linux cooked v2"]],
]);

/** A link type's name and description; its number and "" when they are not known. */
export function linkNameOf(linkType: number): readonly [name: string, description: string] {
  return NAMES.get(linkType) ?? [String(linkType), ""];
}
