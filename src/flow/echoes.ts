import { foldSum } from "../wire/checksum.ts";
import { ICMP_ECHO, ICMP_ECHO_REPLY, ICMPV6_ECHO, ICMPV6_ECHO_REPLY } from "../wire/icmp.ts";
import { KeyTable } from "./key-table.ts";
import { IPV4_KEY_WORDS, IPV6_KEY_WORDS, stageTuple } from "../wire/tuple.ts";

/** Requests remembered at once; beyond, all are forgotten. */
const MAX_REQUESTS = 65_536;

/**
 * Echo requests that wait for their replies, as Wireshark pairs them: same ends,
 * identifier, sequence number and data. A reply takes its request.
 */
export class Echoes {
  /** Frame and time of the request of the last reply that had one. */
  frame = 0;
  timeNs = 0;
  // Identifier and sequence number stand where a tuple has its ports; the checksum comes last.
  readonly #ipv4 = new KeyTable(IPV4_KEY_WORDS + 1);
  readonly #ipv6 = new KeyTable(IPV6_KEY_WORDS + 1);
  #frames: number[] = [];
  #times: number[] = [];

  /**
   * Takes in an ICMP or ICMPv6 message at `messageAt`, 8 bytes of which are
   * captured, and whose addresses are at the given places. Whether it is the reply to
   * a request that had none: then `frame` and `timeNs` are those of the request.
   */
  observe(
    view: DataView,
    sourceAt: number,
    destinationAt: number,
    addressLength: number,
    messageAt: number,
    frame: number,
    timeNs: number,
  ): boolean {
    const type = view.getUint8(messageAt);
    const isRequest = type === (addressLength === 4 ? ICMP_ECHO : ICMPV6_ECHO);
    if (!isRequest && type !== (addressLength === 4 ? ICMP_ECHO_REPLY : ICMPV6_ECHO_REPLY)) return false;
    if (isRequest && this.#frames.length >= MAX_REQUESTS) this.#forget();
    const table = addressLength === 4 ? this.#ipv4 : this.#ipv6;
    stageTuple(table.key, view, sourceAt, destinationAt, addressLength, 0);
    const { key } = table;
    key[key.length - 2] = view.getUint32(messageAt + 4);
    // Without the type, the checksums of a request and its reply are the same.
    key[key.length - 1] = foldSum(view.getUint16(messageAt + 2) + (type << 8)) % 0xffff;
    if (!isRequest) return this.#answer(table);
    table.insert(this.#frames.length);
    this.#frames.push(frame);
    this.#times.push(timeNs);
    return false;
  }

  #answer(table: KeyTable): boolean {
    const index = table.find();
    if (index < 0) return false;
    this.frame = this.#frames[index]!;
    this.timeNs = this.#times[index]!;
    table.remove();
    return true;
  }

  #forget(): void {
    this.#ipv4.clear();
    this.#ipv6.clear();
    this.#frames = [];
    this.#times = [];
  }
}
