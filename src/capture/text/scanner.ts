/** Reads a line from left to right; every pattern has to match at the place that is reached (sticky), so that no line is searched twice. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Matches a sticky pattern here and moves behind it. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match;
  }

  skipSpace(): void {
    while (this.at < this.text.length && isSpace(this.text.charCodeAt(this.at))) this.at++;
  }

  /** What is left, up to `length` characters. */
  rest(length = 40): string {
    return this.text.slice(this.at, this.at + length);
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
