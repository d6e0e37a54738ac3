/** The part of JSON Schema (draft 2020-12) that describes our output. */
export interface Schema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: SchemaType | readonly SchemaType[];
  readonly enum?: readonly (string | null)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
}

export type SchemaType = "object" | "array" | "string" | "integer" | "number" | "boolean" | "null";

type Properties = Readonly<Record<string, Schema>>;

/** An object with these keys and no others; a key that ends in ? may be absent. */
export function object(description: string, keys: Properties): Schema {
  const names = Object.keys(keys);
  const properties = Object.fromEntries(
    Object.entries(keys).map(([name, schema]) => [name.replace(/\?$/, ""), schema]),
  );
  return {
    ...(description === "" ? {} : { description }),
    type: "object",
    properties,
    required: names.filter((name) => !name.endsWith("?")),
    additionalProperties: false,
  };
}

/** A schema of its own, as it is published. */
export function published(name: string, title: string, schema: Schema): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:tcpscope:schema:${name}`,
    title,
    ...schema,
  };
}

/** A whole number, from 0 on when nothing else is said. */
export function integer(description: string, minimum = 0, maximum?: number): Schema {
  return { description, type: "integer", minimum, ...(maximum === undefined ? {} : { maximum }) };
}

export function bits(description: string, count: number): Schema {
  return integer(description, 0, 2 ** count - 1);
}

/** A duration in seconds; below 0 where clocks stepped back. */
export function seconds(description: string): Schema {
  return { description, type: "number" };
}

export function text(description: string): Schema {
  return { description, type: "string" };
}

export function word(description: string, values: readonly string[]): Schema {
  return { description, type: "string", enum: values };
}

export function flag(description: string): Schema {
  return { description, type: "boolean" };
}

/** Seconds since 1970 as text: nine digits after the point, so that no nanosecond is lost. */
export function time(description: string): Schema {
  return { description: `${description}: seconds since 1970`, type: "string", pattern: TIME };
}

export function list(description: string, items: Schema): Schema {
  return { description, type: "array", items };
}

/** The same, or null. */
export function orNull(schema: Schema): Schema {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  return {
    ...schema,
    type: [...types, "null"],
    ...(schema.enum === undefined ? {} : { enum: [...schema.enum, null] }),
  };
}

const TIME = String.raw`^-?\d+\.\d{9}$`;
const IPV4 = String.raw`\d{1,3}(\.\d{1,3}){3}`;
const IPV6 = String.raw`[\da-f:]*:[\da-f:]*(${IPV4})?`;

/** An IPv4 or IPv6 address as text. */
export const ADDRESS_PATTERN: string = `^(${IPV4}|${IPV6})$`;

export function address(description: string): Schema {
  return { description, type: "string", pattern: ADDRESS_PATTERN };
}

export function ethernetAddress(description: string): Schema {
  return { description, type: "string", pattern: "^[\\da-f]{2}(:[\\da-f]{2}){5}$" };
}
