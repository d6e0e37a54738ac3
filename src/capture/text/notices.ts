import type { RecordedName } from "../source.ts";

/** Lines named one by one of each kind. */
const MOST = 8;

/** What the reader of a trace has to know of how it was read. Bounded, however long the trace is. */
export class Notices {
  readonly #unreadable = new Lines();
  readonly #remarks = new Lines();
  readonly #rows = new Lines();
  readonly #options = new Lines();
  #quoted = 0;
  #untimed = 0;

  /** A line that looks like a packet and gave none. */
  unreadable(line: number, reason: string): void {
    this.#unreadable.add(line, reason);
  }

  /** A row of a table without ports and flags. */
  withoutPorts(line: number, reason: string): void {
    this.#rows.add(line, reason);
  }

  /** A line that was read and is odd. */
  remark(line: number, text: string): void {
    this.#remarks.add(line, text);
  }

  /** TCP options that are left out. */
  unknownOptions(line: number, options: readonly string[]): void {
    this.#options.add(line, options.map((option) => printable(option)).join(", "));
  }

  /** A line that says again what a line before has said. */
  quoted(): void {
    this.#quoted++;
  }

  untimed(): void {
    this.#untimed++;
  }

  /** Sentences, each of a line. */
  sentences(names: readonly RecordedName[]): string[] {
    const sentences: string[] = [];
    if (names.length > 0) sentences.push(namesText(names));
    if (this.#untimed > 0)
      sentences.push(`${countText(this.#untimed, "packet has", "packets have")} no time: taken as 1 µs apart`);
    sentences.push(...this.#remarks.sentences((line, text) => `line ${line} ${text}`));
    sentences.push(...this.#options.sentences((line, text) => `line ${line}: left out TCP options: ${text}`));
    sentences.push(
      ...this.#unreadable.sentences((line, reason) => `line ${line} looks like a packet and cannot be read: ${reason}`),
    );
    if (this.#quoted > 0)
      sentences.push(`${countText(this.#quoted, "line", "lines")} passed over that repeat earlier ones`);
    const rows = this.#rowsText();
    if (rows !== "") sentences.push(`${rows}; their packets are left out`);
    return sentences;
  }

  /** Why there is not a single packet. */
  reason(): string {
    const rows = this.#rowsText();
    if (rows !== "") return `${rows}: the table needs its Info column`;
    const [first] = this.#unreadable.sentences((line, reason) => `line ${line} looks like a packet, but: ${reason}`);
    return first ?? "no line of it is a packet as tcpdump, Wireshark or Stevens print them";
  }

  #rowsText(): string {
    const { count, first } = this.#rows;
    if (first === undefined) return "";
    return `${countText(count, "row gives", "rows give")} ${first.text}, such as line ${first.line}`;
  }
}

function countText(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function namesText(names: readonly RecordedName[]): string {
  const shown = names.slice(0, 2 * MOST).map(({ name, address }) => `${printable(name)} is ${address}`);
  const more = names.length - shown.length;
  return `addresses were chosen for names: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Text of the input as it may go to a terminal. */
function printable(text: string): string {
  return text.slice(0, 80).replaceAll(/\p{Cc}/gu, "?");
}

/** Lines with what is said of them; the first ones are kept, the others counted. */
class Lines {
  count = 0;
  readonly #kept: { readonly line: number; readonly text: string }[] = [];

  get first(): { readonly line: number; readonly text: string } | undefined {
    return this.#kept[0];
  }

  add(line: number, text: string): void {
    this.count++;
    if (this.#kept.length < MOST) this.#kept.push({ line, text: printable(text) });
  }

  sentences(format: (line: number, text: string) => string): string[] {
    const sentences = this.#kept.map(({ line, text }) => format(line, text));
    const more = this.count - this.#kept.length;
    if (more > 0 && sentences.length > 0) sentences.push(`${sentences.pop()} (and ${more} more such lines)`);
    return sentences;
  }
}
