// Writes a large capture of TCP connections to measure with: the same options give the same bytes. Many connections are open at
// once: handshakes with the usual options, requests and responses, some segments sent again after duplicate ACKs, closes with
// FIN, some refused and some unanswered SYNs. Ethernet, IPv4, checksums that are right, microseconds that rise.
import fs from "node:fs";

/**
 * @typedef {object} CaptureOptions
 * @property {number} packets
 * @property {number} flows
 * @property {number} [payload] of a usual segment, in bytes
 * @property {number} [loss] share of segments that are sent again
 * @property {number} [seed]
 */

const OPEN_AT_ONCE = 2000;
const FLUSH = 1 << 20;
const MOST_PAYLOAD = 1448;
const FIRST_SECOND = 1_700_000_000;
const PORTS = [443, 3306, 5432, 9092, 27017];
const [FIN, SYN, RST, PSH, ACK] = [1, 2, 4, 8, 16];
const SYN_OPTIONS = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7];
const HEADERS = 14 + 20;

/** A linear congruential generator (Numerical Recipes): whole numbers below `n`. @param {number} seed */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return (/** @type {number} */ n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** @param {number} index @param {(n: number) => number} random @param {number} most */
function newFlow(index, random, most) {
  const fate = random(100);
  return {
    client: [10, (index >> 16) & 255, (index >> 8) & 255, 1 + (index % 250)],
    server: [192, 168, index % 7, 1 + (index % 50)],
    ports: [32768 + random(28232), PORTS[random(PORTS.length)] ?? 443],
    next: [random(2 ** 32), random(2 ** 32)],
    time: random(2 ** 31),
    kind: fate === 0 ? "refused" : fate === 1 ? "silent" : "ok",
    step: 0,
    left: random(most),
  };
}

/** @typedef {ReturnType<typeof newFlow>} Flow */

/** Ones' complement sum of 16-bit words (RFC 1071). @param {DataView} view @param {number} from @param {number} to @param {number} sum */
function checksum(view, from, to, sum) {
  for (let at = from; at + 1 < to; at += 2) sum += view.getUint16(at);
  if ((to - from) % 2 === 1) sum += view.getUint8(to - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

class CaptureFile {
  #bytes = new Uint8Array(FLUSH + 4096);
  #view = new DataView(this.#bytes.buffer);
  #have = 24;
  #descriptor;
  #random;
  #text;
  #microseconds = 0;
  #identification = 0;
  packets = 0;

  /** @param {string} path @param {(n: number) => number} random */
  constructor(path, random) {
    this.#descriptor = fs.openSync(path, "w");
    this.#random = random;
    this.#text = Uint8Array.from({ length: 65536 }, () => 32 + random(95));
    for (const [at, value] of [
      [0, 0xa1b2c3d4],
      [4, 0x00040002],
      [16, 262144],
      [20, 1],
    ])
      this.#view.setUint32(at ?? 0, value ?? 0, true);
  }

  /**
   * @param {Flow} flow @param {0 | 1} from client or server @param {number} flags @param {number} payload in bytes
   * @param {number} [again] how far back the sequence number is
   */
  segment(flow, from, flags, payload, again = 0) {
    const to = from === 0 ? 1 : 0;
    const optionBytes = flags & SYN ? SYN_OPTIONS.length : 12;
    const length = 40 + optionBytes + payload;
    const view = this.#view;
    this.#microseconds += 1 + this.#random(8);
    const record = this.#have;
    view.setUint32(record, FIRST_SECOND + Math.floor(this.#microseconds / 1e6), true);
    view.setUint32(record + 4, this.#microseconds % 1e6, true);
    view.setUint32(record + 8, length + 14, true);
    view.setUint32(record + 12, length + 14, true);
    const at = record + 16;
    this.#bytes.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0], at);
    const [source, destination] = from === 0 ? [flow.client, flow.server] : [flow.server, flow.client];
    this.#ip(at + 14, length, source, destination);
    const tcp = at + HEADERS;
    view.setUint16(tcp, flow.ports[from] ?? 0);
    view.setUint16(tcp + 2, flow.ports[to] ?? 0);
    view.setUint32(tcp + 4, (flow.next[from] ?? 0) - again);
    view.setUint32(tcp + 8, flags & ACK ? (flow.next[to] ?? 0) : 0);
    view.setUint16(tcp + 12, (((20 + optionBytes) / 4) << 12) | flags);
    view.setUint16(tcp + 14, 502);
    view.setUint32(tcp + 16, 0);
    this.#options(tcp + 20, flow, (flags & SYN) !== 0);
    this.#bytes.set(this.#somePayload(payload), tcp + 20 + optionBytes);
    const end = tcp + 20 + optionBytes + payload;
    view.setUint16(tcp + 16, checksum(view, tcp, end, checksumOfAddresses(source, destination) + 6 + end - tcp));
    this.#have = end;
    this.packets++;
    if (again === 0) flow.next[from] = ((flow.next[from] ?? 0) + payload + (flags & (SYN | FIN) ? 1 : 0)) % 2 ** 32;
    if (this.#have >= FLUSH) this.#flush();
  }

  close() {
    this.#flush();
    fs.closeSync(this.#descriptor);
  }

  /** @param {number} at @param {number} length @param {readonly number[]} source @param {readonly number[]} destination */
  #ip(at, length, source, destination) {
    const view = this.#view;
    this.#identification = (this.#identification + 1) & 0xffff;
    view.setUint16(at, 0x4500);
    view.setUint16(at + 2, length);
    view.setUint16(at + 4, this.#identification);
    view.setUint16(at + 6, 0x4000);
    view.setUint16(at + 8, (64 << 8) | 6);
    view.setUint16(at + 10, 0);
    this.#bytes.set(source, at + 12);
    this.#bytes.set(destination, at + 16);
    view.setUint16(at + 10, checksum(view, at, at + 20, 0));
  }

  /** @param {number} at @param {Flow} flow @param {boolean} isSyn */
  #options(at, flow, isSyn) {
    if (isSyn) {
      this.#bytes.set(SYN_OPTIONS, at);
      return;
    }
    flow.time = (flow.time + 1) % 2 ** 32;
    this.#view.setUint32(at, 0x0101080a);
    this.#view.setUint32(at + 4, flow.time);
    this.#view.setUint32(at + 8, flow.time);
  }

  /** @param {number} length */
  #somePayload(length) {
    const from = this.#random(60000);
    return this.#text.subarray(from, from + length);
  }

  #flush() {
    fs.writeSync(this.#descriptor, this.#bytes, 0, this.#have);
    this.#have = 0;
  }
}

/** @param {readonly number[]} source @param {readonly number[]} destination */
function checksumOfAddresses(source, destination) {
  const [a = 0, b = 0, c = 0, d = 0] = source;
  const [e = 0, f = 0, g = 0, h = 0] = destination;
  return ((a + c + e + g) << 8) + b + d + f + h;
}

/** The next packets of a connection; whether it is over. @param {CaptureFile} file @param {Flow} flow @param {(n: number) => number} random @param {Required<CaptureOptions>} options */
function advance(file, flow, random, { payload, loss }) {
  const step = flow.step++;
  if (step === 0) file.segment(flow, 0, SYN, 0);
  else if (flow.kind === "refused") file.segment(flow, 1, RST | ACK, 0);
  else if (flow.kind === "silent") file.segment(flow, 0, SYN, 0, 1);
  else if (step === 1) file.segment(flow, 1, SYN | ACK, 0);
  else if (step === 2) file.segment(flow, 0, ACK, 0);
  else if (flow.left > 0) exchange(file, flow, random, payload, loss);
  else {
    file.segment(flow, 0, FIN | ACK, 0);
    file.segment(flow, 1, FIN | ACK, 0);
    file.segment(flow, 0, ACK, 0);
    return true;
  }
  return flow.kind === "refused" ? step === 1 : flow.kind === "silent" && step > 4;
}

/** @param {CaptureFile} file @param {Flow} flow @param {(n: number) => number} random @param {number} payload @param {number} loss */
function exchange(file, flow, random, payload, loss) {
  flow.left -= 2;
  const from = random(10) < 3 ? 0 : 1;
  const to = from === 0 ? 1 : 0;
  const size = Math.min([payload >> 2, payload, payload, 2 * payload][random(4)] ?? payload, MOST_PAYLOAD);
  file.segment(flow, from, PSH | ACK, size);
  if (random(1e6) < loss * 1e6) {
    for (let i = 0; i < 3; i++) file.segment(flow, to, ACK, 0);
    file.segment(flow, from, PSH | ACK, size, size);
  }
  file.segment(flow, to, ACK, 0);
}

/**
 * Writes the capture; says how much is in it.
 * @param {string} path
 * @param {CaptureOptions} options
 */
export function generateCapture(path, options) {
  const settings = { payload: 400, loss: 0.005, seed: 1, ...options };
  const random = randomNumbers(settings.seed);
  const file = new CaptureFile(path, random);
  const most = 2 * Math.max(0, Math.floor(settings.packets / settings.flows) - 6) + 1;
  /** @type {Flow[]} */
  const live = [];
  let flows = 0;
  while (file.packets < settings.packets) {
    while (live.length < OPEN_AT_ONCE && flows < settings.flows) live.push(newFlow(flows++, random, most));
    const index = random(live.length);
    const flow = live[index];
    if (flow === undefined) break;
    if (!advance(file, flow, random, settings)) continue;
    const last = live.pop();
    if (last !== undefined && last !== flow) live[index] = last;
  }
  file.close();
  return { packets: file.packets, flows };
}
