import type { Connection } from "../flow/connection.ts";
import type { Evidence } from "../diagnosis/evidence.ts";
import type { Listener, OneSided } from "./listeners.ts";
import { CLIENT, SERVER } from "../flow/states.ts";
import { NEVER } from "../flow/time.ts";
import { addressText } from "../wire/address.ts";
import { ADVICE, type Place } from "./advice.ts";
import { laterOf } from "./later-calls.ts";
import { remarksOf } from "./remarks.ts";
import { stacksOf } from "./stack.ts";
import { hostAndPort } from "./text.ts";
import { vantageOf } from "./vantage.ts";
import type {
  Cause,
  Confidence,
  EvidenceFrame,
  FailingCall,
  Failure,
  LaterCall,
  Phase,
  Provenance,
  ScheduleMatch,
  StackGuess,
  Vantage,
  Verdict,
} from "./verdict.ts";

/** What the rules know beside the connection itself. */
export interface Context {
  readonly evidence: Evidence;
  readonly listeners: ReadonlyMap<string, Listener>;
  /** Client addresses of which the capture has only one direction. */
  readonly oneSided: OneSided;
  /** Nanoseconds since the first frame, of the last frame of the capture. */
  readonly lastTimeNs: number;
}

interface Sends {
  readonly times: readonly number[];
  readonly frames: readonly number[];
}

const NO_SENDS: Sends = { times: [], frames: [] };

/** SYNs that the client sent, without frames that were captured twice. */
export function synsOf({ client }: Connection): Sends {
  return client.synSends ?? NO_SENDS;
}

/** One connection on its way to a verdict: with the things that every rule asks for. */
export class Attempt {
  readonly connection: Connection;
  readonly context: Context;
  readonly clientAddress: string;
  readonly serverAddress: string;
  /** "10.0.0.2:80", "[fd00::2]:80". */
  readonly serverText: string;

  constructor(connection: Connection, context: Context) {
    this.connection = connection;
    // What came after it was finished early is as if it had not been captured.
    this.context = connection.evicted ? { ...context, lastTimeNs: connection.lastTimeNs } : context;
    const length = connection.addresses.length / 2;
    this.clientAddress = addressText(connection.addresses, 0, length);
    this.serverAddress = addressText(connection.addresses, length, length);
    this.serverText = hostAndPort(this.serverAddress, connection.ends[SERVER].port);
  }

  get clientPort(): number {
    return this.connection.ends[CLIENT].port;
  }

  get serverPort(): number {
    return this.connection.ends[SERVER].port;
  }

  /** Seconds from the first packet of the attempt: its SYN, or the question for the neighbour's address that the SYN waited for. */
  since(timeNs: number): number {
    const { firstTimeNs, queuedSinceNs } = this.connection;
    // Time stamps that go backwards are no time.
    return Math.max(0, (timeNs - (queuedSinceNs === NEVER ? firstTimeNs : queuedSinceNs)) / 1e9);
  }

  get listener(): Listener | undefined {
    return this.context.listeners.get(this.serverText);
  }

  get vantage(): Vantage {
    return vantageOf(this.connection);
  }

  get syns(): Sends {
    return synsOf(this.connection);
  }

  /** What the texts of the advice stand for. */
  get place(): Place {
    return {
      client: this.clientAddress,
      clientPort: this.clientPort,
      server: this.serverAddress,
      port: this.serverPort,
    };
  }

  verdict(parts: VerdictParts): Verdict {
    const { connection } = this;
    const advice = ADVICE[parts.cause.word];
    return bareVerdict({
      stream: connection.firstStream,
      client: { address: this.clientAddress, port: this.clientPort },
      server: { address: this.serverAddress, port: this.serverPort },
      phase: phaseOf(connection),
      vantage: this.vantage,
      stacks: stacksOf(this),
      remarks: remarksOf(this),
      likelyCauses: advice?.likely(this.place) ?? [],
      next: advice?.next(this.place) ?? [],
      otherEnd: advice?.otherEnd ?? "",
      timeNs: connection.firstTimeNs,
      ...parts,
    });
  }

  /** A connect() that failed at the client. */
  connectFailed(errno: string, seconds: number, parts: VerdictParts): Verdict {
    const failures: Failure[] = [{ end: CLIENT, call: "connect", errno, at: seconds }];
    return this.verdict({
      call: "connect",
      errno,
      seconds,
      failures,
      ...parts,
    });
  }
}

/** How far it came: past the handshake, or to the first FIN of either end. */
function phaseOf(connection: Connection): Phase {
  if (connection.synTimeNs !== NEVER && !connection.established) return "connect";
  return connection.ends[CLIENT].finSeen || connection.ends[SERVER].finSeen ? "close" : "established";
}

/** A verdict; everything that is left out is empty. */
export function bareVerdict(parts: VerdictParts & Pick<Verdict, "stream" | "client" | "server" | "timeNs">): Verdict {
  return {
    call: null,
    errno: null,
    seconds: null,
    predicted: false,
    phase: "connect",
    confidence: "certain",
    doubt: "",
    evidence: [],
    schedule: null,
    failures: [],
    later: parts.call === "connect" ? laterOf(parts.failures ?? []) : [],
    vantage: { at: "unknown", reason: "no segment of it is in the capture" },
    stacks: [null, null],
    provenance: null,
    group: null,
    remarks: [],
    otherEnd: "",
    likelyCauses: [],
    next: [],
    ...parts,
  };
}

/** What a rule says of its verdict; everything that it leaves out is empty. */
export interface VerdictParts {
  readonly cause: Cause;
  readonly summary: string;
  readonly call?: FailingCall | null;
  readonly errno?: string | null;
  readonly seconds?: number | null;
  readonly predicted?: boolean;
  readonly phase?: Phase;
  readonly confidence?: Confidence;
  readonly doubt?: string;
  readonly evidence?: readonly EvidenceFrame[];
  readonly schedule?: ScheduleMatch | null;
  readonly failures?: readonly Failure[];
  readonly later?: readonly LaterCall[];
  readonly vantage?: Vantage;
  readonly stacks?: readonly [StackGuess | null, StackGuess | null];
  readonly provenance?: Provenance | null;
  readonly remarks?: readonly string[];
  readonly otherEnd?: string;
  readonly likelyCauses?: readonly string[];
  readonly next?: readonly string[];
}

/** A rule: a verdict where it applies. The first that does decides. */
export type Rule = (attempt: Attempt) => Verdict | undefined;
