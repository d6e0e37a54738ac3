import { describe, expect, test } from "vitest";
import { CLIENT, type EndIndex, SERVER } from "../../src/flow/states.ts";
import { transitionTimeNs } from "../../src/report/flow-summary.ts";
import { analyseScript } from "../support/analyse.ts";

/** The states that an end of the first connection entered, each with its time in milliseconds. */
function timesOf(script: string, end: EndIndex, lastSeconds = 0): string {
  const connection = analyseScript(script, lastSeconds).connections[0];
  return (connection?.transitions.list() ?? [])
    .filter((transition) => transition.end === end)
    .map((transition) => `${transition.state} ${timeText(transitionTimeNs(connection!, transition))}`)
    .join(", ");
}

function timeText(ns: number): string {
  return (ns / 1e6).toFixed(1).replace(".0", "");
}

/** Captured at the client; the server is 10 ms away. */
const HANDSHAKE = "0 > S\n+0.02 < S.\n+0 > .\n";

describe("the way to the far end", () => {
  test("is half of the handshake's half", () => {
    expect(timesOf(HANDSHAKE, SERVER)).toBe("SYN_RCVD 10, ESTABLISHED 30");
  });

  test("is half of the shortest round trip when the first packets were slower", () => {
    const script = "0 > S\n+0.04 < S.\n+0 > .\n1 > P.(100)\n+0.02 < .\n2 < F.\n+0 > .";
    expect(timesOf(script, SERVER)).toBe("SYN_RCVD 30, ESTABLISHED 50, FIN_WAIT_1 1990, FIN_WAIT_2 2010");
  });

  test("is not that of a round trip during which the other end waited", () => {
    const script = `${HANDSHAKE}1 > P.(100)\n+0.06 < .\n2 < F.\n+0 > .`;
    expect(timesOf(script, SERVER)).toContain("FIN_WAIT_1 1990, FIN_WAIT_2 2010");
  });

  test("is not told by a first acknowledgment that came with data, as late as its program sent that", () => {
    const script = "0 > S\n+0 < S.\n1 > P.(100)\n+0 < .\n2 > F.\n+0 < .";
    expect(timesOf(script, CLIENT)).toBe("SYN_SENT 0, ESTABLISHED 0, FIN_WAIT_1 2000, FIN_WAIT_2 2000");
  });

  test("is that of many answers where there is no handshake, and is not told by few, which may be a program's", () => {
    const exchange = "> P.(100)\n+0.02 < .\n+1 ";
    expect(timesOf(`0 ${exchange.repeat(4)}< F.`, SERVER)).toContain("FIN_WAIT_1 4070");
    expect(timesOf(`0 ${exchange.repeat(3)}< F.`, SERVER)).toContain("FIN_WAIT_1 3060");
  });

  test("is measured from the SYN that the timestamp echoes", () => {
    const script = `
      0 > S 1(0) <mss 1460,TS val 1000 ecr 0>
      +0.5 > S 1(0) <mss 1460,TS val 1500 ecr 0>
      +0.1 < S. 1(0) ack 2 <mss 1460,TS val 7000 ecr 1000>
      +0 > .`;
    expect(timesOf(script, SERVER)).toBe("SYN_RCVD 300, ESTABLISHED 900");
    expect(timesOf(script.replace("ecr 1000", "ecr 1500"), SERVER)).toBe("SYN_RCVD 550, ESTABLISHED 650");
  });

  test("where SYNs cross, is that of each end's SYN-ACK after the other's SYN", () => {
    const script = `end a 10.0.0.1:7777\nend b 10.0.0.2:8888
      0 a > b S 3000000000(0) win 4096\n0.05 b > a S 900(0) win 4096
      +0 a > b S. 3000000000(0) ack 901 win 4096\n0.1 b > a S. 900(0) ack 3000000001 win 4096`;
    expect(timesOf(script, CLIENT)).toBe("SYN_SENT 0, SYN_RCVD 50, ESTABLISHED 100");
    expect(timesOf(script, SERVER)).toBe("SYN_SENT 0, SYN_RCVD 50, ESTABLISHED 100");
  });
});

