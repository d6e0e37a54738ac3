/** Options of an IPv4 header (RFC 791 section 3.1). */

export const IP_OPTION_END = 0;
export const IP_OPTION_NOP = 1;
export const IP_OPTION_RECORD_ROUTE = 7;
export const IP_OPTION_TIMESTAMP = 68;
export const IP_OPTION_TRACEROUTE = 82;
export const IP_OPTION_SECURITY = 130;
export const IP_OPTION_LOOSE_SOURCE_ROUTE = 131;
export const IP_OPTION_STRICT_SOURCE_ROUTE = 137;
export const IP_OPTION_ROUTER_ALERT = 148;

/** Why the walk ended early. */
export type Ipv4OptionsFault = "" | "length" | "truncated";

/** A walk over the options of one header. `next` is false at the end and at a fault; then `kind` and `length` are of the faulty option. */
export class Ipv4Options {
  kind = 0;
  /** Length with kind and length byte; 1 for the two options that are one byte. */
  length = 0;
  /** Where the option's kind byte is. */
  at = 0;
  /** `length`: less than 2 or more than is left of the header. `truncated`: cut by the snap length. */
  fault: Ipv4OptionsFault = "";
  /** Whether the faulty option's kind was captured. */
  hasKind = false;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #next = 0;
  #end = 0;
  #limit = 0;
  #over = false;

  start(view: DataView, at: number, end: number, limit: number): void {
    this.#view = view;
    this.#next = at;
    this.#end = end;
    this.#limit = limit;
    this.#over = false;
    this.hasKind = false;
    this.fault = "";
  }

  next(): boolean {
    const at = this.#next;
    this.hasKind = false;
    if (this.#over || at >= this.#end) return false;
    this.at = at;
    if (at >= this.#limit) return this.#stop("truncated");
    this.kind = this.#view.getUint8(at);
    this.hasKind = true;
    this.length = 1;
    if (this.kind > IP_OPTION_NOP) {
      if (at + 1 >= this.#limit) return this.#stop("truncated");
      this.length = this.#view.getUint8(at + 1);
      if (this.length < 2 || at + this.length > this.#end) return this.#stop("length");
      if (at + this.length > this.#limit) return this.#stop("truncated");
    }
    this.#over = this.kind === IP_OPTION_END;
    this.#next = at + this.length;
    return true;
  }

  #stop(fault: Ipv4OptionsFault): boolean {
    this.fault = fault;
    this.#over = true;
    return false;
  }
}

const walk = new Ipv4Options();

/**
 * Where the address is that the packet finally goes to: the last of a source
 * route, which is what checksums are computed with (RFC 9293 section 3.1), or `destinationAt`.
 */
export function finalDestinationAt(
  view: DataView,
  at: number,
  end: number,
  limit: number,
  destinationAt: number,
): number {
  walk.start(view, at, end, limit);
  while (walk.next()) {
    const isSourceRoute = walk.kind === IP_OPTION_LOOSE_SOURCE_ROUTE || walk.kind === IP_OPTION_STRICT_SOURCE_ROUTE;
    if (isSourceRoute && walk.length >= 7) return walk.at + walk.length - 4;
  }
  return destinationAt;
}
