import type { Output } from "./output.ts";

const REPLY = 1;
const FORWARD = 2;
const FUNCTION = 2;
const RECEIPT = 2;
const ADDRESS = 6;
/** Skip counts are multiples of what one forwarding takes. */
const STEP = FUNCTION + ADDRESS;

/** Prints a message of the Configuration Testing Protocol (Ethernet 2.0 section 8): numbers are little-endian. */
export function printLoopbackTest(out: Output, at: number, length: number): void {
  const { sink } = out;
  out.protocol = "loopback";
  sink.text("Loopback");
  if (length < 2) {
    refuse(out, at, length);
    return;
  }
  if (!out.need(at, 2)) return;
  const skip = out.view.getUint16(at, true);
  sink.text(`, skipCount ${skip}`);
  if (skip % STEP !== 0) sink.text(" (bogus)");
  if (skip > length - 2) {
    refuse(out, at + 2, length - 2);
    return;
  }
  printMessage(out, at + 2 + skip, length - 2 - skip);
}

/** What is too short is said to be, and whether even that was captured. */
function refuse(out: Output, at: number, length: number): void {
  out.invalid();
  out.need(at, length);
}

function printMessage(out: Output, at: number, length: number): void {
  const { sink } = out;
  if (length < FUNCTION) {
    refuse(out, at, length);
    return;
  }
  if (!out.need(at, FUNCTION)) return;
  const type = out.view.getUint16(at, true);
  const left = length - FUNCTION;
  if (type !== REPLY && type !== FORWARD) {
    sink.text(`,  invalid (${type})`);
    out.need(at + FUNCTION, left);
    return;
  }
  sink.text(type === REPLY ? ", Reply" : ", Forward Data");
  const size = type === REPLY ? RECEIPT : ADDRESS;
  if (left < size) {
    refuse(out, at + FUNCTION, left);
    return;
  }
  if (!out.need(at + FUNCTION, size)) return;
  if (type === REPLY) sink.text(`, receipt number ${out.view.getUint16(at + FUNCTION, true)}`);
  else {
    sink.text(", forwarding address ");
    out.mac(at + FUNCTION);
  }
  sink.text(`, data (${left - size} octets)`);
  out.need(at + FUNCTION + size, left - size);
}
