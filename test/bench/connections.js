// Makes TCP connections on an interface, as frames of and for hosts that there are not, and prints how many:
//   node test/bench/connections.js INTERFACE SECONDS CONNECTIONS_PER_MINUTE
// Each has a four-tuple of its own. Of 20 connections, 12 exchange data and close, 2 do so with a lost segment that is sent again,
// 2 are refused, 1 is reset, 1 is forbidden by a router (ICMP), 1 gives up after three SYNs, and 1 sends all seven that Linux sends.
import fs from "node:fs";
import { FrameSender } from "../live/packet-socket.js";

const SLOT = 512;
const KINDS = 20;
const SECOND = 1000;
const MINUTE = 60_000;
const PAUSE = 2;

const IP = 14;
const TRANSPORT = 34;
const OPTIONS = 54;
const SYN_OPTIONS = [2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7];
const OTHER_OPTIONS = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];
const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;

const CLIENTS = 200;
const SERVERS = 50;
const FIRST_PORT = 1024;
const PORTS = 60_000;

/**
 * A segment: when, in milliseconds since the connection's first; whose; sequence and acknowledgment relative to
 * the first ones; when the other end's newest one was sent. `icmp`: a router's error about the SYN instead.
 * @typedef {{ at: number, client: boolean, flags: number, sequence: number, acknowledgment: number, length: number, echo: number, icmp: boolean }} Step
 */

/** Writes down the segments of a connection. */
class Script {
  /** @type {Step[]} */
  steps = [];
  #at = 0;
  #next = { client: 0, server: 0 };
  #sent = { client: 0, server: 0 };

  /** @param {"client" | "server"} who @param {number} flags @param {number} [length] */
  send(who, flags, length = 0) {
    const other = who === "client" ? "server" : "client";
    this.steps.push({
      at: this.#at,
      client: who === "client",
      flags,
      sequence: this.#next[who],
      acknowledgment: (flags & ACK) === 0 ? 0 : this.#next[other],
      length,
      echo: this.#sent[other],
      icmp: false,
    });
    this.#next[who] += length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
    this.#sent[who] = this.#at;
    return this;
  }

  /** @param {number} milliseconds */
  wait(milliseconds) {
    this.#at += milliseconds;
    return this;
  }

