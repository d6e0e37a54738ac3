import { describe, expect, test, vi } from "vitest";
import { printTrace, readTrace } from "./trace.ts";

vi.stubEnv("TZ", "UTC");

const SYN =
  "09:00:00.000000 IP 10.0.0.1.48126 > 10.0.0.2.81: Flags [S], seq 1693673520, win 64240, options [mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7], length 0";
const RST = "09:00:00.000214 IP 10.0.0.2.81 > 10.0.0.1.48126: Flags [R.], seq 0, ack 1693673521, win 0, length 0";
const PLAIN = `${SYN}\n${RST}\n`;

/** The text, as tcpdump would print what was read of it. */
async function again(text: string | Uint8Array): Promise<string> {
  return printTrace(await readTrace(text));
}

describe("a trace of tcpdump is read", () => {
  test.each([
    ["plain", PLAIN],
    ["with CR LF", `${SYN}\r\n${RST}\r\n`],
    ["without a last line feed", `${SYN}\n${RST}`],
    ["numbered", `1 ${SYN}\n2 ${RST}\n`],
    ["numbered with points", `1. ${SYN}\n2. ${RST}\n`],
    ["numbered without space", `1${SYN}\n2${RST}\n`],
    ["numbered by grep", `trace.txt:12:${SYN}\ntrace.txt:13:${RST}\n`],
    ["quoted in a mail", `> ${SYN}\n> ${RST}\n`],
    ["in a list", `* ${SYN}\n* ${RST}\n`],
    ["escaped for HTML", PLAIN.replaceAll(">", "&gt;")],
    ["in HTML", `<pre><code>${PLAIN.replaceAll(">", "&gt;").replaceAll("\n", "<br/>\n")}</code></pre>`],
    ["with the words as links", PLAIN.replaceAll("Flags", '<span class="k">Flags</span>')],
    ["with no-break spaces", PLAIN.replaceAll(" ", "\u00A0")],
    ["in colour", PLAIN.replaceAll("IP", "\u001B[01;31mIP\u001B[0m")],
    ["with device and direction", PLAIN.replaceAll(" IP", " eth0  Out IP")],
    ["wrapped at spaces", PLAIN.replaceAll(", win", ",\nwin").replaceAll(", length", ",\n    length")],
    ["wrapped within words", PLAIN.replaceAll(/(.{80})/g, "$1\n")],
    ["with a byte order mark", `\uFEFF${PLAIN}`],
    [
      "after a shell's prompt",
      `$ sudo tcpdump -i eth0 port 81\ntcpdump: verbose output suppressed\n${PLAIN}2 packets captured\n`,
    ],
    ["with remarks behind", `${SYN} (1)\n${RST}   <- refused\n`],
  ])("%s", async (_, text) => {
    expect(await again(text)).toBe(PLAIN);
  });

  test("in UTF-16, as PowerShell writes it", async () => {
    expect(await again(Buffer.from(`\uFEFF${PLAIN}`, "utf16le"))).toBe(PLAIN);
  });

  test("over midnight", async () => {
    const text = PLAIN.replace("09:00:00.000000", "23:59:59.999990").replace("09:00:00.000214", "00:00:00.000204");
    const { frames } = await readTrace(text);
    expect(frames[1]!.seconds - frames[0]!.seconds).toBe(1);
  });

  test("with deltas of -ttt", async () => {
    const lines = [" 00:00:00.000000", " 00:00:01.000000", " 00:00:00.500000"].map((time) => time + SYN.slice(15));
    const { frames } = await readTrace(`${lines.join("\n")}\n`);
    expect(frames.map(({ seconds, nanoseconds }) => (seconds % 86400) + nanoseconds / 1e9)).toEqual([0, 1, 1.5]);
  });

  test("with names of hosts and services", async () => {
    const text = "09:00:00.000000 IP www.example.net.http > ws.example.net.1037: Flags [.], ack 5, win 9, length 0\n";
    const trace = await readTrace(text);
    expect(printTrace(trace)).toBe(
      "09:00:00.000000 IP 192.0.2.1.80 > 192.0.2.2.1037: Flags [.], ack 5, win 9, length 0\n",
    );
    expect(trace.notices).toEqual([
      "addresses were chosen for names: www.example.net is 192.0.2.1, ws.example.net is 192.0.2.2",
    ]);
  });

  test("of version 3, with what it printed of the header", async () => {
    const text =
      "09:00:00.000000 10.0.0.1.1037 > 10.0.0.2.9: S 1415531521:1415531521(0) win 4096 <mss 1024> (DF) [tos 0x10] (ttl 63, id 7)\n";
    expect(printTrace(await readTrace(text), { verbosity: 1 })).toBe(
      "09:00:00.000000 IP (tos 0x10, ttl 63, id 7, offset 0, flags [DF], proto TCP (6), length 44)\n" +
        "    10.0.0.1.1037 > 10.0.0.2.9: Flags [S], cksum 0xd161 (correct), seq 1415531521, win 4096, options [mss 1024], length 0\n",
    );
  });

  test("with bytes below lines that are not understood", async () => {
    const text =
      "09:00:00.000000 IP 10.0.0.1 > 224.0.0.22: igmp v3 report, 1 group record(s)\n" +
      "\t0x0000:  4600 0028 0000 4000 0102 4ebd 0a00 0001  F..(..@...N.....\n" +
      '\t0x0010:  e000 0016 9404 0000 2200 fa02 0000 0001  ........".......\n' +
      "\t0x0020:  0400 0000 e000 00fb                      ........\n";
    expect(await again(text)).toContain("IP 10.0.0.1 > 224.0.0.22: igmp v3 report, 1 group record(s)");
  });

  test("with the bytes of old versions, which have no offsets", async () => {
    const text =
      "09:00:00.000000 10.0.0.1.1 > 10.0.0.2.2: S 1:1(0) win 5\n" +
      "\t\t\t 4500 0028 0007 0000 3f06 67c7 0a00 0001\n" +
      "\t\t\t 0a00 0002 0001 0002 0000 0001 0000 0000\n" +
      "\t\t\t 5002 0005 9bd7 0000\n";
    expect(printTrace(await readTrace(text), { verbosity: 1 })).toBe(
      "09:00:00.000000 IP (tos 0x0, ttl 63, id 7, offset 0, flags [none], proto TCP (6), length 40)\n" +
        "    10.0.0.1.1 > 10.0.0.2.2: Flags [S], cksum 0x9bd7 (correct), seq 1, win 5, length 0\n",
    );
  });

  test("of a relative excerpt from the middle", async () => {
    const text =
      "09:00:00.000000 IP 10.0.0.1.4000 > 10.0.0.2.80: Flags [P.], seq 1:8, ack 1, win 500, length 7\n" +
      "09:00:00.000100 IP 10.0.0.2.80 > 10.0.0.1.4000: Flags [.], ack 8, win 500, length 0\n" +
      "09:00:00.000200 IP 10.0.0.2.80 > 10.0.0.1.4000: Flags [P.], seq 1:19, ack 8, win 500, length 18\n";
    expect(printTrace(await readTrace(text), { absoluteSequence: true })).toBe(
      text.replaceAll("length 18", "length 18: HTTP").replaceAll("length 7", "length 7: HTTP"),
    );
  });
});

