/** Names of IEEE 802.11 frames as Wireshark has them, by type and subtype. */

const RESERVED = "Unrecognized (Reserved frame)";

const NAMES: readonly (readonly string[])[] = [
  [
    "Association Request",
    "Association Response",
    "Reassociation Request",
    "Reassociation Response",
    "Probe Request",
    "Probe Response",
    "Measurement Pilot",
    RESERVED,
    "Beacon frame",
    "ATIM",
    "Disassociate",
    "Authentication",
    "Deauthentication",
    "Action",
    "Action No Ack",
    "Aruba Management",
  ],
  [
    RESERVED,
    RESERVED,
    "Trigger Beamforming Report Poll (BRP)",
    RESERVED,
    "Beamforming Report Poll",
    "VHT/HE NDP Announcement",
    RESERVED,
    "Control Wrapper",
    "802.11 Block Ack Req",
    "802.11 Block Ack",
    "Power-Save poll",
    "Request-to-send",
    "Clear-to-send",
    "Acknowledgement",
    "CF-End (Control-frame)",
    "CF-End + CF-Ack (Control-frame)",
  ],
  [
    "Data",
    "Data + CF-Ack",
    "Data + CF-Poll",
    "Data + CF-Ack + CF-Poll",
    "Null function (No data)",
    "Acknowledgement (No data)",
    "CF-Poll (No data)",
    "CF-Ack/Poll (No data)",
    "QoS Data",
    "QoS Data + CF-Acknowledgment",
    "QoS Data + CF-Poll",
    "QoS Data + CF-Ack + CF-Poll",
    "QoS Null function (No data)",
    RESERVED,
    "QoS CF-Poll (No Data)",
    "QoS CF-Ack + CF-Poll (No data)",
  ],
  ["DMG Beacon", "S1G Beacon"],
];

/** Name of a frame by its type, 0 to 3, and subtype, 0 to 15. */
export function frameName(type: number, subtype: number): string {
  return NAMES[type]?.[subtype] ?? RESERVED;
}

/** Flags of frame control, one letter each, a dot where a flag is not set. */
export function flagLetters(flags: number): string {
  return [..."opmPRMFT"].map((letter, i) => ((flags >> (7 - i)) & 1 ? letter : ".")).join("");
}
