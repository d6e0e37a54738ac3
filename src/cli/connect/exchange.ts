import type { CaptureSource } from "../../capture/source.ts";
import { diagnoseAll } from "../../diagnosis/diagnose.ts";
import type { Verdict } from "../../diagnosis/verdict.ts";
import type { Connection } from "../../flow/connection.ts";
import { Analysis } from "../../pipeline.ts";
import type { TextSink } from "../../print/sink.ts";
import { StatesColumn } from "../../print/states-column.ts";
import { DEFAULT_OPTIONS } from "../../print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../../print/tcpdump/printer.ts";
import type { Frame } from "../../wire/frame.ts";
import { LINKTYPE_LINUX_SLL2 } from "../../wire/protocol.ts";
import { CookedHeader } from "../../wire/sll.ts";
import { nowNs, sinceStartNs } from "../own-capture.ts";
import type { KernelAnswer } from "./kernel.ts";
import { type Target, withoutScope } from "./targets.ts";

/** Packets of the connections that are tried, printed as they come and followed to their verdicts. */
export class Exchange {
  readonly #analysis: Analysis;
  readonly #connections: Connection[] = [];
  readonly #targets: readonly Target[];
  readonly #printer: TcpdumpPrinter | undefined;
  readonly #column = new StatesColumn();
  readonly #ports = new Set<number>();
  readonly #cooked = new CookedHeader();
  readonly #carriers: ReadonlySet<string> | undefined;
  #source: CaptureSource | undefined = undefined;

  /** `sink`: undefined prints no packets. `carriers`: of a capture on all interfaces, those that count; undefined: all. */
  constructor(targets: readonly Target[], sink: TextSink | undefined, carriers: ReadonlySet<string> | undefined) {
    this.#targets = targets;
    this.#carriers = carriers;
    this.#analysis = new Analysis({ onFinished: (connection) => this.#connections.push(connection) });
    const interfaceName = (index: number): string | undefined => this.#source?.live?.interfaceName(index);
    this.#printer = sink && new TcpdumpPrinter(sink, { ...DEFAULT_OPTIONS, interfaceName });
  }

  /** pcap-filter(7) for what tells of these connections. */
  get expression(): string {
    const [first] = this.#targets;
    const hosts = this.#targets.map(({ address }) => `host ${withoutScope(address)}`).join(" or ");
    const locals = this.#targets.map(({ local }) => local);
    const own = locals.some((each) => each === undefined)
      ? ""
      : ` and (${[...new Set(locals.map((each) => `host ${withoutScope(each ?? "")}`))].join(" or ")})`;
    return `(tcp port ${first?.port} and (${hosts})) or ((${ERRORS} or ${ERRORS_V6} or arp)${own})`;
  }

  open(source: CaptureSource): void {
    this.#source = source;
  }

  /** This is the local port of an attempt. */
  expect(port: number): void {
    this.#ports.add(port);
  }

  /** Whether it was printed. */
  frame(frame: Frame): boolean {
    if (this.#isElsewhere(frame)) return false;
    const analysis = this.#analysis;
    const segment = analysis.observe(frame);
    const quoted = segment === undefined ? analysis.evidence.quoted?.connection : undefined;
    const connection = segment?.connection ?? quoted;
    const isOurs = connection === undefined ? this.#explains(frame) : this.#isOurs(connection);
    if (!isOurs || this.#printer === undefined) return false;
    this.#column.set(segment, quoted, frame.number);
    this.#printer.print(frame, this.#column);
    return true;
  }

  /** When nothing more comes: the verdicts on the attempts, undefined for one of which nothing was seen. */
  verdicts(answers: readonly KernelAnswer[]): (Verdict | undefined)[] {
    this.#analysis.finish();
    const { evidence, connections } = this.#analysis;
    const now = nowNs(connections);
    return answers.map((answer) => {
      // Packets that did not come after its end say nothing of it.
      const endNs = answer.isConnected ? now : Math.min(now, sinceStartNs(connections.start, answer.returned));
      return verdictOn(answer, diagnoseAll(this.#connections, evidence, endNs));
    });
  }

  /** On a bridge, or on another interface of a pair, packets come again. */
  #isElsewhere({ linkType, view, start, end }: Frame): boolean {
    if (this.#carriers === undefined || linkType !== LINKTYPE_LINUX_SLL2) return false;
    if (this.#cooked.read(view, start, end, 2) !== undefined) return false;
    const name = this.#source?.live?.interfaceName(this.#cooked.interfaceIndex);
    return name !== undefined && !this.#carriers.has(name);
  }

  #isOurs(connection: Connection): boolean {
    return this.#ports.has(connection.client.port) || this.#ports.has(connection.server.port);
  }

  /** Frames of no known connection: who has an address, and errors that quote a SYN which never left. */
  #explains(frame: Frame): boolean {
    const { packet, evidence } = this.#analysis;
    if (packet.hasArp) return true;
    if (!packet.hasIcmp) return false;
    if (!packet.icmp.quotesPacket) return true;
    for (const orphan of evidence.orphans.values()) {
      if (orphan.errors.at(-1)?.frame !== frame.number) continue;
      return this.#targets.some(({ address }) => withoutScope(address) === orphan.destination);
    }
    return false;
  }
}

/** Errors, and redirects. */
const ERRORS = [3, 4, 5, 11, 12].map((type) => `icmp[0] = ${type}`).join(" or ");
/** Errors, and neighbour discovery. */
const ERRORS_V6 = [1, 2, 3, 4, 135, 136, 137].map((type) => `icmp6[0] = ${type}`).join(" or ");

function verdictOn({ target, localPort }: KernelAnswer, all: readonly Verdict[]): Verdict | undefined {
  const address = withoutScope(target.address);
  const local = withoutScope(target.local ?? "");
  const ofTuple = all.filter(
    ({ client, server }) =>
      server.address === address &&
      server.port === target.port &&
      (localPort === undefined ? client.address === local : client.port === localPort),
  );
  // The ports of an earlier attempt can come again.
  const last = ofTuple.at(-1);
  if (last !== undefined) return last;
  return all.find(({ client, server }) => server.port === null && client.address === local);
}
