import { expect, test } from "vitest";
import { analyseScript } from "../support/analyse.ts";

const HANDSHAKE = "0 > S\n+0.01 < S.\n+0.0001 > .\n";

/** What is odd about the last connection: name, sender, frames, reason. */
function findings(script: string): unknown[] {
  const { connections } = analyseScript(script);
  return (connections.at(-1)?.findings?.list ?? []).map(({ name, from, frames, reason }) =>
    [name, from === 0 ? "client" : "server", ...frames, reason].filter((each) => each !== ""),
  );
}

test.each([
  { what: "a healthy connection", script: `${HANDSHAKE}1 > P.(10)\n+0.01 < .\n+1 > F.\n+0.01 < F.\n+0 > .`, found: [] },
  {
    what: "a SYN-ACK that acknowledges another SYN",
    script: "0 > S 1000(0)\n+0.01 < S. 5000(0) ack 777",
    found: [["syn-ack-of-another-syn", "server", 2]],
  },
  {
    what: "an acknowledgment of what is sent only later",
    script: `${HANDSHAKE}1 > P.(10)\n+0.01 < . ack 20\n+0.1 > P. 11:31(20)`,
    found: [["ack-of-unsent-data", "server", 5]],
  },
  {
    what: "an acknowledgment of what the capture has not",
    script: `${HANDSHAKE}1 > P.(10)\n+0.01 < . ack 20\n+0.1 > P. 20:31(11)`,
    found: [],
  },
  { what: "SYN with FIN", script: "0 > SF", found: [["syn-fin", "client", 1]] },
  { what: "SYN with RST", script: "0 > SR", found: [["syn-rst", "client", 1]] },
  { what: "no flags", script: "0 > none", found: [["null-flags", "client", 1]] },
  { what: "FIN, PSH and URG", script: "0 > FPU noack", found: [["xmas-flags", "client", 1]] },
  { what: "data in a SYN", script: "0 > S 0:10(10)", found: [["syn-with-data", "client", 1]] },
  { what: "data in a RST", script: `${HANDSHAKE}1 < R. 1:5(4)`, found: [["rst-with-data", "server", 4]] },
  {
    what: "data before the SYN-ACK",
    script: "0 > S\n+0.001 > P. 1:11(10)",
    found: [["early-data", "client", 2]],
  },
  {
    what: "a new connection while the server is in TIME_WAIT",
    script: `${HANDSHAKE}1 < F.\n+0.01 > F.\n+0.01 < .\n10 > S 900000(0)`,
    found: [["time-wait-reuse", "client", 7, "newer-timestamp"]],
  },
])("$what", ({ script, found }) => {
  expect(findings(script)).toEqual(found);
});

test("of one kind only the first frames are kept", () => {
  const script = `${HANDSHAKE}${"+0.01 < R. 1:5(4)\n".repeat(40)}`;
  expect(analyseScript(script).connections[0]?.findings?.list[0]?.frames).toHaveLength(16);
});
