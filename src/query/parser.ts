import { QueryError } from "./error.ts";
import { type Token, tokens } from "./lexer.ts";
import type { Item, Operand, Operator, Query, Value } from "./syntax.ts";

/** Parentheses and "not" within each other. */
const MAXIMUM_DEPTH = 200;

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["==", "=="],
  ["eq", "=="],
  ["any_eq", "=="],
  ["!=", "!="],
  ["ne", "!="],
  ["all_ne", "!="],
  ["~=", "~="],
  ["any_ne", "~="],
  ["===", "==="],
  ["all_eq", "==="],
  [">", ">"],
  ["gt", ">"],
  ["<", "<"],
  ["lt", "<"],
  [">=", ">="],
  ["ge", ">="],
  ["<=", "<="],
  ["le", "<="],
  ["contains", "contains"],
  ["matches", "matches"],
  ["~", "matches"],
]);

const OR: ReadonlySet<string> = new Set(["or", "||"]);
const XOR: ReadonlySet<string> = new Set(["xor", "^^"]);
const AND: ReadonlySet<string> = new Set(["and", "&&"]);
const NOT: ReadonlySet<string> = new Set(["not", "!"]);

/** Words that are no names. */
const RESERVED: ReadonlySet<string> = new Set([...OR, ...XOR, ...AND, ...NOT, ...OPERATORS.keys(), "in"]);

/** Parses a query by the grammar of syntax.ts. Throws a `QueryError`, and nothing else. */
export function parseQuery(text: string): Query {
  const parser = new Parser(tokens(text));
  return parser.whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  whole(): Query {
    const query = this.#or();
    const rest = this.#peek();
    if (rest.kind !== "end") throw this.#unexpected(rest, "“and”, “or” or the end is");
    return query;
  }

  #or(): Query {
    return this.#sequence("or", OR, () =>
      this.#sequence("xor", XOR, () => this.#sequence("and", AND, () => this.#not())),
    );
  }

  #sequence(kind: "and" | "or" | "xor", words: ReadonlySet<string>, operand: () => Query): Query {
    let left = operand();
    while (this.#take(words)) left = { kind, left, right: operand() };
    return left;
  }

  #not(): Query {
    const at = this.#peek();
    if (++this.#depth > MAXIMUM_DEPTH)
      throw new QueryError("too-long", `more than ${MAXIMUM_DEPTH} parentheses within each other`, at);
    let query: Query;
    if (this.#take(NOT)) query = { kind: "not", operand: this.#not() };
    else if (this.#takeSign("(")) query = this.#parenthesis(at);
    else query = this.#relation();
    this.#depth--;
    return query;
  }

  #parenthesis(open: Token): Query {
    const query = this.#or();
    const close = this.#peek();
    if (this.#takeSign(")")) return query;
    if (close.kind === "end") throw new QueryError("syntax", "this parenthesis is not closed", open);
    throw this.#unexpected(close, "“)” is");
  }

  #relation(): Query {
    const field = this.#operand();
    const token = this.#peek();
    const operator = token.kind === "quoted" ? undefined : OPERATORS.get(token.text);
    if (operator !== undefined) {
      this.#next++;
      return { kind: "compare", field, operator, value: this.#value() };
    }
    const negated = this.#isNotIn();
    if (negated) this.#next++;
    if (token.kind === "quoted" || this.#peek().text !== "in") return { kind: "exists", field };
    this.#next++;
    const set: Query = { kind: "in", field, items: this.#items() };
    return negated ? { kind: "not", operand: set } : set;
  }

  #isNotIn(): boolean {
    const after = this.#tokens[this.#next + 1];
    return this.#peek().text === "not" && after?.kind === "word" && after.text === "in";
  }

  #operand(): Operand {
    const token = this.#peek();
    if (token.kind !== "word" || RESERVED.has(token.text)) throw this.#unexpected(token, "a field is");
    this.#next++;
    const place = { column: token.column, length: token.length };
    return { name: token.text, mask: this.#takeSign("&") ? this.#mask() : -1, place };
  }

  #mask(): number {
    const token = this.#peek();
    const mask = Number(token.text);
    if (token.kind !== "word" || !Number.isInteger(mask) || mask <= 0 || mask > 0xffffffff) {
      throw this.#unexpected(token, "a number of bits is");
    }
    this.#next++;
    return mask;
  }

  #items(): Item[] {
    const open = this.#peek();
    if (!this.#takeSign("{")) throw this.#unexpected(open, "“{” is");
    const items: Item[] = [];
    while (!this.#takeSign("}")) {
      if (this.#peek().kind === "end") throw new QueryError("syntax", "this set is not closed", open);
      if (items.length > 0) this.#takeSign(",");
      const low = this.#value();
      items.push({ low, high: this.#takeSign("..") ? this.#value() : undefined });
    }
    if (items.length === 0) throw new QueryError("syntax", "a set has at least one value", open);
    return items;
  }

  #value(): Value {
    const token = this.#peek();
    const quoted = token.kind === "quoted";
    if (!quoted && (token.kind !== "word" || RESERVED.has(token.text))) throw this.#unexpected(token, "a value is");
    this.#next++;
    return { text: token.text, quoted, place: { column: token.column, length: token.length } };
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(words: ReadonlySet<string>): boolean {
    const token = this.#peek();
    if ((token.kind !== "word" && token.kind !== "sign") || !words.has(token.text)) return false;
    this.#next++;
    return true;
  }

  #takeSign(sign: string): boolean {
    const token = this.#peek();
    if (token.kind !== "sign" || token.text !== sign) return false;
    this.#next++;
    return true;
  }

  #unexpected(token: Token, needed: string): QueryError {
    const have = token.kind === "end" ? "the query ends here" : `it is ${JSON.stringify(token.text)}`;
    return new QueryError("syntax", `${needed} needed, ${have}`, token);
  }
}
