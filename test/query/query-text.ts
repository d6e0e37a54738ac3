import type { Item, Operand, Query, Value } from "../../src/query/syntax.ts";

/** How tightly each kind binds. */
const STRENGTH: Readonly<Record<Query["kind"], number>> = {
  or: 1,
  xor: 2,
  and: 3,
  not: 4,
  exists: 5,
  compare: 5,
  in: 5,
};

/** A tree as text that parses to the same tree. */
export function queryText(query: Query): string {
  switch (query.kind) {
    case "and":
    case "or":
    case "xor":
      return `${side(query.left, STRENGTH[query.kind])} ${query.kind} ${side(query.right, STRENGTH[query.kind] + 1)}`;
    case "not":
      return `not ${side(query.operand, STRENGTH.not)}`;
    case "exists":
      return operandText(query.field);
    case "compare":
      return `${operandText(query.field)} ${query.operator} ${valueText(query.value)}`;
    default:
      return `${operandText(query.field)} in {${query.items.map(itemText).join(", ")}}`;
  }
}

/** A part of a larger tree, in parentheses where it binds less than its surroundings. */
function side(query: Query, strength: number): string {
  return STRENGTH[query.kind] < strength ? `(${queryText(query)})` : queryText(query);
}

function operandText({ name, mask }: Operand): string {
  return mask === -1 ? name : `${name} & 0x${mask.toString(16)}`;
}

function valueText({ text, quoted }: Value): string {
  return quoted ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : text;
}

function itemText({ low, high }: Item): string {
  return high === undefined ? valueText(low) : `${valueText(low)}..${valueText(high)}`;
}