  /** The last segment once more. */
  again() {
    const last = this.steps.at(-1);
    if (last !== undefined) this.steps.push({ ...last, at: this.#at });
    return this;
  }

  forbid() {
    const last = this.steps.at(-1);
    if (last !== undefined) this.steps.push({ ...last, at: this.#at, icmp: true });
    return this;
  }
}

function opened() {
  return new Script()
    .send("client", SYN)
    .wait(20)
    .send("server", SYN | ACK)
    .wait(1)
    .send("client", ACK);
}

/** @param {Script} script */
function closed(script) {
  script
    .wait(20)
    .send("client", FIN | ACK)
    .wait(20)
    .send("server", FIN | ACK)
    .wait(1)
    .send("client", ACK);
  return script.steps;
}

function exchange() {
  const script = opened()
    .wait(1)
    .send("client", PSH | ACK, 120)
    .wait(20)
    .send("server", ACK);
  script
    .wait(30)
    .send("server", PSH | ACK, 400)
    .wait(1)
    .send("client", ACK);
  return closed(script);
}

function exchangeWithLoss() {
  const script = opened()
    .wait(1)
    .send("client", PSH | ACK, 120)
    .wait(230)
    .again()
    .wait(20)
    .send("server", ACK);
  script
    .wait(5)
    .send("server", PSH | ACK, 400)
    .wait(1)
    .send("client", ACK);
  return closed(script);
}

function refused() {
  return new Script()
    .send("client", SYN)
    .wait(15)
    .send("server", RST | ACK).steps;
}

function reset() {
  return opened()
    .wait(1)
    .send("client", PSH | ACK, 120)
    .wait(20)
    .send("server", RST | ACK).steps;
}

function forbidden() {
  return new Script().send("client", SYN).wait(12).forbid().steps;
}

/** @param {number} syns */
function unanswered(syns) {
  const script = new Script().send("client", SYN);
  for (let i = 0; i + 1 < syns; i++) script.wait(SECOND * 2 ** i).again();
  return script.steps;
}

/** Steps of the connections whose number is so much modulo `KINDS`. */
const scripts = [
  ...Array.from({ length: 12 }, exchange),
  ...Array.from({ length: 2 }, exchangeWithLoss),
  ...Array.from({ length: 2 }, refused),
  reset(),
  forbidden(),
  unanswered(3),
  unanswered(7),
];

/** What stays the same in all frames. @param {DataView} view @param {number} at */
function ethernet(view, at) {
  view.setUint32(at, 0x02000000);
  view.setUint16(at + 4, 2);
  view.setUint32(at + 6, 0x02000000);
  view.setUint16(at + 10, 1);
  view.setUint16(at + 12, 0x0800);
}

/** Sum of RFC 1071. @param {DataView} view @param {number} at @param {number} length */
function checksum(view, at, length) {
  let sum = 0;
  for (let i = 0; i < length; i += 2) sum += view.getUint16(at + i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** @param {DataView} view @param {number} at @param {number} length @param {number} protocol @param {number} from @param {number} to */
function ipHeader(view, at, length, protocol, from, to) {
  view.setUint16(at, 0x4500);
  view.setUint16(at + 2, length);
  view.setUint16(at + 4, sender.sent & 0xffff);
  view.setUint16(at + 6, 0x4000);
  view.setUint16(at + 8, 0x4000 | protocol);
  view.setUint16(at + 10, 0);
  view.setUint32(at + 12, from);
  view.setUint32(at + 16, to);
  view.setUint16(at + 10, checksum(view, at, 20));
}

/** Writes one segment of connection `number`; its length. @param {DataView} view @param {number} at @param {number} number @param {Step} step */
function segment(view, at, number, step) {
  const { client, flags, length } = step;
  const clientAddress = 0x0a010001 + (number % CLIENTS);
  const serverAddress = 0x0a020001 + (number % SERVERS);
  const clientPort = FIRST_PORT + (Math.floor(number / CLIENTS) % PORTS);
  const firsts = [Math.imul(number, 0x9e3779b1), Math.imul(number, 0x85ebca6b)];
  const options = (flags & SYN) === 0 ? OTHER_OPTIONS : SYN_OPTIONS;
  const header = 20 + options.length;
  ipHeader(
    view,
    at + IP,
    20 + header + length,
    6,
    client ? clientAddress : serverAddress,
    client ? serverAddress : clientAddress,
  );
  const tcp = at + TRANSPORT;
  view.setUint16(tcp, client ? clientPort : 443);
  view.setUint16(tcp + 2, client ? 443 : clientPort);
  view.setUint32(tcp + 4, (firsts[client ? 0 : 1] ?? 0) + step.sequence);
  view.setUint32(tcp + 8, (flags & ACK) === 0 ? 0 : (firsts[client ? 1 : 0] ?? 0) + step.acknowledgment);
  view.setUint16(tcp + 12, (header << 10) | flags);
  view.setUint16(tcp + 14, 0xfaf0);
  view.setUint32(tcp + 16, 0);
  for (let i = 0; i < options.length; i++) view.setUint8(at + OPTIONS + i, options[i] ?? 0);
  const stamps = at + OPTIONS + ((flags & SYN) === 0 ? 4 : 8);
  view.setUint32(stamps, number + step.at);
  view.setUint32(stamps + 4, (flags & ACK) === 0 ? 0 : number + step.echo);
  return OPTIONS + options.length + length;
}

/** Writes the router's answer to a SYN: communication administratively prohibited. @param {DataView} view @param {number} at @param {number} number @param {Step} step */
function icmpError(view, at, number, step) {
  segment(view, at, number, step);
  const clientAddress = view.getUint32(at + IP + 12);
  // The header of IP and the first eight bytes behind it.
  for (let i = 27; i >= 0; i--) view.setUint8(at + IP + 28 + i, view.getUint8(at + IP + i));
  ipHeader(view, at + IP, 56, 1, 0x0a0100fe, clientAddress);
  view.setUint32(at + TRANSPORT, 0x030d0000);
  view.setUint32(at + TRANSPORT + 4, 0);
  view.setUint16(at + TRANSPORT + 2, checksum(view, at + TRANSPORT, 36));
  return TRANSPORT + 36;
}

const [name = "", seconds = "60", perMinute = "50000"] = process.argv.slice(2);
const sender = new FrameSender(name, SLOT, true);
for (let slot = 0; slot < sender.batch; slot++) ethernet(sender.view, slot * SLOT);
const apart = MINUTE / Number(perMinute);
const last = Math.round((Number(seconds) * SECOND) / apart);

/** Which connection of its kind each step is the next of: nothing has to be kept of a connection. */
const turns = scripts.flatMap((steps, kind) =>
  steps.map((step, index) => ({ step, isFirst: index === 0, number: kind })),
);

let filled = 0;
function flush() {
  for (let done = 0; done < filled;) {
    const taken = sender.send(filled - done, done);
    if (taken === 0) Atomics.wait(pause, 0, 0, PAUSE);
    done += taken;
  }
  filled = 0;
}

/** @param {number} number @param {Step} step */
function put(number, step) {
  const at = filled * SLOT;
  sender.setLength(filled, (step.icmp ? icmpError : segment)(sender.view, at, number, step));
  if (++filled === sender.batch) flush();
}

const pause = new Int32Array(new SharedArrayBuffer(4));
const begin = performance.now();
for (let now = 0; now < Number(seconds) * SECOND; now = performance.now() - begin) {
  for (const turn of turns) {
    while (turn.number * apart + turn.step.at <= now && turn.number < last) {
      put(turn.number, turn.step);
      turn.number += KINDS;
    }
  }
  flush();
  Atomics.wait(pause, 0, 0, PAUSE);
}
let connections = 0;
for (const { isFirst, number } of turns) if (isFirst) connections += Math.floor(number / KINDS);
fs.writeSync(1, `${JSON.stringify({ sent: sender.sent, connections })}\n`);
