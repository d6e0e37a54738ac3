import os from "node:os";
import { expect, test } from "vitest";
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
      uid: 1000,
      inode: 4711,
    },
    {
      localAddress: "0.0.0.0",
      localPort: 80,
      remoteAddress: "0.0.0.0",
      remotePort: 0,
      isListening: true,
      uid: 1000,
      inode: 4712,
    },
    {
      localAddress: "10.0.0.1",
      localPort: 40_001,
      remoteAddress: "10.0.0.2",
      remotePort: 80,
      isListening: false,
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
