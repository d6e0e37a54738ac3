import type { SystemCounts } from "./reader.ts";
import type { ChildProgram } from "./child-commands.ts";

/** Lines kept of what a program says, so that one that says much does not fill the memory. */
const MOST_LINES = 50;

const NUMBERS = {
  received: /(\d+) packets? received by filter/,
  dropped: /(\d+) packets? dropped by kernel/,
  interfaceDropped: /(\d+) packets? dropped by interface/,
} as const;
/** dumpcap's: received/dropped (pcap:…/dumpcap:…/flushed:…/ps_ifdrop:…). */
const DUMPCAP_NUMBERS = /Packets received\/dropped on interface .*: (\d+)\/(\d+) \(pcap:(\d+)\/.*ps_ifdrop:(\d+)\)/;
const LISTENING = /listening on .*, link-type (\S+)(?: \((.*)\))?, (?:snapshot length|capture size)/;

/** What a program that captures says on its standard error. */
export class ChildMessages {
  counts: SystemCounts = { received: -1, dropped: -1, interfaceDropped: -1 };
  linkName = "";
  linkDescription = "";
  readonly #program: ChildProgram;
  readonly #lines: string[] = [];
  #rest = "";

  constructor(program: ChildProgram) {
    this.#program = program;
  }

  /** Whether a line of it says that the capture has begun. */
  add(text: string): boolean {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    let begun = false;
    for (const line of lines) begun = this.#addLine(line) || begun;
    return begun;
  }

  /** What it said last about what is wrong, without its name. */
  get failure(): string {
    const lines = [...this.#lines, this.#rest].map((line) => line.replace(`${this.#program}: `, "").trim());
    // Its advice is about itself.
    const told = lines.filter(
      (line) => line !== "" && !/^(?:Please check|\(No such device exists\)|\d+ packets?|Packets )/.test(line),
    );
    return told.join(" ").replace(/\.$/, "");
  }

  #addLine(line: string): boolean {
    this.#count(line);
    const listening = LISTENING.exec(line);
    if (listening !== null) [, this.linkName = "", this.linkDescription = ""] = listening;
    const begun = listening !== null || line.startsWith("File: ");
    if (!begun && !/^(?:Capturing on|tcpdump: (?:data link type|verbose output|NOTE:|WARNING:))/.test(line)) {
      if (this.#lines.length < MOST_LINES) this.#lines.push(line);
    }
    return begun;
  }

  #count(line: string): void {
    const dumpcap = DUMPCAP_NUMBERS.exec(line);
    if (dumpcap !== null) {
      const [, received = 0, dropped = 0, , interfaceDropped = 0] = dumpcap;
      this.counts = {
        received: Number(received) + Number(dropped),
        dropped: Number(dropped),
        interfaceDropped: Number(interfaceDropped),
      };
      return;
    }
    const found = Object.entries(NUMBERS).flatMap(([name, pattern]) => {
      const [, number] = pattern.exec(line) ?? [];
      return number === undefined ? [] : [[name, Number(number)] as const];
    });
    if (found.length === 0) return;
    // tcpdump says nothing of an interface that dropped none.
    this.counts = {
      ...this.counts,
      interfaceDropped: Math.max(this.counts.interfaceDropped, 0),
      ...Object.fromEntries(found),
    };
  }
}
