// Answers each IPv4 packet that comes on an interface for 10.6.0.N with ICMP "destination unreachable", code N:
//   node test/live/reply.js INTERFACE ROUTER
// ROUTER is the address that the errors come from. Says "ready" when it listens.
import fs from "node:fs";
import koffi from "koffi";

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_IP = 0x0800;
const FRAME = 2048;
const IP = 14;
const IP_LENGTH = 20;
const ICMP_LENGTH = 8;
const QUOTED = 28;
const NETWORK = 0x0a0600;

const [name = "", router = ""] = process.argv.slice(2);
const c = koffi.load(null);
const receive = c.func("long recv(int descriptor, _Out_ uint8_t *bytes, unsigned long length, int flags)");
const send = c.func("long send(int descriptor, const uint8_t *bytes, unsigned long length, int flags)");

function openSocket() {
  const network = ((ETH_P_IP & 0xff) << 8) | (ETH_P_IP >> 8);
  const descriptor = c.func("int socket(int domain, int type, int protocol)")(AF_PACKET, SOCK_RAW, network);
  const index = c.func("unsigned int if_nametoindex(const char *name)")(name);
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, AF_PACKET, true);
  address.setUint16(2, ETH_P_IP);
  address.setInt32(4, index, true);
  const bind = c.func("int bind(int descriptor, const uint8_t *address, uint32_t length)");
  if (bind(descriptor, new Uint8Array(address.buffer), 20) !== 0) throw new Error(`${name}: no packet socket`);
  return descriptor;
}

/** Sum of RFC 1071. @param {DataView} view @param {number} at @param {number} length */
function checksum(view, at, length) {
  let sum = 0;
  for (let i = 0; i < length; i += 2) sum += view.getUint16(at + i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The error for a packet. @param {Uint8Array} bytes @param {DataView} view */
function errorFor(bytes, view) {
  const error = new Uint8Array(IP + IP_LENGTH + ICMP_LENGTH + QUOTED);
  const out = new DataView(error.buffer);
  error.set(bytes.subarray(6, 12), 0);
  error.set(bytes.subarray(0, 6), 6);
  out.setUint16(12, ETH_P_IP);
  out.setUint8(IP, 0x45);
  out.setUint16(IP + 2, error.length - IP);
  out.setUint8(IP + 8, 64);
  out.setUint8(IP + 9, 1);
  error.set(router.split(".").map(Number), IP + 12);
  error.set(bytes.subarray(IP + 12, IP + 16), IP + 16);
  out.setUint16(IP + 10, checksum(out, IP, IP_LENGTH));
  const icmp = IP + IP_LENGTH;
  out.setUint8(icmp, 3);
  out.setUint8(icmp + 1, view.getUint8(IP + 19));
  error.set(bytes.subarray(IP, IP + QUOTED), icmp + ICMP_LENGTH);
  out.setUint16(icmp + 2, checksum(out, icmp, ICMP_LENGTH + QUOTED));
  return error;
}

const descriptor = openSocket();
fs.writeSync(2, "ready\n");
const bytes = new Uint8Array(FRAME);
const view = new DataView(bytes.buffer);
for (;;) {
  const length = receive(descriptor, bytes, FRAME, 0);
  if (length < IP + QUOTED || view.getUint32(IP + 16) >>> 8 !== NETWORK) continue;
  const error = errorFor(bytes, view);
  send(descriptor, error, error.length, 0);
}
