/** How a field is read: a number is a text of so many bytes. */
type Form =
  | number
  | "bearer"
  | "bearers"
  | "code"
  | "error"
  | "framing"
  | "framings"
  | "hex"
  | "reserved16"
  | "reserved8"
  | "u16"
  | "u32"
  | "version";

export interface Field {
  readonly form: Form;
  readonly label: string;
  /** Meanings of a code. */
  readonly names?: readonly string[];
}

interface Message {
  readonly name: string;
  readonly fields: readonly Field[];
}

const field = (form: Form, label = ""): Field => ({ form, label });
const code = (label: string, ...names: readonly string[]): Field => ({ form: "code", label, names: ["", ...names] });

const VERSION = field("version");
const ERROR = field("error");
const RESERVED = field("reserved16");
const CALL = field("u16", "CALL_ID");
const PEER_CALL = field("u16", "PEER_CALL_ID");
const SERIAL = field("u16", "CALL_SER_NUM");
const WINDOW = field("u16", "RECV_WIN");
const DELAY = field("u16", "PROC_DELAY");
const CAUSE = field("u16", "CAUSE_CODE");
const SPEED = field("u32", "CONN_SPEED");
const CHANNEL = field("u32", "PHY_CHAN_ID");
const STARTED: readonly Field[] = [
  field("framings"),
  field("bearers"),
  field("u16", "MAX_CHAN"),
  field("u16", "FIRM_REV"),
  field(64, "HOSTNAME"),
  field(64, "VENDOR"),
];
const OK_OR_ERROR = code("RESULT_CODE", "OK", "General Error");

/** Control messages by type (RFC 2637 section 2). */
export const MESSAGES: readonly Message[] = [
  { name: "NOT_DEFINED", fields: [] },
  { name: "SCCRQ", fields: [VERSION, RESERVED, ...STARTED] },
  {
    name: "SCCRP",
    fields: [
      VERSION,
      code(
        "RESULT_CODE",
        "Successful channel establishment",
        "General error",
        "Command channel already exists",
        "Requester is not authorized to establish a command channel",
        "The protocol version of the requester is not supported",
      ),
      ERROR,
      ...STARTED,
    ],
  },
  {
    name: "StopCCRQ",
    fields: [code("REASON", "None", "Stop-Protocol", "Stop-Local-Shutdown"), field("reserved8"), RESERVED],
  },
  { name: "StopCCRP", fields: [OK_OR_ERROR, ERROR, RESERVED] },
  { name: "ECHORQ", fields: [field("u32", "ID")] },
  { name: "ECHORP", fields: [field("u32", "ID"), OK_OR_ERROR, ERROR, RESERVED] },
  {
    name: "OCRQ",
    fields: [
      CALL,
      SERIAL,
      field("u32", "MIN_BPS"),
      field("u32", "MAX_BPS"),
      field("bearer"),
      field("framing"),
      WINDOW,
      DELAY,
      field("u16", "PHONE_NO_LEN"),
      RESERVED,
      field(64, "PHONE_NO"),
      field(64, "SUB_ADDR"),
    ],
  },
  {
    name: "OCRP",
    fields: [
      CALL,
      PEER_CALL,
      code(
        "RESULT_CODE",
        "Connected",
        "General Error",
        "No Carrier",
        "Busy",
        "No Dial Tone",
        "Time-out",
        "Do Not Accept",
      ),
      ERROR,
      CAUSE,
      SPEED,
      WINDOW,
      DELAY,
      CHANNEL,
    ],
  },
  {
    name: "ICRQ",
    fields: [
      CALL,
      SERIAL,
      field("bearer"),
      CHANNEL,
      field("u16", "DIALED_NO_LEN"),
      field("u16", "DIALING_NO_LEN"),
      field(64, "DIALED_NO"),
      field(64, "DIALING_NO"),
      field(64, "SUB_ADDR"),
    ],
  },
  {
    name: "ICRP",
    fields: [
      CALL,
      PEER_CALL,
      code("RESULT_CODE", "Connect", "General Error", "Do Not Accept"),
      ERROR,
      WINDOW,
      DELAY,
      RESERVED,
    ],
  },
  { name: "ICCN", fields: [PEER_CALL, RESERVED, SPEED, WINDOW, DELAY, field("framing")] },
  { name: "CCRQ", fields: [CALL, RESERVED] },
  {
    name: "CDN",
    fields: [
      CALL,
      code("RESULT_CODE", "Lost Carrier", "General Error", "Admin Shutdown", "Request"),
      ERROR,
      CAUSE,
      RESERVED,
      field(128, "CALL_STATS"),
    ],
  },
  {
    name: "WEN",
    fields: [
      PEER_CALL,
      RESERVED,
      field("u32", "CRC_ERR"),
      field("u32", "FRAMING_ERR"),
      field("u32", "HARDWARE_OVERRUN"),
      field("u32", "BUFFER_OVERRUN"),
      field("u32", "TIMEOUT_ERR"),
      field("u32", "ALIGN_ERR"),
    ],
  },
  { name: "SLI", fields: [PEER_CALL, RESERVED, field("hex", "SEND_ACCM"), field("hex", "RECV_ACCM")] },
];
