import { describe, expect, test } from "vitest";
import { Names } from "../../src/print/names.ts";
import { printed } from "../../src/print/sink.ts";
import { StatesColumn } from "../../src/print/states-column.ts";
import { StevensPrinter } from "../../src/print/stevens.ts";
import { DEFAULT_OPTIONS, type TcpdumpOptions } from "../../src/print/tcpdump/options.ts";
import { Analysis } from "../../src/pipeline.ts";
import { eachFrame } from "../support/frames.ts";
import { parseScript } from "../support/script.ts";
import { fixtureText } from "../support/write-fixtures.ts";

interface Printing extends Partial<TcpdumpOptions> {
  readonly fold?: number;
  readonly states?: boolean;
}

function printScript(script: string, { fold = 0, states = false, ...options }: Printing = {}): string {
  return printed((sink) => {
    const analysis = new Analysis({ analysis: false });
    const printer = new StevensPrinter(sink, { tcpdump: { ...DEFAULT_OPTIONS, ...options }, fold });
    const column = new StatesColumn();
    eachFrame(parseScript(script), (frame) => {
      const segment = analysis.observe(frame);
      column.set(segment, segment === undefined ? analysis.evidence.quoted?.connection : undefined, frame.number);
      printer.print(analysis.packet, segment, states ? column : undefined);
    });
  });
}

function hosts(names: Record<string, string>): Names {
  const result = new Names({ organisations: false });
  for (const [address, name] of Object.entries(names)) result.addHost(address, name);
  return result;
}

describe("the articles' traces", () => {
  test("the abort is printed to the letter", () => {
    const names = hosts({ "140.252.13.35": "bsd1", "140.252.13.34": "svr4" });
    expect(printScript(fixtureText("abort.script"), { names, quiet: true, fold: 62 })).toBe(
      fixtureText("abort.seed.txt"),
    );
  });

  test("the simultaneous open, but for its misprints and tabs", () => {
    const names = hosts({ "140.252.13.35": "bsdi", "128.32.130.2": "vangogh" });
    const seed = fixtureText("simultaneous-open.seed.txt")
      .replaceAll("\t", " ")
      .replaceAll(/ +$/gm, "")
      // Numbers of SYNs have lost their "(0)"; line 5 acknowledges what was never sent.
      .replaceAll(/(S \d+:\d+) /g, "$1(0) ")
      .replace("P 1:14(13) ack 14\n", "P 1:14(13) ack 1\n");
    const withoutWindow = new Set([5, 7, 9, 11]);
    const text = printScript(fixtureText("simultaneous-open.script"), { names })
      .split("\n")
      .map((line, index) => (withoutWindow.has(index + 1) ? line.replace(/ win \d+/, "") : line))
      .join("\n");
    expect(text).toBe(seed);
  });
});

test("all fields of a segment", () => {
  const text = printScript(`client 10.0.0.1:1037 win 4096
server 10.0.0.2:9
numbers relative
0.0      > S 1415531521:1415531521(0) win 4096 <mss 1024,nop,wscale 0,nop,nop,timestamp 146647 0>
0.1      < S. 1823083521:1823083521(0) <mss 512,sackOK>
+0.00005 > . ack 1
+1       > PU 1:14(13) ack 1 urg 5
+1       < . ack 1 <nop,nop,sack {1415531526:1415531535}>
+1       < P.EW(7)
+1       > R 14(0)
`);
  expect(text)
    .toBe(`1 0.0 10.0.0.1.1037 > 10.0.0.2.9: S 1415531521:1415531521(0) win 4096 <mss 1024,nop,wscale 0,nop,nop,timestamp 146647 0>
2 0.100000 (0.1000) 10.0.0.2.9 > 10.0.0.1.1037: S 1823083521:1823083521(0) ack 1415531522 win 65535 <mss 512,sackOK,eol>
3 0.100050 (0.0001) 10.0.0.1.1037 > 10.0.0.2.9: . ack 1 win 4096
4 1.100050 (1.0000) 10.0.0.1.1037 > 10.0.0.2.9: P 1:14(13) ack 1 win 4096 urg 5
5 2.100050 (1.0000) 10.0.0.2.9 > 10.0.0.1.1037: . ack 1 win 65535 <nop,nop,sack 1 {5:14}>
6 3.100050 (1.0000) 10.0.0.2.9 > 10.0.0.1.1037: PWE 1:8(7) ack 14 win 65535
7 4.100050 (1.0000) 10.0.0.1.1037 > 10.0.0.2.9: R 1415531535:1415531535(0) win 0
`);
});

test("packets of other protocols are printed as tcpdump prints them", () => {
  expect(printScript(fixtureText("host-unreachable.script"))).toBe(
    "1 0.0 12.1.1.1.23118 > 12.1.3.2.23: S 2108861304:2108861304(0) win 4128 <mss 536>\n" +
      "2 0.011203 (0.0112) IP 12.1.1.2 > 12.1.1.1: ICMP host 12.1.3.2 unreachable, length 36\n" +
      "3 0.019886 (0.0087) 12.1.1.1.23118 > 12.1.3.2.23: R 2108861305:2108861305(0) win 4128\n",
  );
});

describe("--states", () => {
  /** The columns of all lines. */
  const columns = (name: string): string[] =>
    printScript(fixtureText(`${name}.script`), { states: true })
      .trimEnd()
      .split("\n")
      .map((line) => line.slice(line.indexOf("  {") + 2));

  test("a connection from its opening to its close", () => {
    expect(columns("healthy")).toEqual([
      "{SYN_SENT | LISTEN}",
      "{ESTABLISHED | SYN_RCVD} client: connect() = 0",
      "{ESTABLISHED | ESTABLISHED} server: accept() returns",
      ...Array.from({ length: 5 }, () => "{ESTABLISHED | ESTABLISHED}"),
      "{FIN_WAIT_1 | CLOSE_WAIT} server: read() = 0",
      "{TIME_WAIT | LAST_ACK} client: read() = 0",
      "{TIME_WAIT | CLOSED}",
    ]);
  });

  test("a refusal", () => {
    expect(columns("refused")).toEqual([
      "{SYN_SENT | LISTEN}",
      "{CLOSED | UNKNOWN} client: connect() = -1 ECONNREFUSED",
    ]);
  });

  test("a router's error", () => {
    expect(columns("host-unreachable")[1]).toBe("{CLOSED | UNKNOWN} client: connect() = -1 EHOSTUNREACH");
  });

  test("an abort", () => {
    expect(columns("abort").at(-1)).toBe("{CLOSED | CLOSED} server: read() = -1 ECONNRESET");
  });

  test("SYNs that cross: both calls of connect() return", () => {
    expect(columns("simultaneous-open").slice(1, 4)).toEqual([
      "{SYN_RCVD | SYN_RCVD}",
      "{SYN_RCVD | ESTABLISHED} server: connect() = 0",
      "{ESTABLISHED | ESTABLISHED} client: connect() = 0",
    ]);
  });

  test("FINs that cross", () => {
    expect(columns("simultaneous-close").filter((column) => column.includes("CLOSING"))).not.toEqual([]);
  });

  test("data after the peer's close", () => {
    const text = printScript(
      `0 > S\n+.1 < S.\n+.1 > .\n+1 > F.\n+.1 < .\n+1 < P(5)\n+.1 > R\n`.replaceAll("+.", "+0."),
      { states: true },
    );
    expect(text.trimEnd().split("\n").at(-1)).toMatch(/ server: write\(\) = -1 EPIPE$/);
  });
});
