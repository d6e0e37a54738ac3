import os from "node:os";
import { diagnoseAll } from "../../diagnosis/diagnose.ts";
import type { Verdict } from "../../diagnosis/verdict.ts";
import type { Connection } from "../../flow/connection.ts";
import { Analysis } from "../../pipeline.ts";
import { addressText } from "../../wire/address.ts";
import type { Frame } from "../../wire/frame.ts";
import { nowNs, sinceStartNs } from "../own-capture.ts";
import type { Ends } from "./ends.ts";
import type { ProgramSockets } from "./sockets.ts";
import { synSettings } from "./syn-settings.ts";
import { supplement } from "./unanswered.ts";

/**
 * Why something is taken for the program's: one of its processes held the socket; or the time, and nobody else held it;
 * its call was traced; or a count of the kernel's grew meanwhile.
 */
type Attributed = "socket" | "time" | "call" | "count";

export interface AttributedVerdict {
  readonly verdict: Verdict;
  readonly attributed: Attributed;
  /** How many calls it is of. */
  readonly times: number;
  readonly ipVersion: 4 | 6;
}

/** The connections of a program, of all that a capture sees. */
export class ProgramConnections {
  /** Connections that began at this host meanwhile and are another process's. */
  others = 0;
  /** Its sockets that waited for an answer while nothing of them was captured, where not all interfaces were. */
  notCaptured = 0;
  /** Ports of all clients. */
  readonly #ports = new Set<number>();
  readonly #sockets: ProgramSockets;
  readonly #analysis: Analysis;
  readonly #connections: Connection[] = [];
  readonly #attributed = new Map<number, Attributed>();
  readonly #local: ReadonlySet<string> = localAddresses();
  /** In milliseconds since 1970. */
  readonly #begun: number;
  #ended = Number.POSITIVE_INFINITY;

  constructor(sockets: ProgramSockets, begun: number) {
    this.#sockets = sockets;
    this.#begun = begun;
    this.#analysis = new Analysis({
      analysis: false,
      expires: true,
      onFinished: (connection) => this.#keep(connection),
    });
  }

  frame(frame: Frame): void {
    this.#analysis.follow(frame);
  }

  /** The program has ended, at this moment in milliseconds since 1970. */
  programEnded(moment: number): void {
    this.#ended = moment;
  }

  /**
   * When nothing more comes: the verdicts on the program's connections, on attempts of which only errors were seen, and
   * on those of which only a socket was. `everywhere`: all interfaces were captured on; `lost`: packets that the
   * capture lost.
   */
  verdicts(everywhere: boolean, lost: number): AttributedVerdict[] {
    const { evidence, connections } = this.#analysis;
    const now = nowNs(connections);
    this.#analysis.finish();
    this.#connections.sort((a, b) => a.firstStream - b.firstStream);
    const attributed = new Map<Verdict, Attributed>();
    const seen = diagnoseAll(this.#connections, evidence, now).filter((verdict) => this.#isOurs(verdict, attributed));
    const more = supplement(seen, this.#sockets.connecting.unanswered(), {
      evidence,
      settings: synSettings(),
      everywhere,
      lost,
      hasPort: (port) => this.#ports.has(port),
      sinceStartNs: (milliseconds) => this.sinceStartNs(milliseconds),
      ended: Math.min(this.#ended, performance.timeOrigin + performance.now()),
    });
    this.notCaptured = more.unknown;
    return [
      ...more.seen.map(({ verdict, of }) => once(verdict, attributed.get(of) ?? "socket")),
      ...more.unseen.map((verdict) => once(verdict, "socket")),
    ].sort((a, b) => a.verdict.timeNs - b.verdict.timeNs);
  }

  /** A moment in milliseconds since 1970 as nanoseconds since the first frame. */
  sinceStartNs(milliseconds: number): number {
    return sinceStartNs(this.#analysis.connections.start, milliseconds);
  }

  #isOurs(verdict: Verdict, attributed: Map<Verdict, Attributed>): boolean {
    const how = verdict.stream === null ? this.#ofErrors(verdict) : this.#attributed.get(verdict.stream);
    if (how !== undefined) attributed.set(verdict, how);
    return how !== undefined;
  }

  #keep(connection: Connection): void {
    const { addresses, client, server, clientInferred, firstTimeNs } = connection;
    const length = addresses.length / 2;
    this.#ports.add(client.port);
    const attributed = this.#attribute(
      {
        client: { address: addressText(addresses, 0, length), port: client.port },
        server: { address: addressText(addresses, length, length), port: server.port },
      },
      clientInferred && !isRefusalAlone(connection) ? undefined : firstTimeNs,
    );
    if (attributed === undefined) return;
    this.#connections.push(connection);
    this.#attributed.set(connection.stream, attributed);
  }

  /** `beginNs`: of its first packet; undefined when its beginning was not captured. */
  #attribute(ends: Ends, beginNs: number | undefined): Attributed | undefined {
    const holder = this.#sockets.holderOf(ends);
    if (holder === "program") return "socket";
    if (beginNs === undefined || !this.#isLocal(ends.client.address) || !this.#isMeanwhile(beginNs)) return undefined;
    if (holder === "unknown") return "time";
    this.others++;
    return undefined;
  }

  #ofErrors({ client, server, timeNs }: Verdict): Attributed | undefined {
    if (client.address === null || !this.#isLocal(client.address) || !this.#isMeanwhile(timeNs)) return undefined;
    if (client.port === null || server.address === null || server.port === null) return "time";
    return this.#attribute(
      {
        client: { address: client.address, port: client.port },
        server: { address: server.address, port: server.port },
      },
      timeNs,
    );
  }

  /** Of 127.0.0.0/8, all are this host's, whichever the loopback interface has. */
  #isLocal(address: string): boolean {
    return this.#local.has(address) || address.startsWith("127.");
  }

  #isMeanwhile(timeNs: number): boolean {
    return timeNs >= this.sinceStartNs(this.#begun) && timeNs <= this.sinceStartNs(this.#ended);
  }
}

function once(verdict: Verdict, attributed: Attributed): AttributedVerdict {
  return { verdict, attributed, times: 1, ipVersion: verdict.server.address?.includes(":") === true ? 6 : 4 };
}

/** What a firewall of this host answers to a SYN that never left. */
function isRefusalAlone({ client, server, resets }: Connection): boolean {
  return resets.length > 0 && client.packets + server.packets === resets.length;
}

function localAddresses(): Set<string> {
  const lists = Object.values(os.networkInterfaces());
  return new Set(lists.flatMap((list) => list?.map(({ address }) => address) ?? []));
}
