import os from "node:os";
import { expect, test } from "vitest";
import { linuxSynTimeout } from "../../src/flow/syn-schedule.ts";
import { ConnectingSockets } from "../../src/cli/run/connecting.ts";
import { snmpCounter } from "../../src/cli/run/no-route.ts";
import { parseSocketTable } from "../../src/cli/run/socket-table.ts";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

/** The words of an address as a host of this byte order prints them. */
function words(hex: string): string {
  return os.endianness() === "LE" ? Buffer.from(hex, "hex").swap32().toString("hex").toUpperCase() : hex;
}

function line(local: string, remote: string, state: string, inode: string): string {
  return `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`;
}

const CLIENT = words("0A000001");
const SERVER = words("0A000002");
const MAPPED = words("00000000000000000000FFFF0A000001");
const LOOPBACK = words("00000000000000000000000000000001");
const NONE = words("00000000");

test("a table of sockets is read", () => {
  const text =
    HEAD +
    line(`${CLIENT}:9C40`, `${SERVER}:0050`, "01", "4711") +
    line(`${NONE}:0050`, `${NONE}:0000`, "0A", "4712") +
    line(`${CLIENT}:9C41`, `${SERVER}:0050`, "06", "0");
  expect(parseSocketTable(text)).toEqual([
    {
      localAddress: "10.0.0.1",
      localPort: 40_000,
      remoteAddress: "10.0.0.2",
      remotePort: 80,
      isListening: false,
      isConnecting: false,
      uid: 1000,
      inode: 4711,
    },
    {
      localAddress: "0.0.0.0",
      localPort: 80,
      remoteAddress: "0.0.0.0",
      remotePort: 0,
      isListening: true,
      isConnecting: false,
      uid: 1000,
      inode: 4712,
    },
    {
      localAddress: "10.0.0.1",
      localPort: 40_001,
      remoteAddress: "10.0.0.2",
      remotePort: 80,
      isListening: false,
      isConnecting: false,
      uid: 1000,
      inode: 0,
    },
  ]);
});

test("an IPv6 socket that talks IPv4 has IPv4 addresses", () => {
  const [mapped, loopback] = parseSocketTable(
    HEAD +
      line(`${MAPPED}:0050`, `${MAPPED}:9C40`, "01", "1") +
      line(`${LOOPBACK}:0050`, `${LOOPBACK}:9C40`, "01", "2"),
  );
  expect([mapped?.localAddress, mapped?.remoteAddress]).toEqual(["10.0.0.1", "10.0.0.1"]);
  expect(loopback?.localAddress).toBe("::1");
});

test("lines that are cut are left out", () => {
  const whole = line(`${CLIENT}:9C40`, `${SERVER}:0050`, "01", "4711");
  for (let length = 0; length < whole.indexOf("4711"); length++) {
    expect(parseSocketTable(HEAD + whole.slice(0, length))).toEqual([]);
  }
});

test("a socket in SYN_SENT is remembered until it is connected, and marked when it is gone", () => {
  const [connecting, other] = parseSocketTable(
    HEAD +
      line(`${CLIENT}:9C40`, `${SERVER}:0050`, "02", "4711") +
      line(`${CLIENT}:9C41`, `${SERVER}:0050`, "02", "4712"),
  );
  const connected = parseSocketTable(HEAD + line(`${CLIENT}:9C41`, `${SERVER}:0050`, "01", "4712"))[0];
  if (connecting === undefined || other === undefined || connected === undefined) throw new Error("not read");
  expect([connecting.isConnecting, connected.isConnecting]).toEqual([true, false]);
  const sockets = new ConnectingSockets();
  sockets.see("a", connecting);
  sockets.see("b", other);
  sockets.looked();
  expect(sockets.unanswered().map(({ client, gone }) => [client.port, gone])).toEqual([
    [40_000, undefined],
    [40_001, undefined],
  ]);
  sockets.see("b", connected);
  sockets.looked();
  const [gone, ...rest] = sockets.unanswered();
  expect([gone?.server, rest]).toEqual([{ address: "10.0.0.2", port: 80 }, []]);
  expect(gone?.gone).toBeGreaterThanOrEqual(gone?.since ?? Number.POSITIVE_INFINITY);
});

test("sockets in SYN_SENT are bounded", () => {
  const [entry] = parseSocketTable(HEAD + line(`${CLIENT}:9C40`, `${SERVER}:0050`, "02", "4711"));
  if (entry === undefined) throw new Error("not read");
  const sockets = new ConnectingSockets();
  for (let localPort = 1; localPort <= 10_000; localPort++) sockets.see(String(localPort), { ...entry, localPort });
  const ports = sockets.unanswered().map(({ client }) => client.port);
  expect([ports.length, ports.at(-1)]).toEqual([4096, 10_000]);
});

test.each([
  ["Ip: Forwarding OutNoRoutes\nIp: 1 7\nIcmp: InMsgs\nIcmp: 3\n", 7],
  ["Ip: Forwarding\nIp: 1\n", 0],
  ["", 0],
])("a counter of /proc/net/snmp %#", (text, count) => {
  expect(snmpCounter(text, "Ip", "OutNoRoutes")).toBe(count);
});

/** Nominal seconds: measured with Linux 6.18 (4 linear time-outs), and the documented ones without. */
test.each([
  [1, 4, 3],
  [2, 4, 7],
  [3, 4, 19],
  [6, 4, 131],
  [1, 0, 3],
  [6, 0, 127],
  [8, 0, 367],
])("connect() with %i retries and %i linear time-outs gives up after %i s", (retries, linear, seconds) => {
  expect(linuxSynTimeout(retries, linear) / seconds).toBeCloseTo(1.025, 5);
});
