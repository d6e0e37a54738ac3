/**
 * Queries as a tree. The grammar, from what binds least to what binds most:
 *
 *     query    = conjunction { ("or" | "||") conjunction }   with "xor" | "^^" between the two
 *     and      = not { ("and" | "&&") not }
 *     not      = ("not" | "!") not | "(" query ")" | relation
 *     relation = field [ "&" number ] [ operator value | ["not"] "in" "{" item { [","] item } "}" ]
 *     item     = value [ ".." value ]
 *     operator = == eq  != ne  ~= any_ne  === all_eq  > gt  < lt  >= ge  <= le  contains  matches ~
 *     value    = number (10, 0x1f, 017) | text in "" or '' | address[/prefix] | true | false | word | field
 */

/** What a comparison is called in the tree, whichever way it was written. */
export type Operator = "==" | "!=" | "~=" | "===" | ">" | "<" | ">=" | "<=" | "contains" | "matches";

/** Where something stands in the text. */
export interface Place {
  readonly column: number;
  readonly length: number;
}

/** A name, with the bits that are asked for; -1: all of them. */
export interface Operand {
  readonly name: string;
  readonly mask: number;
  readonly place: Place;
}

/** A value as written, without its quotes. */
export interface Value {
  readonly text: string;
  readonly quoted: boolean;
  readonly place: Place;
}

/** A value of a set, or a range of them, ends included. */
export interface Item {
  readonly low: Value;
  readonly high: Value | undefined;
}

export type Query =
  | { readonly kind: "and" | "or" | "xor"; readonly left: Query; readonly right: Query }
  | { readonly kind: "not"; readonly operand: Query }
  | { readonly kind: "exists"; readonly field: Operand }
  | { readonly kind: "compare"; readonly field: Operand; readonly operator: Operator; readonly value: Value }
  | { readonly kind: "in"; readonly field: Operand; readonly items: readonly Item[] };

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
