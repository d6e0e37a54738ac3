import { spawnSync } from "node:child_process";
import type { DeviceInfo } from "../../libpcap/devices.ts";
import type { CaptureRequest } from "./options.ts";

/** Programs that write what they capture to standard output, best first. */
export type ChildProgram = "tcpdump" | "dumpcap";
const PROGRAMS: readonly ChildProgram[] = ["tcpdump", "dumpcap"];

/** Where they are when that is not in the PATH of those who are not root. */
const SYSTEM_PATHS = ["/usr/sbin", "/sbin", "/usr/local/sbin"];
const KIBI = 1024;
const MEBI = 1024 * 1024;

/** How long the kernel may gather packets before these programs see them, in milliseconds: their own choice. */
export const CHILD_GATHERING: Readonly<Record<ChildProgram, number>> = { tcpdump: 1000, dumpcap: 250 };

/** How a program is started. */
export interface ChildCommand {
  readonly program: ChildProgram;
  readonly args: readonly string[];
}

/** The environment in which programs are found and speak English. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const path = [process.env["PATH"] ?? "", ...SYSTEM_PATHS].join(process.platform === "win32" ? ";" : ":");
  return { ...process.env, PATH: path, LC_ALL: "C" };
}

/** The programs that are installed. */
export function childPrograms(): ChildProgram[] {
  return PROGRAMS.filter((program) => versionOf(program) !== undefined);
}

/** The first line of what `--version` says; undefined when there is no such program. */
export function versionOf(program: ChildProgram): string | undefined {
  const { error, stdout, stderr } = spawnSync(program, ["--version"], { encoding: "utf8", env: childEnvironment() });
  if (error !== undefined) return undefined;
  const [line = ""] = (stdout || stderr).split("\n", 1);
  // Where Wireshark's sources came from is of no interest here.
  return line.replace(/ \(Git .*$/, "");
}

/** What a request asks for that the program cannot do, as its option of tcpdump; undefined when it can do all. */
export function missingOption(program: ChildProgram, request: CaptureRequest): string | undefined {
  if (program === "tcpdump") return undefined;
  if (request.timestampType !== undefined) return "-j";
  if (request.direction !== "inout") return "-Q";
  return request.optimize ? undefined : "-O";
}

export function childCommand(program: ChildProgram, request: CaptureRequest): ChildCommand {
  return { program, args: program === "tcpdump" ? tcpdumpArguments(request) : dumpcapArguments(request) };
}

/**
 * With -U, each packet is written at once, which costs 2.4 s of a processor per million. Without, and
 * told by SIGUSR2 to write what it has gathered, tcpdump 4.99.3 was seen to write the same bytes twice.
 */
function tcpdumpArguments(request: CaptureRequest): string[] {
  const { direction, timestampType, user, optimize, expression } = request;
  return [
    ...common(request),
    "-U",
    "--time-stamp-precision=nano",
    `--buffer-size=${Math.ceil(request.bufferSize / KIBI)}`,
    ...(direction === "inout" ? [] : ["-Q", direction]),
    ...(timestampType === undefined ? [] : ["-j", timestampType]),
    ...(optimize ? [] : ["-O"]),
    ...(user === undefined ? [] : ["-Z", user]),
    ...(expression === "" ? [] : ["--", expression]),
  ];
}

function dumpcapArguments(request: CaptureRequest): string[] {
  const { expression } = request;
  return [
    ...common(request),
    "-P",
    `-B${Math.ceil(request.bufferSize / MEBI)}`,
    ...(expression === "" ? [] : ["-f", expression]),
  ];
}

function common({ interface: name, snapLength, promiscuous, monitor, linkType }: CaptureRequest): string[] {
  return [
    `-i${name}`,
    "-w-",
    `-s${snapLength}`,
    ...(promiscuous ? [] : ["-p"]),
    ...(monitor ? ["-I"] : []),
    ...(linkType === undefined ? [] : ["-y", linkType]),
  ];
}

/** The interfaces that a program lists with -D, without their addresses. */
export function childInterfaces(): DeviceInfo[] {
  const [program] = childPrograms();
  if (program === undefined) return [];
  const { stdout } = spawnSync(program, ["-D"], { encoding: "utf8", env: childEnvironment() });
  return stdout.split("\n").flatMap(listedInterface);
}

/** "1.eth0 (Ethernet) [Up, Running, Connected]", or without the brackets where it is dumpcap's. */
function listedInterface(line: string): DeviceInfo[] {
  const [, name, description = "", flags] = /^\d+\. ?(\S+)(?: \((.*?)\))?(?: \[(.*)\])?$/.exec(line) ?? [];
  if (name === undefined) return [];
  const has = (flag: string): boolean => flags?.split(", ").includes(flag) === true;
  return [
    {
      name,
      description,
      up: has("Up") || flags === undefined,
      running: has("Running"),
      loopback: has("Loopback"),
      wireless: has("Wireless"),
      connection: has("Connected") || has("Associated") ? "connected" : undefined,
      addresses: [],
    },
  ];
}
