import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseServices, systemFile } from "../../src/capture/text/services.ts";
import { isAddress, parseHosts } from "../../src/cli/names.ts";
import { Names } from "../../src/print/names.ts";
import { printed } from "../../src/print/sink.ts";

const BYTES = Uint8Array.of(10, 0, 0, 1, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
const VIEW = new DataView(BYTES.buffer);

function addresses(names: Names): string {
  return printed((sink) => {
    names.address(sink, BYTES, VIEW, 0, 4);
    sink.char(0x20);
    names.addressAndDot(sink, BYTES, VIEW, 4, 16);
    names.port(sink, "tcp", 80);
    sink.char(0x20);
    names.port(sink, "udp", 80);
  });
}

test("what has no name is a number", () => {
  expect(addresses(new Names())).toBe("10.0.0.1 2001:db8::1.80 80");
});

test("the first name of an address or a port counts", () => {
  const names = new Names();
  names.addHost("10.0.0.1", "one.example.net");
  names.addHost("10.0.0.1", "two");
  names.addHost("2001:db8::1", "six");
  names.addPort("tcp", 80, "http");
  names.addPort("tcp", 80, "www");
  expect(addresses(names)).toBe("one.example.net six.http 80");
});

test("domains can be left out", () => {
  const names = new Names({ withoutDomain: true });
  names.addHost("10.0.0.1", "one.example.net");
  expect(addresses(names)).toContain("one 2001");
});

test("bytes of names that a terminal would obey are not printed", () => {
  const names = new Names();
  names.addHost("10.0.0.1", "a\u001B[2Jb ü");
  expect(addresses(names)).toContain("a?[2Jb?? ");
});

test("an address without name is asked for once", () => {
  const asked: string[] = [];
  const names = new Names({ ask: (address) => void asked.push(address) });
  addresses(names);
  addresses(names);
  expect(asked).toEqual(["10.0.0.1", "2001:db8::1"]);
  names.addHost("10.0.0.1", "late");
  expect(addresses(names)).toContain("late ");
});

describe("files", () => {
  test("of services", () => {
    const { tcp, udp } = parseServices(
      "# list\nhttp\t80/tcp www # web\ndomain 53/tcp\ndomain 53/udp\nbad 70000/tcp\nnone\n",
    );
    expect([...tcp]).toEqual([
      ["http", 80],
      ["www", 80],
      ["domain", 53],
    ]);
    expect([...udp]).toEqual([["domain", 53]]);
  });

  test("of hosts", () => {
    expect(parseHosts("# list\n10.0.0.1 one uno # first\n::1\tip6-localhost\nbad name\n10.0.0.2\n\n")).toEqual([
      ["10.0.0.1", "one"],
      ["::1", "ip6-localhost"],
    ]);
  });

  test("that are not there have no names", () => {
    expect(systemFile("/nonexistent/services")).toBe("");
  });
});

test("what an address is: the same as for node:net, but for zones", () => {
  const part = fc.oneof(
    fc.constantFrom(":", "::", ".", "0", "00", "255", "256", "1.2.3.4", "ffff", "g"),
    fc.nat(300).map(String),
  );
  const nearly = fc.array(part, { maxLength: 9 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), nearly, fc.string()), (text) => {
      expect(isAddress(text)).toBe(isIP(text) !== 0 && !text.includes("%"));
    }),
    { numRuns: 2000 },
  );
});
