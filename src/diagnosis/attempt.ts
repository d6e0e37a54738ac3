import type { Connection } from "../flow/connection.ts";
import type { Evidence } from "../diagnosis/evidence.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { addressText } from "../wire/address.ts";
import type {
  Cause,
  Confidence,
  EvidenceFrame,
  FailingCall,
  Failure,
  LaterCall,
  ScheduleMatch,
  Verdict,
} from "./verdict.ts";

/** All connections of one server's address and port. */
export interface Listener {
  /** SYNs of how many attempts, and what became of them. */
  attempts: number;
  answered: number;
  refused: number;
  readonly connections: Connection[];
}

/** What the rules know beside the connection itself. */
export interface Context {
  readonly evidence: Evidence;
  readonly listeners: ReadonlyMap<string, Listener>;
  /** Nanoseconds since the first frame, of the last frame of the capture. */
  readonly lastTimeNs: number;
}

/** One connection on its way to a verdict: with the things that every rule asks for. */
export class Attempt {
  readonly connection: Connection;
  readonly context: Context;
  readonly clientAddress: string;
  readonly serverAddress: string;

  constructor(connection: Connection, context: Context) {
    this.connection = connection;
    this.context = context;
    const length = connection.addresses.length / 2;
    this.clientAddress = addressText(connection.addresses, 0, length);
    this.serverAddress = addressText(connection.addresses, length, length);
  }

  get clientPort(): number {
    return this.connection.ends[CLIENT].port;
  }

  get serverPort(): number {
    return this.connection.ends[SERVER].port;
  }

  /** "10.0.0.2:80", "[fd00::2]:80". */
  get serverText(): string {
    return hostAndPort(this.serverAddress, this.serverPort);
  }

  /** Seconds from the first packet of the attempt: its SYN, or the question for the neighbour's address that the SYN waited for. */
  since(timeNs: number): number {
    const { firstTimeNs, queuedSinceNs } = this.connection;
    return (timeNs - (queuedSinceNs < 0 ? firstTimeNs : queuedSinceNs)) / 1e9;
  }

  get listener(): Listener | undefined {
    return this.context.listeners.get(this.serverText);
  }

  verdict(parts: VerdictParts): Verdict {
    const { connection } = this;
    return {
      stream: connection.firstStream,
      client: { address: this.clientAddress, port: this.clientPort },
      server: { address: this.serverAddress, port: this.serverPort },
      call: null,
      errno: null,
      seconds: null,
      confidence: "certain",
      doubt: "",
      evidence: [],
      schedule: null,
      failures: [],
      later: [],
      likelyCauses: [],
      next: [],
      timeNs: connection.firstTimeNs,
      ...parts,
    };
  }

  /** A connect() that failed at the client. */
  connectFailed(errno: string, seconds: number, parts: VerdictParts): Verdict {
    return this.verdict({
      call: "connect",
      errno,
      seconds,
      failures: [{ end: CLIENT, call: "connect", errno, at: seconds }],
      ...parts,
    });
  }
}

/** What a rule says of its verdict; everything that it leaves out is empty. */
export interface VerdictParts {
  readonly cause: Cause;
  readonly summary: string;
  readonly call?: FailingCall | null;
  readonly errno?: string | null;
  readonly seconds?: number | null;
  readonly confidence?: Confidence;
  readonly doubt?: string;
  readonly evidence?: readonly EvidenceFrame[];
  readonly schedule?: ScheduleMatch | null;
  readonly failures?: readonly Failure[];
  readonly later?: readonly LaterCall[];
  readonly likelyCauses?: readonly string[];
  readonly next?: readonly string[];
}

/** A rule: a verdict where it applies. The first that does decides. */
export type Rule = (attempt: Attempt) => Verdict | undefined;

/** Address and port as people write them: IPv6 in brackets. */
export function hostAndPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A duration for people: "0.3 ms", "64.6 s". */
export function durationText(seconds: number): string {
  if (seconds < 0.001) return `${trimmed(seconds * 1e6, 0)} µs`;
  if (seconds < 1) return `${trimmed(seconds * 1e3, 1)} ms`;
  return `${trimmed(seconds, seconds < 10 ? 2 : 1)} s`;
}

function trimmed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, "");
}
