// Sends frames through a packet socket, so many a second, and prints how many it sent:
//   node test/live/send.js INTERFACE COUNT [RATE [CONNECTIONS [bypass]]]
// They are segments of TCP connections, data one way and acknowledgments back, of 74 to 114 bytes; the frame's number is in bytes
// 28 to 31 of what it carries. They are of and for hosts that there are not: nothing answers. RATE 0 is as fast as it goes.
// With "bypass", frames pass by the interface's queue, and by whoever captures on the interface that sends.
import fs from "node:fs";
import { FrameSender } from "./packet-socket.js";

const ETH_P_IP = 0x0800;
const SLOT = 128;
const SECOND = 1000;
const IP = 14;
const TCP = 34;
const PAYLOAD = 54;
const DATA_LENGTH = 60;
const ACK_LENGTH = 20;

const [name = "", count = "0", rate = "0", connections = "100", bypass = ""] = process.argv.slice(2);

/** What all frames have. @param {DataView} view @param {number} at */
function template(view, at) {
  view.setUint32(at, 0x02000000);
  view.setUint16(at + 4, 2);
  view.setUint32(at + 6, 0x02000000);
  view.setUint16(at + 10, 1);
  view.setUint16(at + 12, ETH_P_IP);
  view.setUint8(at + IP, 0x45);
  view.setUint8(at + IP + 8, 64);
  view.setUint8(at + IP + 9, 6);
  view.setUint8(at + TCP + 12, 0x50);
  view.setUint16(at + TCP + 14, 0xffff);
}

/** Frame `number`: its connection's data or, every second time, the acknowledgment. @param {DataView} view @param {number} at @param {number} number */
function fill(view, at, number) {
  const isAnswer = number % 2 === 1;
  const turn = Math.floor(number / 2);
  const flow = turn % Number(connections);
  const round = Math.floor(turn / Number(connections));
  const length = isAnswer ? ACK_LENGTH : DATA_LENGTH;
  const data = 1000 + round * DATA_LENGTH;
  const acknowledged = 1000 + round * ACK_LENGTH;
  const [from, to] = isAnswer ? [0x0a000002, 0x0a000001] : [0x0a000001, 0x0a000002];
  view.setUint16(at + IP + 2, 40 + length);
  view.setUint32(at + IP + 12, from);
  view.setUint32(at + IP + 16, to);
  view.setUint16(at + TCP, isAnswer ? 443 : 10_000 + flow);
  view.setUint16(at + TCP + 2, isAnswer ? 10_000 + flow : 443);
  view.setUint32(at + TCP + 4, (isAnswer ? acknowledged : data) >>> 0);
  view.setUint32(at + TCP + 8, (isAnswer ? data + DATA_LENGTH : acknowledged) >>> 0);
  view.setUint8(at + TCP + 13, 0x18);
  view.setUint32(at + PAYLOAD, number);
  return PAYLOAD + length;
}

const sender = new FrameSender(name, SLOT, bypass === "bypass");
for (let slot = 0; slot < sender.batch; slot++) template(sender.view, slot * SLOT);
const pause = new Int32Array(new SharedArrayBuffer(4));
const begin = performance.now();
while (sender.sent < Number(count)) {
  const due = Number(rate) === 0 ? Number(count) : Math.floor(((performance.now() - begin) * Number(rate)) / SECOND);
  const now = Math.min(sender.batch, Number(count) - sender.sent, due - sender.sent);
  if (now <= 0) {
    Atomics.wait(pause, 0, 0, 0.2);
    continue;
  }
  for (let i = 0; i < now; i++) sender.setLength(i, fill(sender.view, i * SLOT, sender.sent + i));
  // A full queue: the rest of the batch is sent again.
  sender.send(now);
}
const seconds = (performance.now() - begin) / SECOND;
fs.writeSync(1, `${JSON.stringify({ sent: sender.sent, seconds, rate: Math.round(sender.sent / seconds) })}\n`);
