import type { Relation, Test } from "./compile.ts";
import { orderOf, quantified } from "./compare.ts";
import { QueryError } from "./error.ts";
import { counter, type NumberField } from "./field.ts";
import { booleanValue, numberValue, secondsValue } from "./literal.ts";
import type { Operand, Value } from "./syntax.ts";

/** What a query asks of numbers and booleans. */
export function numberTest<C>(field: NumberField<C>, operand: Operand, relation: Relation<NumberField<C>>): Test<C> {
  const read = reader(field, operand.mask);
  const count = counter(field);
  if (relation.kind === "exists") {
    // Of bits, or of a condition: is one of them set?
    const isTruth = operand.mask !== -1 || field.isCondition === true;
    return some(read, count, isTruth ? (value) => value > 0 : (value) => !Number.isNaN(value));
  }
  if (relation.kind === "in") return inRanges(read, count, field, relation.items);
  const { operator, value, other } = relation;
  if (operator === "contains" || operator === "matches") {
    throw new QueryError("wrong-type", `${field.name} is no text: ${operator} does not go with it`, operand.place);
  }
  const { accepts, ofAll } = quantified(operator);
  const otherCount = other === undefined ? one : counter(other);
  const otherRead = other === undefined ? constant(numeric(value, field)) : reader(other, -1);
  return (subject) => {
    const many = count(subject);
    const otherMany = otherCount(subject);
    let pairs = 0;
    for (let i = 0; i < many; i++) {
      const mine = read(subject, i);
      if (Number.isNaN(mine)) continue;
      for (let j = 0; j < otherMany; j++) {
        const theirs = otherRead(subject, j);
        if (Number.isNaN(theirs)) continue;
        pairs++;
        if (accepts(orderOf(mine, theirs)) !== ofAll) return !ofAll;
      }
    }
    return ofAll && pairs > 0;
  };
}

type Count<C> = (subject: C) => number;
type Reader<C> = (subject: C, index: number) => number;

function reader<C>({ read }: NumberField<C>, mask: number): Reader<C> {
  if (mask === -1) return read;
  return (subject, index) => {
    const value = read(subject, index);
    return Number.isNaN(value) ? value : (value & mask) >>> 0;
  };
}

function one(): number {
  return 1;
}

function constant<C>(value: number): Reader<C> {
  return () => value;
}

function some<C>(read: Reader<C>, count: Count<C>, accepts: (value: number) => boolean): Test<C> {
  return (subject) => {
    const many = count(subject);
    for (let i = 0; i < many; i++) if (accepts(read(subject, i))) return true;
    return false;
  };
}

function inRanges<C>(
  read: Reader<C>,
  count: Count<C>,
  field: NumberField<C>,
  items: readonly { readonly low: Value; readonly high: Value | undefined }[],
): Test<C> {
  const lows = Float64Array.from(items, ({ low }) => numeric(low, field));
  const highs = Float64Array.from(items, ({ low, high }) => numeric(high ?? low, field));
  return some(read, count, (value) => {
    for (let i = 0; i < lows.length; i++) if (value >= lows[i]! && value <= highs[i]!) return true;
    return false;
  });
}

function numeric<C>(value: Value, { type, name }: NumberField<C>): number {
  if (type === "boolean") return booleanValue(value, name);
  return type === "seconds" ? secondsValue(value, name) : numberValue(value, name);
}