describe("other packets", () => {
  test.each([
    "09:00:00.000000 IP 10.0.0.1.5000 > 10.0.0.2.7: UDP, length 40",
    "09:00:00.000000 IP6 2001:db8::1.5000 > 2001:db8::2.81: Flags [S], seq 5, win 64240, length 0",
    "09:00:00.000000 ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28",
    "09:00:00.000000 ARP, Reply 10.0.0.2 is-at 02:00:00:00:00:02, length 28",
    "09:00:00.000000 IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 7, seq 1, length 64",
    "09:00:00.000000 IP 10.0.0.9 > 10.0.0.1: ICMP host 10.0.0.2 unreachable, length 36",
    "09:00:00.000000 IP 10.0.0.2 > 10.0.0.1: ICMP 10.0.0.2 udp port 7 unreachable, length 36",
    "09:00:00.000000 IP 10.0.0.9 > 10.0.0.1: ICMP 10.0.0.2 unreachable - need to frag (mtu 1400), length 36",
    "09:00:00.000000 IP 10.0.0.9 > 10.0.0.1: ICMP host 10.0.0.2 unreachable - admin prohibited filter, length 36",
    "09:00:00.000000 IP6 2001:db8::9 > 2001:db8::1: ICMP6, destination unreachable, unreachable route 2001:db8::2, length 56",
  ])("%s", async (line) => {
    expect(await again(`${line}\n`)).toBe(`${line}\n`);
  });
});

