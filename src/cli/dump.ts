import { Command, InvalidArgumentError, Option } from "commander";
import { PcapWriter } from "../capture/pcap-writer.ts";
import type { CaptureSource } from "../capture/source.ts";
import { Analysis, readCaptures } from "../pipeline.ts";
import { JsonPrinter } from "../print/json.ts";
import type { TextSink } from "../print/sink.ts";
import type { TcpdumpOptions } from "../print/tcpdump/options.ts";
import { TcpdumpPrinter } from "../print/tcpdump/printer.ts";
import type { Frame } from "../wire/frame.ts";
import { standardOutput } from "./output.ts";
import { addReadingOptions, filesOf, reportUnreadable } from "./reading.ts";
import { UsageError } from "./status.ts";

interface DumpOptions {
  readonly read?: string[];
  readonly write?: string;
  readonly count?: number;
  readonly quiet?: boolean;
  readonly linkLayer?: boolean;
  readonly absoluteTcpSequenceNumbers?: boolean;
  readonly dontVerifyChecksums?: boolean;
  readonly lineBuffered?: boolean;
  readonly number?: boolean;
  readonly nano?: boolean;
  readonly micro?: boolean;
  readonly print?: boolean;
  readonly json?: boolean;
}

/** Options that count how often they are given, by the letter that commander calls them. */
const COUNTED = ["n", "t", "v", "x", "X", "A"] as const;
type Counts = Record<(typeof COUNTED)[number], number>;

/** tcpdump's options that this version does not have, and why. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["-i <interface>", "live capture is not supported: pipe it in with tcpdump -i … -w - | tcpscope -r -"],
  ["-D", "live capture is not supported"],
  ["-L", "live capture is not supported"],
  ["-I", "live capture is not supported"],
  ["-p", "live capture is not supported"],
  ["-B <size>", "live capture is not supported"],
  ["-J", "live capture is not supported"],
  ["-j <type>", "live capture is not supported"],
  ["-Q <direction>", "live capture is not supported"],
  ["-s <length>", "frames of a file are printed as they were captured: there is no snap length to set"],
  ["-F <file>", "filter expressions are not supported"],
  ["-d", "filter expressions are not supported"],
  ["-O", "filter expressions are not supported"],
  ["-C <size>", "rotating files are not supported"],
  ["-G <seconds>", "rotating files are not supported"],
  ["-W <count>", "rotating files are not supported"],
  ["-z <command>", "rotating files are not supported"],
  ["-V <file>", "name several files by giving -r more than once"],
  ["-E <secret>", "decrypting ESP is not supported"],
  ["-M <secret>", "checking TCP-MD5 digests is not supported"],
  ["-T <type>", "choosing the protocol of a port is not supported"],
  ["-m <module>", "SMI modules are not supported"],
  ["-H", "802.11s mesh headers are not supported"],
  ["-b", "BGP is not decoded"],
  ["-f", "names are never looked up"],
  ["-N", "names are never looked up"],
  ["-u", "NFS handles are not decoded"],
  ["-y <type>", "live capture is not supported"],
  ["-Z <user>", "no privileges are needed to read a file, and none are kept"],
];

export function dumpCommand(): Command {
  const counts: Counts = { n: 0, t: 0, v: 0, x: 0, X: 0, A: 0 };
  const command = new Command("dump").description("print packets as tcpdump does (the default when no command is named)");
  addReadingOptions(command)
    .option("-w, --write <file>", "write the packets to FILE as pcap instead of printing them (- is standard output)")
    .option("--print", "print although -w is given")
    .option("-c, --count <number>", "stop after so many packets", positiveNumber)
    .option("-#, --number", "print packet numbers")
    .option("-n", "addresses and ports as numbers (always so: names are not looked up)")
    .option("-t", "no time; -tt since 1970, -ttt delta, -tttt with date, -ttttt since the first packet")
    .option("-v", "more detail; -vv and -vvv still more")
    .option("-q, --quiet", "less detail")
    .option("-e, --link-layer", "print the link-layer header")
    .option("-S, --absolute-tcp-sequence-numbers", "absolute TCP sequence numbers")
    .option("-K, --dont-verify-checksums", "do not verify checksums")
    .option("-x", "hex of each packet; -xx with its link-layer header")
    .option("-X", "hex and ASCII; -XX with its link-layer header")
    .option("-A", "ASCII; -AA with its link-layer header")
    .option("-l, --line-buffered", "write each line at once")
    .option("-U, --packet-buffered", "with -w: write each packet at once")
    .option("--nano", "times in nanoseconds")
    .option("--micro", "times in microseconds (the default)")
    .option("--json", "one JSON object per line")
    .argument("[expression...]", "not supported yet")
    .action((rest: string[], options: DumpOptions) => runDump(options, counts, rest));
  for (const letter of COUNTED) command.on(`option:${letter}`, () => counts[letter]++);
  for (const [flags, reason] of REFUSED) refuse(command, flags, reason);
  return command;
}

function refuse(command: Command, flags: string, reason: string): void {
  const letter = flags.slice(0, 2);
  command.addOption(new Option(flags).hideHelp());
  command.on(`option:${letter.slice(1)}`, () => {
    throw new UsageError(`option ${letter}: ${reason}`);
  });
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) throw new InvalidArgumentError("a whole number above 0 is needed.");
  return value;
}

async function runDump(options: DumpOptions, counts: Counts, rest: readonly string[]): Promise<void> {
  if (options.nano === true && options.micro === true) throw new UsageError("--nano and --micro exclude each other");
  const sink = standardOutput();
  const visit = visitor(options, counts, sink);
  let seen = 0;
  const limit = options.count ?? Number.POSITIVE_INFINITY;
  const error = await readCaptures(filesOf(options.read, rest), (frame, source) => {
    visit.frame(frame, source);
    return ++seen < limit;
  }).finally(visit.end);
  sink.flush();
  reportUnreadable(error);
}

/** What is done with each frame, and at the end. */
interface Visitor {
  frame(frame: Frame, source: CaptureSource): void;
  end(): void;
}

