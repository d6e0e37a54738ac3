import { type Command, InvalidArgumentError, Option } from "commander";
import type { LiveOptions } from "../capture/live/options.ts";
import type { LiveEngine } from "../capture/source.ts";
import { UsageError } from "./status.ts";

/** The options of live capture, as commander gives them. */
export interface LiveCommandOptions {
  /** -i */
  readonly interface?: string;
  readonly engine?: LiveEngine;
  /** False after -p. */
  readonly promiscuousMode?: boolean;
  /** -s */
  readonly snapshotLength?: number;
  /** -B, in KiB. */
  readonly bufferSize?: number;
  readonly monitorMode?: boolean;
  /** -y */
  readonly linktype?: string;
  /** -j */
  readonly timeStampType?: string;
  /** -Q */
  readonly direction?: "in" | "out" | "inout";
  /** -Z */
  readonly relinquishPrivileges?: string;
  /** -I as it was given, -O as well. */
  readonly optimize?: boolean;
}

const KIBI = 1024;
const MOST_KIBI = 2 ** 21 - 1;
const LONGEST = 262_144;

/** Adds what every command that can capture has. -y is the command's own, where it means more. */
export function addLiveOptions(command: Command): Command {
  return command
    .option("-i, --interface <interface>", "capture on this interface: its name, its number in -D, or any")
    .addOption(
      new Option("--engine <name>", "what captures (the best that works here when not given)").choices(ENGINES),
    )
    .option("-p, --no-promiscuous-mode", "with -i: only what is for this host")
    .option(
      "-s, --snapshot-length <bytes>",
      "with -i: keep so many bytes of each packet (a file's stay as they are)",
      snapLength,
    )
    .option("-B, --buffer-size <KiB>", "with -i: size of the kernel's buffer (16384)", bufferSize)
    .option("-I, --monitor-mode", "with -i: monitor mode, of 802.11")
    .addOption(
      new Option("-Q, --direction <direction>", "with -i: only packets in this direction").choices([
        "in",
        "out",
        "inout",
      ]),
    )
    .option("-j, --time-stamp-type <type>", "with -i: where times come from; -J lists them")
    .option("-Z, --relinquish-privileges <user>", "with -i as root: become this user once it captures");
}

const ENGINES: readonly LiveEngine[] = ["libpcap", "child", "cap"];

function snapLength(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > LONGEST) {
    throw new InvalidArgumentError(`a number of bytes from 0 (all) to ${LONGEST} is needed.`);
  }
  return value === 0 ? LONGEST : value;
}

function bufferSize(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value === 0 || value > MOST_KIBI) {
    throw new InvalidArgumentError(`a number of KiB from 1 to ${MOST_KIBI} is needed.`);
  }
  return value;
}

/** Options that say how to capture, as they are written. */
const ONLY_LIVE: readonly (readonly [keyof LiveCommandOptions, string])[] = [
  ["engine", "--engine"],
  ["bufferSize", "-B"],
  ["monitorMode", "-I"],
  ["direction", "-Q"],
  ["timeStampType", "-j"],
  ["relinquishPrivileges", "-Z"],
];

/** Refuses what makes no sense when files are read. */
export function refuseLiveOptions(options: LiveCommandOptions): void {
  if (options.interface !== undefined) throw new UsageError("-i and -r exclude each other");
  const given = ONLY_LIVE.find(([name]) => options[name] !== undefined)?.[1];
  const flag = options.promiscuousMode === false ? "-p" : given;
  if (flag !== undefined) {
    throw new UsageError(`option ${flag}: is for live capture (-i), files are read as they were captured`);
  }
}

/** Whether some option says that a capture is meant. */
export function wantsLive(options: LiveCommandOptions): boolean {
  return (
    options.interface !== undefined ||
    options.promiscuousMode === false ||
    ONLY_LIVE.some(([name]) => options[name] !== undefined)
  );
}

/** What the options ask for, of `openLive`. */
export function liveOptionsOf(options: LiveCommandOptions, expression: string): LiveOptions {
  return {
    interface: options.interface,
    engine: options.engine,
    expression,
    optimize: options.optimize,
    snapLength: options.snapshotLength,
    promiscuous: options.promiscuousMode,
    monitor: options.monitorMode,
    bufferSize: options.bufferSize === undefined ? undefined : options.bufferSize * KIBI,
    linkType: options.linktype,
    timestampType: options.timeStampType,
    direction: options.direction,
  };
}
