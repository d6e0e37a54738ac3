/** Longest line that is looked at, in characters; what is beyond is passed over. */
export const MAX_LINE = 8192;

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&nbsp;": " ",
  "&rarr;": "→",
  "&#39;": "'",
  "&#60;": "<",
  "&#62;": ">",
  "&#160;": " ",
};

/** Tags that pages put around lines; `<mss 1024>` is none of them. */
const TAG =
  /<\/?(?:a|b|br|code|div|em|font|i|kbd|li|p|pre|samp|small|span|strong|table|tbody|td|th|tr|tt|u)(?:\s[^<>]{0,300})?\/?>/gi;
const BREAKING_TAG = /<(?:\/?td|\/?th)(?:\s[^<>]{0,300})?>/gi;

/** A line without what pages, mails and word processors add: HTML, no-break and zero-width spaces, colour codes, wide signs. */
export function clean(line: string): string {
  let text = line.length > MAX_LINE ? line.slice(0, MAX_LINE) : line;
  if (text.includes("\u001B")) text = withoutEscapes(text);
  if (text.includes("<")) text = text.replaceAll(BREAKING_TAG, "\t").replaceAll(TAG, "");
  if (text.includes("&")) text = text.replaceAll(/&(?:[a-z]{2,5}|#\d{2,3});/g, (entity) => ENTITIES[entity] ?? entity);
  if (isPlain(text)) return text.trimEnd();
  return text
    .replaceAll(/[\u00A0\u2002-\u200A\u202F\u3000]/g, " ")
    .replaceAll(/[\u200B-\u200D\u2060\uFEFF\r]/g, "")
    .replaceAll("\uFF1E", ">")
    .trimEnd();
}

/** Printable ASCII and tabs only, as most lines are. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7e || code === 0x0d) return false;
  }
  return true;
}

/** Takes colour codes of terminals out (ECMA-48 CSI sequences). */
function withoutEscapes(text: string): string {
  return text
    .split("\u001B[")
    .map((part, index) => (index === 0 ? part : part.replace(/^[\d;]{0,16}[A-Za-z]/, "")))
    .join("");
}
