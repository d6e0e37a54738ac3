import type { PacketText } from "./description.ts";

/** Packets that are held back until their times tell what they are. */
const MAX_HELD = 512;

/**
 * tcpdump -ttt prints the time since the packet before in the form of a time of
 * day, -ttttt the time since the first packet: a trace that begins with
 * 00:00:00.000000 is held back until a time that is less than the one before
 * shows that it is the former.
 */
export class DeltaTimes {
  readonly #take: (packet: PacketText) => void;
  #held: PacketText[] = [];
  /** `deciding`: packets are held back; `deltas`: times are added up; `plain`: they stay as they are. */
  #mode: "start" | "deciding" | "deltas" | "plain" = "start";
  #seconds = 0;
  #nanoseconds = 0;

  constructor(take: (packet: PacketText) => void) {
    this.#take = take;
  }

  /** The trace ends. */
  finish(): void {
    if (this.#mode === "deciding") this.#decide("plain");
    this.#mode = "start";
  }

  add(packet: PacketText): void {
    if (this.#mode === "start") this.#mode = isZero(packet) ? "deciding" : "plain";
    if (this.#mode !== "deciding") {
      this.#give(packet);
      return;
    }
    const before = this.#held.at(-1);
    this.#held.push(packet);
    if (before !== undefined && isBefore(packet, before)) this.#decide("deltas");
    else if (this.#held.length >= MAX_HELD) this.#decide("plain");
  }

  #decide(mode: "deltas" | "plain"): void {
    this.#mode = mode;
    this.#seconds = 0;
    this.#nanoseconds = 0;
    const held = this.#held;
    this.#held = [];
    for (const packet of held) this.#give(packet);
  }

  #give(packet: PacketText): void {
    const { time } = packet;
    if (this.#mode !== "deltas" || time.kind !== "clock") {
      this.#take(packet);
      return;
    }
    this.#seconds += time.seconds;
    this.#nanoseconds += time.nanoseconds;
    if (this.#nanoseconds >= 1e9) {
      this.#nanoseconds -= 1e9;
      this.#seconds++;
    }
    this.#take({ ...packet, time: { kind: "elapsed", seconds: this.#seconds, nanoseconds: this.#nanoseconds } });
  }
}

function isZero({ time }: PacketText): boolean {
  return time.kind === "clock" && time.seconds === 0 && time.nanoseconds === 0;
}

function isBefore({ time: a }: PacketText, { time: b }: PacketText): boolean {
  if (a.kind !== "clock" || b.kind !== "clock") return false;
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);
}
