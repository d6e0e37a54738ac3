// Reads a capture once in a process of its own and prints how many packets a second that were, and the memory it took:
//   node read.js bare|decode|connections|pcap-parser CAPTURE
import { createRequire } from "node:module";
import { Analysis, Frame, openCapture, Packet } from "../../dist/index.js";

/** @type {Record<string, (path: string) => Promise<number>>} */
const WAYS = {
  async bare(path) {
    let packets = 0;
    await eachFrame(path, () => packets++);
    return packets;
  },
  async decode(path) {
    const packet = new Packet();
    let segments = 0;
    let packets = 0;
    await eachFrame(path, (frame) => {
      packet.decode(frame);
      packets++;
      if (packet.hasTcp) segments += packet.tcp.payloadLength;
    });
    return segments < 0 ? 0 : packets;
  },
  async connections(path) {
    const analysis = new Analysis();
    let packets = 0;
    await eachFrame(path, (frame) => {
      analysis.observe(frame);
      packets++;
    });
    analysis.finish();
    return packets;
  },
  async "pcap-parser"(path) {
    /** @type {{ parse(file: string): import("node:events").EventEmitter }} */
    const parser = createRequire(import.meta.url)("pcap-parser");
    let packets = 0;
    const events = parser.parse(path);
    events.on("packet", () => packets++);
    await new Promise((resolve, reject) => events.on("end", resolve).on("error", reject));
    return packets;
  },
};

/** @param {string} path @param {(frame: Frame) => void} visit */
async function eachFrame(path, visit) {
  const frame = new Frame();
  for await (const block of (await openCapture(path)).blocks()) while (block.next(frame)) visit(frame);
}

const [way = "", path = ""] = process.argv.slice(2);
const read = WAYS[way];
if (read === undefined) throw new Error(`no way of reading: ${way}`);
const begin = performance.now();
const packets = await read(path);
const seconds = (performance.now() - begin) / 1000;
process.stdout.write(JSON.stringify({ packets, seconds, memory: process.resourceUsage().maxRSS / 1024 }));
