import fs from "node:fs";
import { type Command, Option } from "commander";
import type { PayloadType, TcpdumpOptions } from "../print/tcpdump/options.ts";
import type { LiveCommandOptions } from "./live-options.ts";
import type { Names } from "../print/names.ts";
import type { NameOptions } from "./names.ts";
import { UsageError } from "./status.ts";
import { addColumnOptions, type ColumnOptions } from "./column-options.ts";
import { addStyleOptions, styleContradiction, type StyleOptions } from "./style-options.ts";
import { addWhereOption } from "./where-option.ts";
import { addWriteOptions, wholeNumber, writeContradiction, type WriteOptions } from "./write-options.ts";

/** The options of `dump` as commander gives them. */
export interface DumpOptions extends WriteOptions, ColumnOptions, NameOptions, StyleOptions, LiveCommandOptions {
  readonly read?: string[];
  /** -F */
  readonly F?: string;
  /** -D */
  readonly listInterfaces?: boolean;
  /** -L */
  readonly listDataLinkTypes?: boolean;
  /** -J */
  readonly listTimeStampTypes?: boolean;
  /** -T */
  readonly T?: PayloadType;
  /** -V */
  readonly V?: string;
  /** -b */
  readonly b?: boolean;
  /** -u */
  readonly u?: boolean;
  /** -c */
  readonly c?: number;
  /** --count */
  readonly count?: boolean;
  readonly quiet?: boolean;
  readonly linkLayer?: boolean;
  /** -H */
  readonly H?: boolean;
  readonly absoluteTcpSequenceNumbers?: boolean;
  readonly dontVerifyChecksums?: boolean;
  readonly lineBuffered?: boolean;
  readonly number?: boolean;
  readonly nano?: boolean;
  readonly micro?: boolean;
  readonly timeStampPrecision?: "micro" | "nano";
  readonly where?: string;
}

/** Options that mean more when they are given more than once. */
const COUNTED = ["d", "n", "t", "v", "x", "X", "A"] as const;
/** How often each of them was given. */
export type Counts = Record<(typeof COUNTED)[number], number>;

/** -ttttt, the most that there is. */
const MAX_TIME_STYLE = 5;

/** tcpdump's options that this program does not have, and why. */
const REFUSED: readonly (readonly [string, string])[] = [
  [
    "--immediate-mode",
    "packets are printed within 30 ms anyway, and in this mode of the kernel's they are lost where otherwise none are",
  ],
  ["-E <secret>", "ESP is not decrypted"],
  ["-M <secret>", "TCP-MD5 digests are not checked"],
  ["-m <module>", "SMI modules are not read"],
  [
    "-f",
    "it tells foreign addresses by the network of the interface: names are those of the hosts file, or of --resolve",
  ],
];

/** Adds the options; the result counts those that are given more than once. */
export function addDumpOptions(command: Command): Counts {
  const counts: Counts = { d: 0, n: 0, t: 0, v: 0, x: 0, X: 0, A: 0 };
  command
    .option("-d", "print the expression's compiled program instead of packets; -dd as C, -ddd as numbers")
    .option("-O, --no-optimize", "do not let libpcap optimise the expression's program")
    .option("-D, --list-interfaces", "list what can be captured on")
    .option("-L, --list-data-link-types", "list the link types of the interface")
    .option("-J, --list-time-stamp-types", "list where its times can come from")
    .option("-y, --linktype <type>", "with -i: its link type; with -d: what to compile for")
    .option("-V <file>", "read the captures that FILE names, one a line (- is standard input)");
  addWriteOptions(command)
    .option("-c <number>", "stop after so many packets", wholeNumber)
    .option("--count", "print only how many packets there are")
    .option("-#, --number", "print packet numbers")
    .option("-n", "addresses and ports as numbers, not names")
    .option("-N", "names of hosts without their domain")
    .option("--hosts <file>", "names of hosts from FILE (as /etc/hosts), also with -n")
    .option(
      "--resolve",
      "ask name servers for names of hosts; until an answer the number is printed (a file waits up to 0.5 s for its first ones)",
    )
    .option("-t", "no time; -tt since 1970, -ttt delta, -tttt with date, -ttttt since the first packet")
    .option("-v", "more detail; -vv and -vvv still more")
    .option("-q, --quiet", "less detail")
    .addOption(new Option("-T <type>", "what UDP carries, whatever its ports").choices(["domain", "tftp", "vxlan"]))
    .option("-e, --link-layer", "print the link-layer header")
    .option("-b", "AS numbers of BGP as two numbers with a dot (ASDOT)")
    .option("-u", "NFS file handles as numbers, not decoded")
    .option("-H", "look for 802.11s mesh headers")
    .option("-S, --absolute-tcp-sequence-numbers", "absolute TCP sequence numbers")
    .option("-K, --dont-verify-checksums", "do not verify checksums")
    .option("-x", "hex of each packet; -xx with its link-layer header")
    .option("-X", "hex and ASCII; -XX with its link-layer header")
    .option("-A", "ASCII; -AA with its link-layer header")
    .option("-l, --line-buffered", "write each line at once")
    .option("--nano", "times in nanoseconds")
    .option("--micro", "times in microseconds (the default)")
    .addOption(
      new Option("--time-stamp-precision <unit>", "the same as an option with a value").choices(["micro", "nano"]),
    )
    .option("--json", "one JSON object per line");
  addStyleOptions(command);
  addColumnOptions(command, "frame,ip.source,tcp.flags");
  addWhereOption(command, "tcp.flags.reset == 1");
  for (const letter of COUNTED) command.on(`option:${letter}`, () => counts[letter]++);
  for (const [flags, reason] of REFUSED) refuse(command, flags, reason);
  return counts;
}

