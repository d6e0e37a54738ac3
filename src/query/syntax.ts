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
interface Place {
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
