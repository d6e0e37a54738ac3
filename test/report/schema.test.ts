import fs from "node:fs";
import path from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { diagnoseAll } from "../../src/diagnosis/diagnose.ts";
import type { Connection } from "../../src/flow/connection.ts";
import { Analysis, readCaptures } from "../../src/pipeline.ts";
import { JsonPrinter } from "../../src/print/json.ts";
import { flowObject } from "../../src/report/flow-json.ts";
import { FLOW_COLUMNS, FLOW_SCHEMA } from "../../src/report/schema/flow-schema.ts";
import { CONNECT_SCHEMA, RUN_SCHEMA } from "../../src/report/schema/own-traffic-schema.ts";
import { PACKET_COLUMNS, PACKET_SCHEMA } from "../../src/report/schema/packet-schema.ts";
import { keyPaths, valuesAt } from "../../src/report/schema/paths.ts";
import type { Schema } from "../../src/report/schema/schema.ts";
import { VERDICT_COLUMNS, VERDICT_SCHEMA } from "../../src/report/schema/verdict-schema.ts";
import { verdictObject } from "../../src/report/verdict-json.ts";
import { CORPUS, LAB, lacksFolder } from "../support/peers.ts";
import { printedBy } from "../support/printed.ts";

const ROOT = path.join(import.meta.dirname, "../..");

const SCHEMAS = { packet: PACKET_SCHEMA, flow: FLOW_SCHEMA, verdict: VERDICT_SCHEMA };
type Name = keyof typeof SCHEMAS;
const NAMES: readonly Name[] = ["packet", "flow", "verdict"];

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: false });
const validators: Record<Name, ValidateFunction> = {
  packet: ajv.compile(PACKET_SCHEMA),
  flow: ajv.compile(FLOW_SCHEMA),
  verdict: ajv.compile(VERDICT_SCHEMA),
};

/** What the three commands print of a capture with --json. */
async function objectsOf(file: string): Promise<Record<Name, object[]>> {
  const connections: Connection[] = [];
  const analysis = new Analysis({ onFinished: (connection) => connections.push(connection) });
  const text = await printedBy(async (sink) => {
    const printer = new JsonPrinter(sink);
    await readCaptures([file], (frame, source) => {
      const segment = analysis.observe(frame);
      const quote = segment === undefined ? analysis.evidence.quoted : undefined;
      const name = source.interfaces[frame.interfaceIndex]?.name ?? "";
      printer.print(analysis.packet, segment, name, quote && { stream: quote.connection.stream, frame: quote.frame });
    });
  });
  analysis.finish();
  const { start, lastTimeNs } = analysis.connections;
  return {
    packet: text.split("\n").slice(0, -1).map(parsed),
    flow: connections.map((connection) => flowObject(connection, start, lastTimeNs)),
    verdict: diagnoseAll(connections, analysis.evidence, lastTimeNs).map(verdictObject),
  };
}

function parsed(line: string): object {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null) throw new Error(`no object: ${line}`);
  return value;
}

/** The first object of each kind that its schema does not allow. */
async function violations(files: readonly string[]): Promise<{ found: string[]; checked: number; used: Set<string> }> {
  const found: string[] = [];
  const used = new Set<string>();
  let checked = 0;
  for (const file of files) {
    const printed = await objectsOf(file);
    for (const name of NAMES) {
      const objects = printed[name];
      const validate = validators[name];
      const bad = objects.find((each) => !validate(each));
      if (bad !== undefined)
        found.push(`${path.basename(file)}: ${name} ${ajv.errorsText(validate.errors)}: ${JSON.stringify(bad)}`);
      checked += objects.length;
      for (const object of objects)
        for (const { path, keys } of KEYS[name])
          if (!used.has(`${name}.${path}`) && valuesAt(object, keys).length > 0) used.add(`${name}.${path}`);
    }
  }
  return { found, checked, used };
}

const KEYS = { packet: keyPaths(PACKET_SCHEMA), flow: keyPaths(FLOW_SCHEMA), verdict: keyPaths(VERDICT_SCHEMA) };

function capturesIn(folder: string, pattern: RegExp): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => path.join(folder, name));
}

describe("what is printed is as the schemas say", () => {
  test("of all fixtures", async () => {
    const { found, checked } = await violations(capturesIn(path.join(ROOT, "fixtures"), /\.pcap$/));
    expect(found).toEqual([]);
    expect(checked).toBeGreaterThan(200);
  });

  test.skipIf(lacksFolder(CORPUS) || lacksFolder(LAB))(
    "of captures of kernels and of other people",
    { timeout: 120_000 },
    async () => {
      const small = (file: string): boolean => fs.statSync(file).size < 100_000;
      const files = [
        ...capturesIn(LAB, /\.pcap$/),
        ...capturesIn(path.join(CORPUS, "tcp"), /\.(?:pcap|pcapng|trace)$/).filter(small),
        ...capturesIn(path.join(CORPUS, "hostile"), /./).filter(small),
      ];
      const { found, checked, used } = await violations(files);
      expect(found).toEqual([]);
      expect(checked).toBeGreaterThan(files.length);
      // A key that no capture has would be described without being held against anything.
      const all = Object.entries(KEYS).flatMap(([name, keys]) => keys.map((key) => `${name}.${key.path}`));
      const rare = /\.causes\.|^packet\.(?:fault|ethernet\.vlan)/;
      expect(all.filter((name) => !used.has(name) && !rare.test(name))).toEqual([]);
    },
  );
});

test.each(Object.entries({ ...SCHEMAS, connect: CONNECT_SCHEMA, run: RUN_SCHEMA }))(
  "%s: allows no other keys, describes each, and is published",
  (name, schema) => {
    const parts = objectsWithin(schema);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.filter((part) => part.additionalProperties !== false)).toEqual([]);
    const keys = keyPaths(schema);
    expect(keys.filter((key) => (key.schema.description ?? "").length < 3).map(({ path }) => path)).toEqual([]);
    const file = path.join(ROOT, "dist/schema", `${name}.json`);
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(schema)));
  },
);

function objectsWithin(schema: Schema): Schema[] {
  const children = [...Object.values(schema.properties ?? {}), ...(schema.items === undefined ? [] : [schema.items])];
  return [...(schema.properties === undefined ? [] : [schema]), ...children.flatMap(objectsWithin)];
}

test.each<[Name, readonly string[]]>([
  ["packet", PACKET_COLUMNS],
  ["flow", FLOW_COLUMNS],
  ["verdict", VERDICT_COLUMNS],
])("%s: the usual columns are keys", (name, columns) => {
  const known = new Set(KEYS[name].map(({ path }) => path));
  expect(columns.filter((column) => !known.has(column))).toEqual([]);
});
