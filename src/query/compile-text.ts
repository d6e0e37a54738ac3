import type { Relation, Test } from "./compile.ts";
import { order } from "./compile-bytes.ts";
import { orderOf, quantified } from "./compare.ts";
import { QueryError } from "./error.ts";
import { counter, type TextField } from "./field.ts";
import { addressValue, ipv4Bytes, ipv6Bytes, patternValue } from "./literal.ts";
import type { Value } from "./syntax.ts";

/** How a text stands to a value; NaN when it cannot be compared with it (addresses of different versions). */
type Order = (text: string) => number;

/** What a query asks of texts, and of addresses written as text. */
export function textTest<C>(field: TextField<C>, relation: Relation<TextField<C>>): Test<C> {
  const { text } = field;
  const count = counter(field);
  if (relation.kind === "exists") return some(text, count, () => true);
  if (relation.kind === "in") {
    const ranges = relation.items.map(({ low, high }) => [orderTo(low, field), orderTo(high ?? low, field)] as const);
    return some(text, count, (mine) => ranges.some(([low, high]) => low(mine) >= 0 && high(mine) <= 0));
  }
  const { operator, value, other } = relation;
  if (operator === "contains") return some(text, count, (mine) => mine.includes(value.text));
  if (operator === "matches") {
    const pattern = patternValue(value);
    return some(text, count, (mine) => pattern.test(mine));
  }
  const { accepts, ofAll } = quantified(operator);
  if (other !== undefined) return compareFields(field, other, accepts, ofAll);
  checkChoice(value, field);
  const wanted = orderTo(value, field);
  return (subject) => {
    const many = count(subject);
    let seen = 0;
    for (let i = 0; i < many; i++) {
      const mine = text(subject, i);
      if (mine === undefined) continue;
      seen++;
      if (accepts(wanted(mine)) !== ofAll) return !ofAll;
    }
    return ofAll && seen > 0;
  };
}

function some<C>(
  text: TextField<C>["text"],
  count: (subject: C) => number,
  accepts: (text: string) => boolean,
): Test<C> {
  return (subject) => {
    const many = count(subject);
    for (let i = 0; i < many; i++) {
      const mine = text(subject, i);
      if (mine !== undefined && accepts(mine)) return true;
    }
    return false;
  };
}

function compareFields<C>(
  one: TextField<C>,
  other: TextField<C>,
  accepts: (order: number) => boolean,
  ofAll: boolean,
): Test<C> {
  const [count, otherCount] = [counter(one), counter(other)];
  return (subject) => {
    const [many, otherMany] = [count(subject), otherCount(subject)];
    let pairs = 0;
    for (let i = 0; i < many; i++) {
      const mine = one.text(subject, i);
      if (mine === undefined) continue;
      for (let j = 0; j < otherMany; j++) {
        const theirs = other.text(subject, j);
        if (theirs === undefined) continue;
        pairs++;
        if (accepts(orderOf(mine, theirs)) !== ofAll) return !ofAll;
      }
    }
    return ofAll && pairs > 0;
  };
}

function orderTo<C>(value: Value, { type, name }: TextField<C>): Order {
  if (type === "text") return (text) => orderOf(text, value.text);
  const wanted = addressValue(value, name, "address");
  return (text) => {
    const bytes = ipv4Bytes(text) ?? ipv6Bytes(text);
    return bytes === undefined || bytes.length !== wanted.bytes.length ? Number.NaN : order(bytes, 0, wanted);
  };
}

/** A word that the field never has is a slip of the pen. */
function checkChoice<C>({ text, place }: Value, { name, choices }: TextField<C>): void {
  if (choices === undefined || choices.includes(text)) return;
  throw new QueryError("wrong-type", `${name} is one of ${choices.join(", ")}; never ${JSON.stringify(text)}`, {
    ...place,
    word: text,
  });
}