function visitor(options: DumpOptions, counts: Counts, sink: TextSink): Visitor {
  if (options.write !== undefined && options.print !== true) return writing(options.write, sink);
  const print = options.json === true ? jsonVisitor(sink) : textVisitor(options, counts, sink);
  if (options.write === undefined) return print;
  const write = writing(options.write, sink);
  return {
    frame(frame, source) {
      write.frame(frame, source);
      print.frame(frame, source);
    },
    end() {
      write.end();
      print.end();
    },
  };
}

function writing(path: string, sink: TextSink): Visitor {
  let writer: PcapWriter | undefined;
  return {
    frame(frame, source) {
      writer ??= PcapWriter.create(path, { linkType: frame.linkType, precision: source.precision, snapLength: source.snapLength });
      writer.write(frame);
    },
    end() {
      sink.flush();
      writer?.close();
    },
  };
}

function textVisitor(options: DumpOptions, counts: Counts, sink: TextSink): Visitor {
  const printer = new TcpdumpPrinter(sink, tcpdumpOptions(options, counts));
  const each = options.lineBuffered === true;
  return {
    frame(frame) {
      printer.print(frame);
      if (each) sink.flush();
    },
    end() {
      sink.flush();
    },
  };
}

function jsonVisitor(sink: TextSink): Visitor {
  const analysis = new Analysis();
  const printer = new JsonPrinter(sink);
  return {
    frame(frame, source) {
      const segment = analysis.observe(frame);
      const quoted = segment === undefined ? analysis.evidence.quoted : undefined;
      const name = source.interfaces[frame.interfaceIndex]?.name ?? "";
      printer.print(analysis.packet, segment, name, quoted && { stream: quoted.connection.stream, frame: quoted.frame });
    },
    end() {
      sink.flush();
    },
  };
}

function tcpdumpOptions(options: DumpOptions, counts: Counts): TcpdumpOptions {
  return {
    verbosity: Math.min(3, counts.v),
    quiet: options.quiet === true,
    linkLayer: options.linkLayer === true,
    absoluteSequence: options.absoluteTcpSequenceNumbers === true,
    skipChecksums: options.dontVerifyChecksums === true,
    numbers: options.number === true,
    time: Math.min(5, counts.t),
    fractionDigits: options.nano === true ? 9 : 6,
    hex: counts.x,
    hexAscii: counts.X,
    ascii: counts.A,
  };
}
