import { type Command, InvalidArgumentError, Option } from "commander";

/** What can be said about -w, as commander gives it. */
export interface WriteOptions {
  readonly write?: string;
  readonly packetBuffered?: boolean;
  readonly print?: boolean;
  /** -C, in bytes */
  readonly C?: number;
  /** -G, in seconds */
  readonly G?: number;
  /** -W */
  readonly W?: number;
  /** -z */
  readonly z?: string;
  readonly writeFormat?: "pcap" | "pcapng";
  readonly annotate?: boolean;
}

/** Bytes in a unit of -C; without a suffix it is a million, as in tcpdump. */
const UNITS: Readonly<Record<string, number>> = { "": 1e6, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Adds -w and what goes with it. */
export function addWriteOptions(command: Command): Command {
  return command
    .option("-w, --write <file>", "write the packets to FILE instead of printing them (- is standard output)")
    .addOption(
      new Option(
        "--write-format <format>",
        "format of the file (pcapng when its name ends so, else pcap); pcapng keeps interfaces and comments",
      ).choices(["pcap", "pcapng"]),
    )
    .option("--annotate", "with -w and pcapng: our analysis as comments of the packets")
    .option("-U, --packet-buffered", "with -w: write each packet at once")
    .option(
      "-C <size>",
      "with -w: a new file when one has more than SIZE million bytes (k, m, g: KiB, MiB, GiB)",
      fileSize,
    )
    .option("-G <seconds>", "with -w: a new file every SECONDS of packet time; FILE is a strftime format", wholeNumber)
    .option("-W <count>", "with -C: a ring of COUNT files; with -G: stop after COUNT files", wholeNumber)
    .option("-z <command>", "with -w: run COMMAND FILE for each file that is complete")
    .option("--print", "print although -w is given");
}

/** Why the options cannot go together; undefined when they can. */
export function writeContradiction(options: WriteOptions): string | undefined {
  const { write, C, G, W, z, annotate, writeFormat } = options;
  const alone = Object.entries({
    "-C": C,
    "-G": G,
    "-W": W,
    "-z": z,
    "--annotate": annotate,
    "--write-format": writeFormat,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (write === undefined) return alone.length === 0 ? undefined : `option ${alone[0]}: goes with -w FILE`;
  if (W !== undefined && C === undefined && G === undefined) return "option -W: goes with -C or -G";
  if (write === "-" && (C !== undefined || G !== undefined || z !== undefined))
    return `option ${alone[0]}: standard output is one file; give -w a name`;
  if (annotate === true && (writeFormat ?? (write.endsWith(".pcapng") ? "pcapng" : "pcap")) === "pcap")
    return "option --annotate: pcap has no comments; let the name of -w end in .pcapng, or add --write-format pcapng";
  return undefined;
}

function fileSize(text: string): number {
  const [, digits = "", suffix = ""] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  const size = Number(digits) * (UNITS[suffix.toLowerCase()] ?? 0);
  if (size === 0 || !Number.isSafeInteger(size)) {
    throw new InvalidArgumentError("a whole number above 0 is needed, in millions of bytes, or with k, m or g.");
  }
  return size;
}

/** A whole number above 0, for commander. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value === 0) {
    throw new InvalidArgumentError("a whole number above 0 is needed.");
  }
  return value;
}
