import net from "node:net";
import { expect, test } from "vitest";
import { parseTcpInfo, tcpInfoReader } from "../../src/libpcap/tcp-info.ts";

/** Of a SYN_SENT socket of Linux 6.18 whose SYN was sent again three times. */
const LAYOUT: readonly (readonly [at: number, value: number])[] = [
  [8, 4_000_000],
  [16, 524],
  [24, 1],
  [32, 1],
  [60, 1500],
  [68, 250],
  [72, 125],
  [80, 1],
  [84, 1460],
  [100, 3],
];

test("each field is where linux/tcp.h has it", () => {
  const bytes = new Uint8Array(104);
  bytes.set([2, 4, 3, 0, 2, 0b0111, 0]);
  const words = new Uint32Array(bytes.buffer);
  for (const [at, value] of LAYOUT) words[at / 4] = value;
  expect(parseTcpInfo(bytes)).toEqual({
    state: "SYN_SENT",
    retransmits: 3,
    totalRetransmissions: 3,
    backoff: 2,
    unacknowledged: 1,
    lost: 1,
    rto: 4,
    rtt: 0.00025,
    rttVariation: 0.000125,
    mss: 524,
    advertisedMss: 1460,
    pathMtu: 1500,
    congestionWindow: 1,
    options: ["timestamps", "sack", "window-scale"],
    sendWindowScale: 0,
    receiveWindowScale: 0,
  });
});

test.runIf(process.platform === "linux")("of a connection over the loopback interface", async () => {
  const read = await tcpInfoReader();
  const server = net.createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const socket = net.connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const handle = "_handle" in socket && typeof socket._handle === "object" ? socket._handle : null;
  const descriptor = handle !== null && "fd" in handle ? Number(handle.fd) : -1;
  expect(read(descriptor)).toMatchObject({ state: "ESTABLISHED", totalRetransmissions: 0, unacknowledged: 0 });
  expect(read(-1)).toBeUndefined();
  socket.destroy();
  server.close();
});

test.runIf(process.platform === "linux")("without koffi it is said why there is none", async () => {
  const missing = Object.assign(new Error("no such module"), { code: "ERR_MODULE_NOT_FOUND" });
  await expect(tcpInfoReader(() => Promise.reject(missing))).rejects.toThrow("koffi is not installed");
});
