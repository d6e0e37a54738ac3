// Part of the build: writes the schemas of --json to dist/schema, from where the package exports them.
import fs from "node:fs";
import { CONNECT_SCHEMA, RUN_SCHEMA } from "../dist/report/schema/own-traffic-schema.js";
import { FLOW_SCHEMA } from "../dist/report/schema/flow-schema.js";
import { PACKET_SCHEMA } from "../dist/report/schema/packet-schema.js";
import { VERDICT_SCHEMA } from "../dist/report/schema/verdict-schema.js";

const folder = new URL("../dist/schema/", import.meta.url);
fs.mkdirSync(folder, { recursive: true });
const schemas = {
  packet: PACKET_SCHEMA,
  flow: FLOW_SCHEMA,
  verdict: VERDICT_SCHEMA,
  connect: CONNECT_SCHEMA,
  run: RUN_SCHEMA,
};
for (const [name, schema] of Object.entries(schemas)) {
  fs.writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(schema, undefined, 2)}\n`);
}
