import { PROTECTED, RETRY, TYPE_DATA, TYPE_MANAGEMENT } from "../wire/ieee80211.ts";
import type { Field } from "./field.ts";
import { addressField, numberField, partField } from "./fields-link.ts";
import type { PacketSubject } from "./packet-subject.ts";

const hasFrame = ({ packet }: PacketSubject): boolean => packet.hasIeee80211;
const hasAddresses = ({ packet }: PacketSubject): boolean => packet.hasIeee80211 && packet.ieee80211.sourceAt !== 0;
const hasServiceSet = ({ packet }: PacketSubject): boolean =>
  packet.hasIeee80211 && packet.ieee80211.basicServiceSetAt !== 0;
const hasSequence = ({ packet: { hasIeee80211, ieee80211 } }: PacketSubject): boolean =>
  hasIeee80211 && (ieee80211.type === TYPE_MANAGEMENT || ieee80211.type === TYPE_DATA);

/** IEEE 802.11. */
export const IEEE80211_FIELDS: readonly Field<PacketSubject>[] = [
  partField("wlan", "an IEEE 802.11 frame", hasFrame, ({ packet }) => packet.ieee80211.at),
  addressField("ethernet", "wlan.sa", "source address", hasAddresses, ({ packet }) => packet.ieee80211.sourceAt),
  addressField(
    "ethernet",
    "wlan.da",
    "destination address",
    hasAddresses,
    ({ packet }) => packet.ieee80211.destinationAt,
  ),
  addressField(
    "ethernet",
    "wlan.bssid",
    "address of the basic service set",
    hasServiceSet,
    ({ packet }) => packet.ieee80211.basicServiceSetAt,
  ),
  numberField(
    "number",
    "wlan.fc.type",
    "0 management, 1 control, 2 data, 3 extension",
    hasFrame,
    ({ packet }) => packet.ieee80211.type,
  ),
  numberField("number", "wlan.fc.subtype", "subtype of the frame", hasFrame, ({ packet }) => packet.ieee80211.subtype),
  numberField("boolean", "wlan.fc.retry", "the frame was sent before", hasFrame, ({ packet }) =>
    Number((packet.ieee80211.flags & RETRY) !== 0),
  ),
  numberField("boolean", "wlan.fc.protected", "the frame is encrypted", hasFrame, ({ packet }) =>
    Number((packet.ieee80211.flags & PROTECTED) !== 0),
  ),
  numberField(
    "number",
    "wlan.seq",
    "sequence number of a management or data frame",
    hasSequence,
    ({ packet }) => packet.ieee80211.sequenceNumber,
  ),
];