describe("rows of a table", () => {
  const ROW = "1 0.000000 10.0.0.1 10.0.0.2 TCP 74 48126 → 81 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 WS=128";
  const LINE =
    "00:00:00.000000 IP 10.0.0.1.48126 > 10.0.0.2.81: Flags [S], seq 0, win 64240, options [mss 1460,nop,wscale 7], length 0\n";
  test.each([
    ["of spaces", ROW],
    ["of tabs", ROW.replaceAll(" ", "\t").replace("48126\t→\t81\t", "48126 → 81 ")],
    [
      "of commas",
      `"1","0.000000","10.0.0.1","10.0.0.2","TCP","74","48126 > 81 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 WS=128"`,
    ],
    ["of Markdown", `| ${ROW.replaceAll(/ (?=1|TCP|74|48126)/g, " | ")} |`.replace("WS=128", "WS=128 ")],
    ["of tshark", ROW.replace("10.0.0.1 ", "10.0.0.1 → ")],
    ["of tshark in ASCII", ROW.replace("10.0.0.1 ", "10.0.0.1 -> ").replace("→", "->")],
    ["with a remark", ROW.replace("48126 →", "[TCP Port numbers reused] 48126 →")],
  ])("%s", async (_, row) => {
    expect(await again(`${row}\n`)).toBe(LINE);
  });

  test("with the details of each packet between them", async () => {
    const header = "No.     Time           Source                Destination           Protocol Length Info";
    const text = `${header}
      1 0.000000       10.0.0.1              10.0.0.2              TCP      74     48126 → 81 [SYN] Seq=0 Win=64240 Len=0

Frame 1: 74 bytes on wire (592 bits), 74 bytes captured (592 bits)
Transmission Control Protocol, Src Port: 48126, Dst Port: 81, Seq: 0, Len: 0

${header}
      2 0.000214       10.0.0.2              10.0.0.1              TCP      54     81 → 48126 [RST, ACK] Seq=1 Ack=1 Win=0 Len=0
`;
    expect(await again(text)).toBe(
      "00:00:00.000000 IP 10.0.0.1.48126 > 10.0.0.2.81: Flags [S], seq 0, win 64240, length 0\n" +
        "00:00:00.000214 IP 10.0.0.2.81 > 10.0.0.1.48126: Flags [R.], seq 0, ack 1, win 0, length 0\n",
    );
  });

  test("windows are those that were sent", async () => {
    const text =
      `${ROW}\n2 0.1 10.0.0.2 10.0.0.1 TCP 74 81 → 48126 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460 WS=64\n` +
      "3 0.2 10.0.0.1 10.0.0.2 TCP 54 48126 → 81 [ACK] Seq=1 Ack=1 Win=64256 Len=0\n";
    expect(await again(text)).toContain("Flags [.], ack 1, win 502, length 0\n");
  });

  test("messages of applications are segments of the connection", async () => {
    const text =
      `${ROW}\n2 0.1 10.0.0.2 10.0.0.1 TCP 74 81 → 48126 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460\n` +
      "3 0.2 10.0.0.1 10.0.0.2 TCP 54 48126 → 81 [ACK] Seq=1 Ack=1 Win=64240 Len=0\n" +
      "4 0.3 10.0.0.1 10.0.0.2 TLSv1.2 571 Client Hello\n";
    expect(await again(text)).toContain(
      "10.0.0.1.48126 > 10.0.0.2.81: Flags [P.], seq 1:518, ack 1, win 64240, length 517\n",
    );
  });
});

describe("what cannot be read", () => {
  test("is reported with its line", async () => {
    const { notices, frames } = await readTrace(
      `${PLAIN}09:00:01.000000 IP 10.0.0.1.5 > 10.0.0.2.6: Flags [Q], seq 1\n` +
        "09:00:02.000000 IP 10.0.0.1.nosuchservice > 10.0.0.2.6: Flags [.], ack 1, win 2, length 0\n" +
        "09:00:03.000000 IP 10.0.0.1 > 10.0.0.2: GREv0, length 100: gre-proto-0x88be\n" +
        "09:00:04.000000 IP 10.0.0.1.5 > 10.0.0.2.6: tcp 0\n" +
        "09:00:05.000000 IP 10.0.0.1.5 > 10.0.0.2.6: Flags [.], seq 99999999999, ack 1, win 2, length 0\n",
    );
    expect(frames).toHaveLength(2);
    expect(notices).toEqual([
      "line 3 looks like a packet and cannot be read: it is cut off or has other words than tcpdump's",
      'line 4 looks like a packet and cannot be read: "nosuchservice" is neither a port nor the name of a service',
      "line 5 looks like a packet and cannot be read: neither TCP, UDP nor ICMP",
      "line 6 looks like a packet and cannot be read: no flags: printed with -q",
      "line 7 looks like a packet and cannot be read: it is cut off or has other words than tcpdump's",
    ]);
  });

  test("is counted when it is much", async () => {
    const { notices } = await readTrace(`${PLAIN}${`${SYN.replace("[S]", "[Q]")}\n`.repeat(100)}`);
    expect(notices).toHaveLength(8);
    expect(notices.at(-1)).toMatch(/^line 10 .* \(and 92 more such lines\)$/);
  });

  test.each(["just words\n", "{}\n", "10 > 9 is true: yes\n", "at 12:30:00.123 it happened\n"])(
    "%j is no trace",
    async (text) => {
      await expect(readTrace(text)).rejects.toMatchObject({ code: "not-a-capture" });
    },
  );
});

describe("payload that the text does not have", () => {
  test("is cut", async () => {
    const { frames } = await readTrace(
      "09:00:00.000000 IP 10.0.0.1.4000 > 10.0.0.2.80: Flags [P.], seq 1:1001, ack 1, win 500, length 1000\n",
    );
    expect(frames.map(({ bytes, wireLength }) => [bytes.length, wireLength])).toEqual([[54, 1054]]);
  });
});
