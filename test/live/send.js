// Sends frames through a packet socket, so many a second, and prints how many it sent:
//   node test/live/send.js INTERFACE COUNT [RATE [CONNECTIONS [bypass]]]
// They are segments of TCP connections, data one way and acknowledgments back, of 74 to 114 bytes; the frame's number is in bytes
// 28 to 31 of what it carries. They are of and for hosts that there are not: nothing answers. RATE 0 is as fast as it goes.
// With "bypass", frames pass by the interface's queue, and by whoever captures on the interface that sends.
import fs from "node:fs";
import koffi from "koffi";

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_IP = 0x0800;
const SOL_PACKET = 263;
const PACKET_QDISC_BYPASS = 20;
const BATCH = 32;
const SLOT = 128;
const SECOND = 1000;
const IP = 14;
const TCP = 34;
const PAYLOAD = 54;
const DATA_LENGTH = 60;
const ACK_LENGTH = 20;

const [name = "", count = "0", rate = "0", connections = "100", bypass = ""] = process.argv.slice(2);
const c = koffi.load(null);
const sendmmsg = c.func("int sendmmsg(int descriptor, void *messages, unsigned int count, int flags)");

/** A packet socket that is bound to an interface. @param {string} interfaceName */
function openSocket(interfaceName) {
  const descriptor = c.func("int socket(int domain, int type, int protocol)")(AF_PACKET, SOCK_RAW, 0);
  const index = c.func("unsigned int if_nametoindex(const char *name)")(interfaceName);
  if (descriptor < 0 || index === 0) throw new Error(`${interfaceName}: no packet socket (root is needed)`);
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, AF_PACKET, true);
  address.setUint16(2, ETH_P_IP);
  address.setInt32(4, index, true);
  const bound = c.func("int bind(int descriptor, const uint8_t *address, uint32_t length)");
  if (bound(descriptor, new Uint8Array(address.buffer), 20) !== 0) throw new Error(`${interfaceName}: bind failed`);
  if (bypass !== "bypass") return descriptor;
  const set = c.func("int setsockopt(int d, int level, int option, const uint8_t *value, uint32_t length)");
  set(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, Uint8Array.of(1, 0, 0, 0), 4);
  return descriptor;
}

/** Native memory for a batch of frames, and the `struct mmsghdr` array that points at them. */
function messages() {
  const frames = koffi.alloc("uint8_t", BATCH * SLOT);
  const vectors = koffi.alloc("uint64_t", BATCH * 2);
  const headers = koffi.alloc("uint64_t", BATCH * 8);
  const frameView = new DataView(koffi.view(frames, BATCH * SLOT));
  const vectorWords = new BigUint64Array(koffi.view(vectors, BATCH * 16));
  const headerWords = new BigUint64Array(koffi.view(headers, BATCH * 64)).fill(0n);
  for (let i = 0; i < BATCH; i++) {
    vectorWords[2 * i] = koffi.address(frames) + BigInt(i * SLOT);
    headerWords[8 * i + 2] = koffi.address(vectors) + BigInt(16 * i);
    headerWords[8 * i + 3] = 1n;
    template(frameView, i * SLOT);
  }
  return { headers, frames: frameView, lengths: vectorWords };
}

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

const descriptor = openSocket(name);
const { headers, frames, lengths } = messages();
const pause = new Int32Array(new SharedArrayBuffer(4));
const begin = performance.now();
let sent = 0;
while (sent < Number(count)) {
  const due = Number(rate) === 0 ? Number(count) : Math.floor(((performance.now() - begin) * Number(rate)) / SECOND);
  const now = Math.min(BATCH, Number(count) - sent, due - sent);
  if (now <= 0) {
    Atomics.wait(pause, 0, 0, 0.2);
    continue;
  }
  for (let i = 0; i < now; i++) lengths[2 * i + 1] = BigInt(fill(frames, i * SLOT, sent + i));
  const done = sendmmsg(descriptor, headers, now, 0);
  // A full queue: the rest of the batch is sent again.
  if (done > 0) sent += done;
}
const seconds = (performance.now() - begin) / SECOND;
fs.writeSync(1, `${JSON.stringify({ sent, seconds, rate: Math.round(sent / seconds) })}\n`);
