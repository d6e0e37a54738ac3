import { describe, expect, test } from "vitest";
import { CaptureError } from "../../src/capture/error.ts";
import { ChildMessages } from "../../src/capture/live/child-messages.ts";
import { childCommand, missingOption } from "../../src/capture/live/child-commands.ts";
import { DeviceInput, type TakenFrom } from "../../src/capture/live/device-input.ts";
import { chosenInterface } from "../../src/capture/live/interfaces.ts";
import { type LiveOptions, requestOf } from "../../src/capture/live/options.ts";
import { countTexts } from "../../src/cli/live.ts";
import { deviceFlags } from "../../src/cli/live-lists.ts";
import type { DeviceInfo } from "../../src/libpcap/devices.ts";
import { LibpcapError } from "../../src/libpcap/error.ts";
import type { Waiter } from "../../src/libpcap/wait.ts";
import { tcpscope } from "../cli/run.ts";

const NO_NUMBERS = { received: 0, dropped: 0, interfaceDropped: 0 };

/** Waits for nothing. */
const WAITER: Waiter = {
  wait: () => Promise.resolve(),
  rest: () => Promise.resolve(),
  wake() {},
  close() {},
};

function inputOf(device: Partial<TakenFrom>, bufferSize = 1 << 20): DeviceInput {
  const all: TakenFrom = {
    take: () => new Uint8Array(0),
    statistics: () => NO_NUMBERS,
    refuseMore: () => true,
    close() {},
    ...device,
  };
  return new DeviceInput(all, WAITER, {
    name: "eth0",
    bufferSize,
    gathering: 10,
    isUp: () => undefined,
    onNotice() {},
  });
}

describe("what is taken from a device", () => {
  test("is given in pieces as large as there is room for, in order", async () => {
    const batches = [Uint8Array.from([1, 2, 3, 4, 5]), Uint8Array.from([6, 7])];
    const input = inputOf({ take: () => batches.shift() ?? new Uint8Array(0) });
    const bytes = new Uint8Array(3);
    const got: number[] = [];
    for (let i = 0; i < 3; i++) {
      const length = await input.read(bytes, 0);
      got.push(...bytes.subarray(0, length));
    }
    expect(got).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(input.bytesRead).toBe(7);
  });

  test("has counts that go on where 32 bits end", async () => {
    const numbers = [4_000_000_000, 4_294_967_295, 5, 4_294_967_290];
    const input = inputOf({ statistics: () => ({ ...NO_NUMBERS, received: numbers.shift() ?? 0, dropped: 7 }) });
    expect((await input.counts()).received).toBe(4_000_000_000);
    expect((await input.counts()).received).toBe(4_294_967_295);
    expect((await input.counts()).received).toBe(4_294_967_296 + 5);
    expect(await input.counts()).toEqual({ received: 2 ** 32 + 4_294_967_290, dropped: 7, interfaceDropped: 0 });
  });

  test("ends with an error of the capture when the device does", async () => {
    const input = inputOf({
      take() {
        throw new LibpcapError("device-failed", "The interface disappeared");
      },
    });
    await expect(async () => input.read(new Uint8Array(10), 0)).rejects.toThrow(
      new CaptureError("interface-failed", "eth0: The interface disappeared; what it had delivered was read"),
    );
  });

  test("keeps its counts when the device has none any more", async () => {
    let isThere = true;
    const input = inputOf({
      statistics() {
        if (!isThere) throw new LibpcapError("device-failed", "gone");
        return { received: 3, dropped: 1, interfaceDropped: 0 };
      },
    });
    await input.counts();
    isThere = false;
    input.close();
    expect(await input.counts()).toEqual({ received: 3, dropped: 1, interfaceDropped: 0 });
  });

  test("comes to an end after stop, although more and more comes where the kernel cannot be told", async () => {
    const input = inputOf({ take: () => new Uint8Array(1000), refuseMore: () => false }, 10_000);
    input.stop();
    let length = 0;
    const bytes = new Uint8Array(1500);
    for (let got = await input.read(bytes, 0); got > 0; got = await input.read(bytes, 0)) length += got;
    expect(length).toBeGreaterThan(10_000);
    expect(length).toBeLessThan(13_000);
  });

  test("is nothing after close, which gives the device back once", async () => {
    let closed = 0;
    const input = inputOf({ take: () => new Uint8Array(5), close: () => void closed++ });
    input.close();
    input.close();
    expect([await input.read(new Uint8Array(10), 0), closed]).toEqual([0, 1]);
  });
});