describe("FINs", () => {
  test("that cross are received as they arrive, not as the own one is seen", () => {
    const script = `${HANDSHAKE}1 > F. 1(0) ack 1\n+0.01 < F. 1(0) ack 1\n+0 > . 2(0) ack 2\n1.02 < . 2(0) ack 2`;
    expect(timesOf(script, CLIENT)).toContain("FIN_WAIT_1 1000, CLOSING 1010, TIME_WAIT 1020");
    expect(timesOf(script, SERVER)).toContain("FIN_WAIT_1 1000, CLOSING 1010, TIME_WAIT 1020");
  });

  test("that cross are not received before the other is sent, however long that was on its way", () => {
    const script = `${HANDSHAKE}1 > F. 1(0) ack 1\n+0.05 < F. 1(0) ack 1\n+0 > . 2(0) ack 2\n+0.01 < . 2(0) ack 2`;
    expect(timesOf(script, SERVER)).toContain("FIN_WAIT_1 1040, CLOSING 1040, TIME_WAIT 1060");
  });

  test("are received when the hole before them is filled", () => {
    const lost = `${HANDSHAKE}1 > P.(100) lost\n+0 > P.(100)\n+0 > F.`;
    expect(timesOf(`${lost}\n1.02 < .\n+0 < .\n1.3 > P. 1:101(100)\n1.32 < .`, SERVER)).toContain("CLOSE_WAIT 1310");
  });

  test("are received when the hole is filled at the near end too, which reports it within the noise", () => {
    const near =
      "0 > S\n+0.00001 < S.\n+0.02 > .\n1 > P.(100) lost hidden\n+0 > P.(100)\n+0.000007 < .\n+0 > F.\n+0.000006 < .";
    expect(timesOf(`${near}\n1.3 > P. 1:101(100)\n+0.00001 < .`, SERVER)).toContain("CLOSE_WAIT 1300");
  });

  test("are received at once when nothing is missing, however late they are acknowledged", () => {
    expect(timesOf(`${HANDSHAKE}1 > P.(100)\n+0 > F.\n1.06 < .`, SERVER)).toContain("CLOSE_WAIT 1010");
    expect(timesOf(`${HANDSHAKE}1 > P.(100)\n+0 > F.\n1.02 < . ack 101\n1.06 < .`, SERVER)).toContain(
      "CLOSE_WAIT 1010",
    );
  });
});

describe("close() before its FIN leaves", () => {
  const sending = `${HANDSHAKE}1 > P.(14000)\n+0 > P.(1000)\n+0 > P.(1000)\n`;

  test("is a round trip before a FIN that waited for the window behind data", () => {
    expect(timesOf(`${sending}1.02 < . ack 14001\n+0 > FP.(100)`, CLIENT)).toContain("FIN_WAIT_1 1000");
  });

  test("is a round trip before it at the far end too", () => {
    const script = `${HANDSHAKE}1 > P.(10)\n1.02 < .(15000)\n+0 > .\n1.04 < .(1000)\n+0 < FP.(100)\n+0 > .`;
    expect(timesOf(script, SERVER)).toContain("FIN_WAIT_1 1010");
  });

  test("is as the FIN leaves when it carries nothing, or when no acknowledgment released it", () => {
    expect(timesOf(`${sending}1.02 < . ack 14001\n+0 > F.`, CLIENT)).toContain("FIN_WAIT_1 1020");
    expect(timesOf(`${sending}1.02 < . ack 14001\n1.03 > FP.(100)`, CLIENT)).toContain("FIN_WAIT_1 1030");
  });

  test("is as the FIN leaves when less was sent than no window keeps back", () => {
    expect(timesOf(`${HANDSHAKE}1 > P.(1000)\n1.02 < .\n+0 > FP.(100)`, CLIENT)).toContain("FIN_WAIT_1 1020");
  });

  test("is as the FIN leaves when its program answers a request", () => {
    const script = `${HANDSHAKE}0.5 < P.(15000)\n+0 > .\n1 > P.(10)\n1.02 < FP.(100)\n+0 > .`;
    expect(timesOf(script, SERVER)).toContain("FIN_WAIT_1 1010");
    const near = "0 > S\n+0 < S.\n+0.02 > .\n1 > P.(10)\n+0 < .(15000)\n+0 < FP.(100)";
    expect(timesOf(near, SERVER)).toContain("FIN_WAIT_1 1000");
  });

  test("is never before the state that it ends", () => {
    const script = `${HANDSHAKE}1 > P.(14000)\n+0 > P.(1000)\n1.018 < F. ack 1\n+0 > .\n1.02 < . ack 14001\n+0 > FP.(100)`;
    expect(timesOf(script, CLIENT)).toContain("CLOSE_WAIT 1018, LAST_ACK 1018");
  });

  test("is between a time-out's repetition and its acknowledgment when the FIN comes with that", () => {
    const repeated = `${HANDSHAKE}1 > P.(100) lost\n1.2 > P. 1:101(100) lost\n1.6 > P. 1:101(100)\n1.62 < .`;
    expect(timesOf(`${repeated}\n+0 > F.`, CLIENT)).toContain("FIN_WAIT_1 1610");
    expect(timesOf(`${repeated}\n+0.1 > F.`, CLIENT)).toContain("FIN_WAIT_1 1720");
    expect(timesOf(`${repeated.slice(0, -1)}P.(50)\n+0 > F.`, CLIENT)).toContain("FIN_WAIT_1 1620");
  });
});

