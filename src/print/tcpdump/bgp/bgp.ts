import { familiesText } from "./names.ts";
import { printNotification } from "./notification.ts";
import { printOpen } from "./open.ts";
import { printUpdate } from "./update.ts";
import type { Output } from "../output.ts";

const MARKER = 16;
const TYPE_AT = 18;
const HEADER = 19;
const ROUTE_REFRESH = 23;

const MESSAGES: readonly (string | undefined)[] = [
  undefined,
  "Open",
  "Update",
  "Notification",
  "Keepalive",
  "Route Refresh",
];

/** Prints the BGP messages of a segment (RFC 4271), with `-v`: bytes before a marker belong to a message that started earlier. */
export function printBgp(out: Output, from: number): void {
  out.protocol = "bgp";
  out.sink.text(": BGP");
  if (out.options.verbosity === 0) return;
  let expected = from;
  for (let at = nextMarker(out, from); at >= 0; at = nextMarker(out, expected)) {
    if (!out.need(at, HEADER)) return;
    if (at > expected) out.truncated("bgp");
    const length = out.u16(at + MARKER);
    if (length < HEADER) {
      out.sink.text(`\nmessage length ${length} < ${HEADER}`);
      out.invalid();
      return;
    }
    if (!out.has(at, length)) {
      out.sink.text(`\n[|BGP ${MESSAGES[out.u8(at + TYPE_AT)] ?? "Unknown Message Type"}]`);
      return;
    }
    printMessage(out, at, length);
    if (out.cut) return;
    expected = at + length;
  }
}

/** Where 16 bytes of ones are, at `from` or later; -1 where there are none. */
function nextMarker(out: Output, from: number): number {
  let ones = 0;
  for (let at = from; at < out.limit; at++) {
    if (out.bytes[at] !== 0xff) ones = 0;
    else if (++ones === MARKER) return at + 1 - MARKER;
  }
  return -1;
}

function printMessage(out: Output, at: number, length: number): void {
  const type = out.u8(at + TYPE_AT);
  const end = at + length;
  out.sink.text(`\n\t${MESSAGES[type] ?? "Unknown"} Message (${type}), length: ${length}`);
  switch (type) {
    case 1:
      printOpen(out, at + HEADER, end);
      break;
    case 2:
      printUpdate(out, at + HEADER, end);
      break;
    case 3:
      printNotification(out, at + HEADER, end);
      break;
    case 4:
      break;
    case 5:
      printRouteRefresh(out, at, length);
      break;
    default:
      out.sink.text(`\n\t  no Message ${type} decoder`);
      out.hexLines(at, length, "\n\t  ");
  }
}

/** RFC 2918 section 3. */
function printRouteRefresh(out: Output, at: number, length: number): void {
  if (!out.has(at, ROUTE_REFRESH)) {
    out.truncated("bgp");
    return;
  }
  if (length < ROUTE_REFRESH) return;
  out.sink.text(`\n\t  ${familiesText(out.u16(at + HEADER), out.u8(at + HEADER + 3))}`);
  if (out.options.verbosity > 1) out.hexLines(at, length, "\n\t  ");
}
