import { addressTest, bytesTest } from "./compile-bytes.ts";
import { numberTest } from "./compile-number.ts";
import { textTest } from "./compile-text.ts";
import { QueryError } from "./error.ts";
import type { BytesField, Field, FieldTable, NumberField, TextField } from "./field.ts";
import { parseQuery } from "./parser.ts";
import type { Item, Operand, Operator, Query, Value } from "./syntax.ts";

/** Whether a query is true of a subject. */
export type Test<C> = (subject: C) => boolean;

/** What is asked of the values of one field. */
export type Relation<F> =
  | { readonly kind: "exists" }
  | { readonly kind: "compare"; readonly operator: Operator; readonly value: Value; readonly other: F | undefined }
  | { readonly kind: "in"; readonly items: readonly Item[] };

/** A query that is ready: parsed and checked once, then asked of every subject. Nothing is allocated by a test of numbers or addresses. */
export interface CompiledQuery<C> {
  readonly matches: Test<C>;
  /** Fields that it asks for. */
  readonly fields: ReadonlySet<Field<C>>;
}

/** Compiles a query on the fields of a table. Throws a `QueryError`. */
export function compileQuery<C>(text: string, table: FieldTable<C>): CompiledQuery<C> {
  const compiler = new Compiler(table);
  const matches = compiler.test(parseQuery(text));
  return { matches, fields: compiler.used };
}

class Compiler<C> {
  readonly used = new Set<Field<C>>();
  readonly #table: FieldTable<C>;

  constructor(table: FieldTable<C>) {
    this.#table = table;
  }

  test(query: Query): Test<C> {
    switch (query.kind) {
      case "and":
      case "or":
      case "xor":
        return joined(query.kind, this.test(query.left), this.test(query.right));
      case "not": {
        const test = this.test(query.operand);
        return (subject) => !test(subject);
      }
      case "exists":
        return this.#relation(query.field, { kind: "exists" });
      case "in":
        return this.#relation(query.field, { kind: "in", items: query.items });
      default: {
        const { field, operator, value } = query;
        return this.#relation(field, { kind: "compare", operator, value, other: this.#other(field, value) });
      }
    }
  }

  #relation(operand: Operand, relation: Relation<Field<C>>): Test<C> {
    const field = this.#field(operand);
    if (operand.mask !== -1 && field.type !== "number") {
      throw new QueryError("wrong-type", `${operand.name} is no number: it has no bits to ask for`, operand.place);
    }
    if (isNumber(field)) return numberTest(field, operand, sameKind(relation, isNumber));
    if (isText(field)) return textTest(field, sameKind(relation, isText));
    if (field.type === "bytes") return bytesTest(field, operand, relation);
    return addressTest(field, operand, sameKind(relation, isBytes));
  }

  /** The field that a value names, when it is one that can be compared with the field before it. */
  #other(operand: Operand, value: Value): Field<C> | undefined {
    const other = value.quoted ? undefined : this.#table.find(value.text);
    if (other === undefined || !comparable(this.#field(operand), other)) return undefined;
    this.used.add(other);
    return other;
  }

  #field({ name, place }: Operand): Field<C> {
    const field = this.#table.find(name);
    if (field !== undefined) {
      this.used.add(field);
      return field;
    }
    const hint = this.#table.hint(name);
    if (hint !== undefined) throw new QueryError("other-field", hint, { ...place, word: name });
    throw new QueryError("unknown-field", `there is no field ${JSON.stringify(name)}`, { ...place, word: name });
  }
}

function joined<C>(kind: "and" | "or" | "xor", left: Test<C>, right: Test<C>): Test<C> {
  if (kind === "and") return (subject) => left(subject) && right(subject);
  if (kind === "or") return (subject) => left(subject) || right(subject);
  return (subject) => left(subject) !== right(subject);
}

function isNumber<C>(field: Field<C>): field is NumberField<C> {
  return field.type === "number" || field.type === "seconds" || field.type === "boolean";
}

function isText<C>(field: Field<C>): field is TextField<C> {
  return field.type === "text" || field.type === "address";
}

function isBytes<C>(field: Field<C>): field is BytesField<C> {
  return !isNumber(field) && !isText(field);
}

function comparable<C>(one: Field<C>, other: Field<C>): boolean {
  return isNumber(one) ? isNumber(other) : one.type === other.type && one.type !== "bytes";
}

/** A relation whose other field is of the same kind, which `comparable` has made sure of. */
function sameKind<C, F extends Field<C>>(
  relation: Relation<Field<C>>,
  is: (field: Field<C>) => field is F,
): Relation<F> {
  if (relation.kind !== "compare") return relation;
  const { other } = relation;
  return { ...relation, other: other !== undefined && is(other) ? other : undefined };
}
