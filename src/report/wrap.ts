/** A space at which no line ends. */
export const FIXED_SPACE = "\u00A0";

/** Splits text into lines of at most `width` characters, at spaces that are not fixed; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((each) => each.replaceAll(FIXED_SPACE, " "));
}

/** Wrapped text with `head` before its first line and as many spaces before the others. */
export function hanging(head: string, text: string, width: number): string[] {
  const indent = " ".repeat(head.length);
  return wrap(text, width - head.length).map((line, index) => (index === 0 ? head : indent) + line);
}
