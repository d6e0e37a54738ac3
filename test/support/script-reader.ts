import { encodeArp, encodeFrame, LINK_TYPES, type LinkFields } from "../../src/capture/encode.ts";
import { icmpEcho } from "../../src/capture/encode-icmp.ts";
import { encodeIp, etherTypeOf, type TransportFields } from "../../src/capture/encode-ip.ts";
import { ETHERTYPE_ARP } from "../../src/wire/protocol.ts";
import { SLL_BROADCAST, SLL_OUTGOING, SLL_TO_US } from "../../src/wire/sll.ts";
import { ACK, RST, SYN } from "../../src/wire/tcp.ts";
import type { Script, ScriptPacket } from "./script.ts";
import { ScriptClock } from "./script-clock.ts";
import { ScriptConnection } from "./script-connection.ts";
import { Endpoint, frameLink, ipFields, readPacketMarks, type PacketMarks } from "./script-endpoint.ts";
import { errorAbout, readErrorMarks, readTypeAndCode, type Quotable } from "./script-icmp.ts";
import { readArp, readNeighbour } from "./script-neighbours.ts";
import { isFlagWord, readSegmentHead, readSegmentTail } from "./script-tcp.ts";
import { quotedBytes, ScriptError, type Words } from "./script-words.ts";

const DEFAULT_SNAP_LENGTH = 262144;
const BROADCAST = "ff:ff:ff:ff:ff:ff";

