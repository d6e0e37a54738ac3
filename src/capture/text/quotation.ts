import type { PacketText } from "./description.ts";

/** Keys remembered of a trace: what an article goes through again is at its beginning. */
const MAX_KEYS = 1 << 14;

/**
 * Which packets a trace has shown, so that an article that goes through its
 * lines again, or through parts of them, does not send them twice.
 */
export class Quotations {
  readonly #keys = new Set<string>();

  forget(): void {
    this.#keys.clear();
  }

  add(packet: PacketText): void {
    if (this.#keys.size > MAX_KEYS) return;
    const [ends, sequence] = keyOf(packet);
    if (ends === "") return;
    const time = timeKey(packet);
    for (const key of [ends, `${ends} ${sequence}`]) {
      this.#keys.add(`${time} ${key}`);
      this.#keys.add(` ${key}`);
    }
  }

  /** Whether a line before has shown the same; a line without time is compared by its words alone. */
  has(packet: PacketText): boolean {
    const [ends, sequence] = keyOf(packet);
    if (ends === "") return false;
    const key = sequence === "" ? ends : `${ends} ${sequence}`;
    return this.#keys.has(packet.time.kind === "none" ? ` ${key}` : `${timeKey(packet)} ${key}`);
  }
}

function timeKey({ time }: PacketText): string {
  if (time.kind === "none") return "";
  return `${time.kind === "date" ? time.day : ""} ${time.seconds}.${time.nanoseconds}`;
}

/** What tells a segment from others: its ends and flags, and its numbers where the line has them; "" for other packets. */
function keyOf({ content }: PacketText): readonly [string, string] {
  if (content.kind !== "ip" || content.transport.kind !== "tcp") return ["", ""];
  const { source, destination, transport } = content;
  const { sourcePort, destinationPort, flags, sequence, acknowledgment } = transport;
  const ends = `${source}.${sourcePort} ${destination}.${destinationPort} ${flags}`;
  const numbers = [sequence, acknowledgment].filter((number) => number !== undefined).join(" ");
  return [ends, numbers];
}