describe("what programs that capture say", () => {
  test("tcpdump: link type, counts, also those of SIGUSR1", () => {
    const messages = new ChildMessages("tcpdump");
    expect(messages.add("tcpdump: listening on lo, link-type EN10MB (Eth")).toBe(false);
    expect(messages.add("ernet), snapshot length 262144 bytes\n")).toBe(true);
    expect([messages.linkName, messages.linkDescription, messages.failure]).toEqual(["EN10MB", "Ethernet", ""]);
    messages.add("tcpdump: 3 packets captured, 10 packets received by filter, 1 packet dropped by kernel\n");
    expect(messages.counts).toEqual({ received: 10, dropped: 1, interfaceDropped: 0 });
    messages.add(
      "4 packets captured\n12 packets received by filter\n2 packets dropped by kernel\n5 packets dropped by interface\n",
    );
    expect(messages.counts).toEqual({ received: 12, dropped: 2, interfaceDropped: 5 });
  });

  test("dumpcap: what it received leaves out what was dropped", () => {
    const messages = new ChildMessages("dumpcap");
    messages.add("Capturing on 'vb'\n");
    expect(messages.add("File: -\n")).toBe(true);
    messages.add(
      "Packets captured: 990\nPackets received/dropped on interface 'vb': 990/10 (pcap:10/dumpcap:0/flushed:0/ps_ifdrop:2) (99.0%)\n",
    );
    expect(messages.counts).toEqual({ received: 1000, dropped: 10, interfaceDropped: 2 });
  });

  test("why it cannot", () => {
    const messages = new ChildMessages("tcpdump");
    messages.add("tcpdump: vc: No such device exists\n(No such device exists)\n");
    expect(messages.failure).toBe("vc: No such device exists");
  });
});

test("programs are told all that is asked for, or it is said that they cannot", () => {
  const options: LiveOptions = {
    expression: "tcp port 80",
    snapLength: 100,
    promiscuous: false,
    bufferSize: 3 << 20,
    direction: "in",
    timestampType: "host",
    optimize: false,
    user: "nobody",
    linkType: "EN10MB",
    monitor: true,
  };
  const request = requestOf(options, "eth0");
  expect(childCommand("tcpdump", request).args.join(" ")).toBe(
    "-ieth0 -w- -s100 -p -I -y EN10MB -U --time-stamp-precision=nano --buffer-size=3072 -Q in -j host -O -Z nobody -- tcp port 80",
  );
  expect(missingOption("tcpdump", request)).toBeUndefined();
  expect(missingOption("dumpcap", request)).toBe("-j");
  const possible = requestOf({ expression: "tcp port 80", snapLength: 100 }, "eth0");
  expect(missingOption("dumpcap", possible)).toBeUndefined();
  expect(childCommand("dumpcap", possible).args).toEqual(["-ieth0", "-w-", "-s100", "-P", "-B16", "-f", "tcp port 80"]);
});

const DEVICE: DeviceInfo = {
  name: "eth0",
  description: "",
  up: true,
  running: true,
  loopback: false,
  wireless: false,
  connection: "connected",
  addresses: [],
};

describe("the interface that is meant", () => {
  const list = (): DeviceInfo[] => [{ ...DEVICE, name: "ifb0", up: false }, DEVICE, { ...DEVICE, name: "7" }];

  test.each([
    [undefined, "eth0"],
    ["1", "ifb0"],
    ["3", "7"],
    ["7", "7"],
    ["wlan0", "wlan0"],
  ])("%s is %s", (wanted, name) => {
    expect(chosenInterface(wanted, list)).toBe(name);
  });

  test.each(["0", "4"])("%s is none", (wanted) => {
    expect(() => chosenInterface(wanted, list)).toThrow("there is no interface of that number");
  });

  test("there may be none at all", () => {
    expect(() => chosenInterface(undefined, () => [])).toThrow("there is no interface to capture on");
  });
});

test.each([
  [DEVICE, "Up, Running, Connected"],
  [{ ...DEVICE, up: false, running: false, connection: undefined }, ""],
  [{ ...DEVICE, wireless: true, connection: "disconnected" } as const, "Up, Running, Wireless, Not associated"],
  [{ ...DEVICE, loopback: true, connection: undefined }, "Up, Running, Loopback"],
  [{ ...DEVICE, connection: "unknown" } as const, "Up, Running, Connection status unknown"],
])("flags of an interface %#", (device, text) => {
  expect(deviceFlags(device)).toBe(text);
});

test.each([
  [
    { captured: 1, received: 2, dropped: 0, interfaceDropped: 0 },
    "1 packet captured/2 packets received by filter/0 packets dropped by kernel",
  ],
  [
    { captured: 0, received: 1, dropped: 1, interfaceDropped: 3 },
    "0 packets captured/1 packet received by filter/1 packet dropped by kernel/3 packets dropped by interface",
  ],
  [
    { captured: 5, received: -1, dropped: -1, interfaceDropped: -1 },
    "5 packets captured/packets received by filter: not known/packets dropped by kernel: not known",
  ],
])("counts are said in tcpdump's words %#", (counts, text) => {
  expect(countTexts(counts).join("/")).toBe(text);
});

test.each([
  [["-i", "lo", "-s", "262145"], "a number of bytes from 0 (all) to 262144 is needed."],
  [["-i", "lo", "-s", "x"], "a number of bytes from 0 (all) to 262144 is needed."],
  [["-i", "lo", "-B", "0"], "a number of KiB from 1 to 2097151 is needed."],
  [["-i", "lo", "-Q", "left"], "Allowed choices are in, out, inout."],
  [["-i", "lo", "--engine", "magic"], "Allowed choices are libpcap, child, cap."],
  [["-i", "lo", "-d"], "-d and -i exclude each other"],
  [["flows", "-i", "lo", "-r", "x"], "-i and -r exclude each other"],
  [["flows", "-p", "-r", "x"], "option -p: is for live capture (-i), files are read as they were captured"],
])("%j is wrong usage", (args, text) => {
  const { status, stdout, stderr } = tcpscope(args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(text);
});