describe("timestamps as a clock", () => {
  const stamped = (syn: number, ack: number, answer: number, fin: number, rest = "nop,wscale 7"): string => `
    0 > S <mss 1460,sackOK,TS val ${syn} ecr 0,${rest}>
    0.02 < S. <mss 1460,sackOK,TS val ${answer} ecr ${syn},${rest}>
    +0 > . <nop,nop,TS val ${ack} ecr ${answer}>
    0.13 < F. <nop,nop,TS val ${fin} ecr ${ack}>`;

  test("show that the first packet was late", () => {
    expect(timesOf(stamped(1000, 1028, 500, 610), CLIENT)).toContain("SYN_SENT -8, ESTABLISHED 20");
  });

  test("show that a FIN was late", () => {
    expect(timesOf(stamped(1000, 1020, 500, 602), SERVER)).toContain("FIN_WAIT_1 112");
  });

  test("say nothing when they agree to a tick, or count something else than milliseconds", () => {
    for (const fin of [609, 610, 611, 511, 61500, 400])
      expect(timesOf(stamped(1000, 1020, 500, fin), SERVER)).toContain("FIN_WAIT_1 120");
    for (const ack of [1001, 1002, 21000, 900])
      expect(timesOf(stamped(1000, ack, 500, 610), CLIENT)).toContain("SYN_SENT 0");
  });

  test("say nothing in a few ticks, nor after so long that two clocks drift apart", () => {
    const few = stamped(1000, 1009, 500, 610).replace("0.02 <", "0.006 <");
    expect(timesOf(few, CLIENT)).toContain("SYN_SENT 0");
    const long = stamped(1000, 1020, 500, 20_600).replace("0.13 <", "20.13 <");
    expect(timesOf(long, SERVER)).toContain("FIN_WAIT_1 20120");
  });

  test("date back what they were compared with, and nothing before that", () => {
    const late = `${stamped(1000, 1020, 500, 610)}
      20 > F. <nop,nop,TS val 21000 ecr 610>
      20.05 < . <nop,nop,TS val 20530 ecr 21000>
      20.08 > . <nop,nop,TS val 21088 ecr 20530>`;
    expect(timesOf(late, CLIENT)).toContain("SYN_SENT 0");
    expect(timesOf(late, CLIENT)).toContain("LAST_ACK 19992");
  });

  test("date back a second time what is still later", () => {
    const twice = `${stamped(1000, 1028, 500, 610)}\n0.131 > F. <nop,nop,TS val 1144 ecr 610>`;
    expect(timesOf(twice, CLIENT)).toContain("SYN_SENT -13");
  });

  test("say nothing of stacks that read their clock at times only", () => {
    expect(timesOf(stamped(1000, 1028, 500, 602, "wscale 7,nop"), CLIENT)).toContain("SYN_SENT 0");
    expect(timesOf(stamped(1000, 1028, 500, 602, "wscale 7,nop"), SERVER)).toContain("FIN_WAIT_1 120");
  });

  test("say nothing of a SYN-ACK, in which they may hold a cookie", () => {
    expect(timesOf(stamped(1000, 1020, 460, 610), SERVER)).toBe("SYN_RCVD 10, ESTABLISHED 30, FIN_WAIT_1 120");
  });

  test("do not count what the first SYN waited for its neighbour once more", () => {
    const script = `client 10.0.0.1:40000\nserver 192.0.2.1:80\nstack linux\nnumbers relative
      0 arp who-has 10.0.0.254 tell 10.0.0.1
      1.03 arp who-has 10.0.0.254 tell 10.0.0.1
      1.0309 arp reply 10.0.0.254 is-at 02:00:00:00:00:fe to 10.0.0.1
      +0.00001 > S <mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7>
      1.051 < S. <mss 1460,TS val 7000 ecr 1000>
      +0 > . <nop,nop,TS val 2051 ecr 7000>
      4 > F. <nop,nop,TS val 5000 ecr 7000>`;
    expect(timesOf(script, CLIENT)).toContain("SYN_SENT 0, ESTABLISHED 1051");
  });
});

describe("a half-open connection", () => {
  const ignored = `${HANDSHAKE}1.02 < S.\n+0 > .\n`;

  test("was forgotten when its next SYN-ACK would have been due, not as a RST shows it", () => {
    expect(timesOf(`${ignored}10 > P.(10)\n+0.02 < R 1(0) win 0`, SERVER)).toBe("SYN_RCVD 10, CLOSED 3010");
  });

  test("is reset before that when the RST comes sooner", () => {
    expect(timesOf(`${ignored}2 > P.(10)\n+0.02 < R 1(0) win 0`, SERVER)).toBe("SYN_RCVD 10, CLOSED 2020");
  });

  test("answers a repeated SYN too, which is no gap of its timer", () => {
    const answers = `${HANDSHAKE}1.02 < S.\n1.021 < S.\n+0 > .\n`;
    expect(timesOf(`${answers}10 > P.(10)\n+0.02 < R 1(0) win 0`, SERVER)).toBe("SYN_RCVD 10, CLOSED 3011");
  });
});
