import { QueryError } from "./error.ts";

/** Longest query, in characters. */
const MAXIMUM_LENGTH = 65536;

type TokenKind = "word" | "quoted" | "sign" | "end";

/** A part of a query; `text` of what is quoted is without its quotes. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly column: number;
  readonly length: number;
}

/** Signs, longer ones first. */
const SIGNS = [
  "===",
  "!==",
  "&&",
  "||",
  "^^",
  "==",
  "!=",
  "~=",
  ">=",
  "<=",
  "..",
  ">",
  "<",
  "!",
  "~",
  "&",
  "(",
  ")",
  "{",
  "}",
  ",",
];

/** Names, numbers, addresses, prefixes; two dots in a row end a word. */
const WORD = /(?:[\w:/%@*+-]|\.(?!\.))+/y;
const SPACE = /\s+/y;

/** Takes a query apart; the last token is the end. Throws a `QueryError`. */
export function tokens(query: string): Token[] {
  if (query.length > MAXIMUM_LENGTH) {
    throw new QueryError("too-long", `a query has at most ${MAXIMUM_LENGTH} characters`, {
      column: MAXIMUM_LENGTH,
      length: 1,
    });
  }
  const found: Token[] = [];
  let column = 0;
  while (column < query.length) {
    const space = matchAt(SPACE, query, column);
    if (space === undefined) {
      const token = tokenAt(query, column);
      found.push(token);
      column += token.length;
    } else {
      column += space.length;
    }
  }
  found.push({ kind: "end", text: "", column: query.length, length: 1 });
  return found;
}

function tokenAt(query: string, column: number): Token {
  const character = query.charAt(column);
  if (character === '"' || character === "'") return quotedAt(query, column, character);
  const sign = SIGNS.find((each) => query.startsWith(each, column));
  if (sign !== undefined) return { kind: "sign", text: sign, column, length: sign.length };
  const word = matchAt(WORD, query, column);
  if (word !== undefined) return { kind: "word", text: word, column, length: word.length };
  throw new QueryError("syntax", `${JSON.stringify(character)} means nothing here`, { column, length: 1 });
}

/** Up to the same quote again; a backslash takes what follows it as it is. */
function quotedAt(query: string, column: number, quote: string): Token {
  let text = "";
  for (let at = column + 1; at < query.length; at++) {
    const character = query.charAt(at);
    if (character === quote) return { kind: "quoted", text, column, length: at + 1 - column };
    if (character === "\\" && at + 1 < query.length) {
      const next = query.charAt(++at);
      // What only a pattern understands is left to it.
      text += next === quote || next === "\\" ? next : `\\${next}`;
    } else {
      text += character;
    }
  }
  throw new QueryError("syntax", `the text that begins with ${quote} does not end`, {
    column,
    length: query.length - column,
  });
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