/** Reads a script line by line; between the lines it knows what the ends have sent so far. */
export class ScriptReader {
  readonly #packets: ScriptPacket[] = [];
  /** What each frame carries, for ICMP to quote; undefined for ARP. */
  readonly #quotable: (Quotable | undefined)[] = [];
  readonly #ends = new Map<string, Endpoint>([
    ["client", new Endpoint("10.0.0.1", 40000, 1000000)],
    ["server", new Endpoint("10.0.0.2", 80, 2000000)],
  ]);
  /** By both sockets; the client is the end that sent the first segment. */
  readonly #connections = new Map<string, { readonly client: string; readonly state: ScriptConnection }>();
  readonly #clock = new ScriptClock();
  #link: LinkFields["link"] = "ethernet";
  #padded = false;
  #snapLength = DEFAULT_SNAP_LENGTH;
  /** Written numbers count from the initial ones. Undefined: as long as no address was given. */
  #relative: boolean | undefined;
  /** Ends send no options of their own. Undefined: once an address was given. */
  #plain: boolean | undefined;
  #addressed = false;

  script(): Script {
    return {
      linkType: LINK_TYPES[this.#link],
      precision: this.#clock.precision,
      snapLength: this.#snapLength,
      packets: this.#packets,
    };
  }

  read(words: Words): void {
    if (words.isEmpty) return;
    try {
      if (/^[+\d]/.test(words.peek)) this.#packet(words);
      else this.#directive(words, words.next("directive"));
      words.end();
    } catch (error) {
      if (error instanceof RangeError) throw new ScriptError(words.line, error.message);
      throw error;
    }
  }

  #directive(words: Words, name: string): void {
    switch (name) {
      case "link":
        this.#first(words, name);
        this.#link = words.oneOf({ ethernet: "ethernet", sll: "sll", sll2: "sll2", raw: "raw", null: "null" }, "link");
        this.#padded = words.take("padded");
        return;
      case "start":
        this.#first(words, name);
        this.#clock.start(words);
        return;
      case "precision":
        this.#clock.precision = words.oneOf({ micro: "micro", nano: "nano" }, name);
        return;
      case "snap":
        this.#snapLength = words.integer("snap length");
        return;
      case "numbers":
        this.#relative = words.oneOf({ absolute: false, relative: true }, name);
        return;
      case "stack":
        this.#plain = words.oneOf({ linux: false, plain: true }, name);
        return;
      case "client":
      case "server":
      case "end":
        this.#end(words, name === "end" ? words.next("name of the end") : name);
        return;
      default:
        words.fail(`"${name}" is neither a time nor a directive`);
    }
  }

  #first(words: Words, name: string): void {
    if (this.#packets.length > 0) words.fail(`${name} comes before the first packet`);
  }

  #end(words: Words, name: string): void {
    this.#addressed = true;
    this.#ends.set(name, Endpoint.read(words, name));
  }

  #packet(words: Words): void {
    this.#clock.move(words);
    if (words.take("arp")) this.#arp(words);
    else if (words.take("nd")) this.#neighbour(words);
    else this.#between(words, this.#direction(words));
  }

  /** `>`, `<`, or `NAME > NAME`: who sends and who receives. */
  #direction(words: Words): readonly [string, string] {
    if (words.take(">")) return ["client", "server"];
    if (words.take("<")) return ["server", "client"];
    const from = words.next("direction");
    if (!words.take(">")) words.fail(`direction, arp or nd expected, not "${from}"`);
    return [from, words.next("receiving end")];
  }

  #between(words: Words, [fromName, toName]: readonly [string, string]): void {
    const known = (name: string): Endpoint => this.#ends.get(name) ?? words.fail(`no end is called "${name}"`);
    const from = known(fromName);
    const to = known(toName);
    if (words.take("icmp")) this.#icmp(words, from, to);
    else if (words.take("udp")) this.#udp(words, from, to);
    else if (isFlagWord(words.peek)) this.#tcp(words, from, to);
    else words.fail(`flags, icmp or udp expected, not "${words.peek}"`);
  }

  #tcp(words: Words, from: Endpoint, to: Endpoint): void {
    const head = readSegmentHead(words);
    const tail = readSegmentTail(words, head.length);
    const marks = readPacketMarks(words);
    const [side, connection] = this.#connection(from, to);
    const plain = this.#plain ?? this.#addressed;
    const stack = { relative: this.#relative ?? !this.#addressed, plain, window: from.window };
    const answersSyn = !connection.hasSent(side) && (head.flags & ACK) !== 0 && (head.flags & (SYN | RST)) !== 0;
    const segment = { ...head, ...tail, lost: marks.lost };
    const filled = connection.send(side, segment, stack, this.#clock.milliseconds);
    this.#add(
      words,
      from,
      to,
      marks,
      {
        protocol: "tcp",
        sourcePort: from.port,
        destinationPort: to.port,
        urgentPointer: tail.urgentPointer,
        payload: tail.text ?? tail.length,
        ...filled,
      },
      !plain && answersSyn,
    );
  }

  #connection(from: Endpoint, to: Endpoint): [0 | 1, ScriptConnection] {
    const key = [from.socket, to.socket].sort().join(" ");
    let connection = this.#connections.get(key);
    if (connection === undefined) {
      connection = { client: from.socket, state: new ScriptConnection(from.isn, to.isn) };
      this.#connections.set(key, connection);
    }
    return [connection.client === from.socket ? 0 : 1, connection.state];
  }

  /** `udp (LENGTH)` or `udp "TEXT"`. */
  #udp(words: Words, from: Endpoint, to: Endpoint): void {
    const word = words.next("text or (LENGTH)");
    const length = /^\((\d+)\)$/.exec(word);
    const payload = length === null ? quotedBytes(words, word) : Number(length[1]);
    const ports = { sourcePort: from.port, destinationPort: to.port };
    this.#add(words, from, to, readPacketMarks(words), { protocol: "udp", ...ports, payload });
  }

  /** `icmp echo|reply [id N] [seq N]` or `icmp ROUTER ERROR [quotes N]`. */
  #icmp(words: Words, from: Endpoint, to: Endpoint): void {
    if (words.peek === "echo" || words.peek === "reply") {
      const what = words.next("message") === "echo" ? "request" : "reply";
      const identifier = words.take("id") ? words.integer("identifier") : 1;
      const sequence = words.take("seq") ? words.integer("sequence number") : 1;
      this.#add(words, from, to, readPacketMarks(words), icmpEcho(from.version, what, identifier, sequence));
      return;
    }
    const name = words.next("router");
    const router = this.#ends.get(name) ?? new Endpoint(name, 0, 0);
    const typeAndCode = readTypeAndCode(words, router.version);
    const errorMarks = readErrorMarks(words);
    const number = errorMarks.quotes ?? this.#packets.length;
    const quoted = this.#quotable[number - 1] ?? words.fail(`there is no IP packet ${number} to quote`);
    if (quoted.ip.source !== to.address) {
      words.fail(`packet ${number} was sent by ${quoted.ip.source}, not by ${to.address}`);
    }
    const message = errorAbout(quoted, typeAndCode, errorMarks);
    this.#add(words, router, to, { dontFragment: false, ...readPacketMarks(words) }, message);
  }

  #arp(words: Words): void {
    const arp = readArp(words);
    const packetType = arp.operation === "request" ? SLL_BROADCAST : SLL_TO_US;
    const link = frameLink(this.#link, arp.senderMac, arp.targetMac ?? BROADCAST, packetType, this.#padded);
    this.#frame(words, link, ETHERTYPE_ARP, encodeArp(arp));
    this.#quotable.push(undefined);
  }

  #neighbour(words: Words): void {
    const { from, to, message } = readNeighbour(words);
    // RFC 4861 section 4.3: a router on the way would have lowered it.
    this.#add(words, from, to, { ttl: 255, ...readPacketMarks(words) }, message);
  }

  #add(
    words: Words,
    from: Endpoint,
    to: Endpoint,
    marks: PacketMarks,
    fields: TransportFields,
    zeroIdentification = false,
  ): void {
    const ip = ipFields(from, to, marks, zeroIdentification);
    if (marks.hidden) return;
    const transport = marks.checksum === undefined ? fields : { ...fields, checksum: marks.checksum };
    const packetType = from === this.#ends.get("client") ? SLL_OUTGOING : SLL_TO_US;
    const link = frameLink(this.#link, from.mac, to.mac, packetType, this.#padded);
    this.#frame(words, link, etherTypeOf(ip), encodeIp(ip, transport), marks.cut);
    this.#quotable.push({ ip, transport });
  }

  #frame(words: Words, link: LinkFields, etherType: number, packet: Uint8Array, cut = Infinity): void {
    const frame = encodeFrame(link, etherType, packet);
    this.#packets.push({
      line: words.line,
      linkType: LINK_TYPES[this.#link],
      seconds: this.#clock.seconds,
      nanoseconds: this.#clock.nanoseconds,
      bytes: frame.slice(0, Math.min(cut, this.#snapLength)),
      wireLength: frame.length,
    });
  }
}
