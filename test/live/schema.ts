import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import type { Schema } from "../../src/report/schema/schema.ts";

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });

/** Expects of each object that its schema allows it. */
export function expectAsPublished(schema: Schema, objects: readonly unknown[]): void {
  const validate = ajv.getSchema(schema.$id ?? "") ?? ajv.compile(schema);
  const bad = objects.find((each) => validate(each) !== true);
  expect([bad, bad === undefined ? "" : ajv.errorsText(validate.errors)]).toEqual([undefined, ""]);
}