function refuse(command: Command, flags: string, reason: string): void {
  const option = new Option(flags).hideHelp();
  command.addOption(option);
  command.on(`option:${option.name()}`, () => {
    throw new UsageError(`option ${option.short ?? option.long}: ${reason}`);
  });
}

/** Refuses options that contradict each other. */
export function checkDumpOptions(options: DumpOptions, counts: Counts): void {
  const { nano, micro, timeStampPrecision: precision } = options;
  const contradiction =
    exclude("--nano", nano, "--micro", micro) ??
    exclude("-d", counts.d > 0, "-w", options.write !== undefined) ??
    exclude("--nano", nano, "--time-stamp-precision micro", precision === "micro") ??
    exclude("--micro", micro, "--time-stamp-precision nano", precision === "nano") ??
    exclude("-r", options.read !== undefined, "-V", options.V !== undefined) ??
    exclude("-d", counts.d > 0, "-i", options.interface !== undefined) ??
    exclude("--count", options.count, "--json", options.json) ??
    exclude("--count", options.count, "--print", options.print) ??
    exclude("--json", options.json, "--style", options.style !== "tcpdump") ??
    exclude("--states", options.states, "--json", options.json) ??
    exclude("--resolve", options.resolve, "-n", counts.n > 0) ??
    exclude("--detail", options.detail, "--columns", options.columns !== undefined) ??
    exclude("--json", options.json, "--fields", options.fields !== undefined) ??
    exclude("--json", options.json, "--csv", options.csv) ??
    exclude("-d", counts.d > 0, "--where", options.where !== undefined) ??
    exclude("-d", counts.d > 0, "--fields", options.fields !== undefined) ??
    exclude("-d", counts.d > 0, "--csv", options.csv) ??
    exclude("--count", options.count, "--fields", options.fields !== undefined) ??
    exclude("--count", options.count, "--csv", options.csv) ??
    printsNothing(options) ??
    styleContradiction(options) ??
    writeContradiction(options);
  if (contradiction !== undefined) throw new UsageError(contradiction);
  checkDetail(options, counts);
  const hasCapture = options.read !== undefined || options.V !== undefined;
  if (options.linktype !== undefined && hasCapture) {
    throw new UsageError(
      "option -y: names the link type of an interface, or for -d without a capture; captures have theirs",
    );
  }
  if (counts.t > MAX_TIME_STYLE) throw new UsageError("only -t, -tt, -ttt, -tttt and -ttttt are options");
}

/** What changes tcpdump's lines has no meaning for Wireshark's trees. */
function checkDetail(options: DumpOptions, counts: Counts): void {
  if (options.detail !== true) return;
  const contradiction =
    exclude("--detail", true, "-t", counts.t > 0) ??
    exclude("--detail", true, "-x", counts.x > 0) ??
    exclude("--detail", true, "-X", counts.X > 0) ??
    exclude("--detail", true, "-A", counts.A > 0) ??
    exclude("--detail", true, "-b", options.b) ??
    exclude("--detail", true, "-q", options.quiet) ??
    exclude("--detail", true, "-u", options.u) ??
    exclude("--detail", true, "-S", options.absoluteTcpSequenceNumbers);
  if (contradiction !== undefined) throw new UsageError(contradiction);
}

/** -w writes instead of printing. */
function printsNothing({ write, print, fields, csv }: DumpOptions): string | undefined {
  if (write === undefined || print === true || (fields === undefined && csv !== true)) return undefined;
  return `option ${fields === undefined ? "--csv" : "--fields"}: with -w nothing is printed; add --print`;
}

function exclude(
  first: string,
  given: boolean | undefined,
  second: string,
  also: boolean | undefined,
): string | undefined {
  return given === true && also === true ? `${first} and ${second} exclude each other` : undefined;
}

/** The file names in the list that -V names. */
export function listedFiles(path: string): string[] {
  const name = path === "-" ? "standard input" : path;
  let text: string;
  try {
    text = fs.readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    throw new UsageError(
      `option -V: ${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const files = text.split("\n").filter((line) => line !== "");
  if (files.length === 0) throw new UsageError(`option -V: ${name} names no file`);
  return files;
}

/** What the printer is told. */
export function printerOptions(options: DumpOptions, counts: Counts, names?: Names): TcpdumpOptions {
  return {
    names,
    verbosity: Math.min(3, counts.v),
    quiet: options.quiet === true,
    linkLayer: options.linkLayer === true,
    mesh: options.H === true,
    absoluteSequence: options.absoluteTcpSequenceNumbers === true,
    skipChecksums: options.dontVerifyChecksums === true,
    asDot: options.b === true,
    rawHandles: options.u === true,
    ...(options.T && { payloadType: options.T }),
    numbers: options.number === true,
    time: counts.t,
    fractionDigits: options.nano === true || options.timeStampPrecision === "nano" ? 9 : 6,
    hex: counts.x,
    hexAscii: counts.X,
    ascii: counts.A,
  };
}
