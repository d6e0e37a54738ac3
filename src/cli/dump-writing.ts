import fs from "node:fs";
import { PcapWriter } from "../capture/pcap-writer.ts";
import { reusesNames, Rotation, type RotationOptions } from "../capture/rotation.ts";
import type { CaptureSource } from "../capture/source.ts";
import type { CreateWriter } from "../capture/writer.ts";
import type { Frame } from "../wire/frame.ts";
import type { DumpOptions } from "./dump-options.ts";
import type { DumpVisitor } from "./dump-visitor.ts";
import type { PostRotate } from "./post-rotate.ts";
import type { AnalysisLoader, SharedAnalysis } from "./shared-analysis.ts";
import { UsageError } from "./status.ts";
import { isTerminal } from "./terminal.ts";

/** Writes what passes into one file, or into one after the other. */
export class Writing implements DumpVisitor {
  readonly #rotation: Rotation;
  readonly #each: boolean;
  readonly #count: number | undefined;
  #isLive = false;

  constructor(
    path: string,
    options: DumpOptions,
    create: CreateWriter,
    inputs: readonly string[],
    postRotate: PostRotate | undefined,
  ) {
    this.#count = options.W;
    this.#each = options.packetBuffered === true;
    this.#rotation = new Rotation(
      {
        ...namesOf(path, options),
        onCreate: (name) => refuseOverwriting(name, inputs),
        onComplete: (name) => postRotate?.run(name),
      },
      create,
    );
  }

  open(source: CaptureSource): void {
    this.#isLive = source.live !== undefined;
    this.#rotation.open(source);
  }

  frame(frame: Frame, source: CaptureSource): boolean {
    if (!this.#rotation.add(frame, source)) {
      process.stderr.write(`Maximum file limit reached: ${this.#count}\n`);
      return false;
    }
    if (this.#each) this.#rotation.flush();
    return true;
  }

  /** Whoever looks at the file while it is captured finds what there is so far, and whole records. */
  idle(): void {
    if (this.#isLive) this.#rotation.flush();
    else this.#rotation.settle();
  }

  end(): void {
    this.#rotation.close();
  }
}

function namesOf(path: string, { C: size, G: seconds, W: count }: DumpOptions): RotationOptions {
  return { path, size, seconds, count };
}

/** What -z asks to run; undefined without it. */
export async function postRotateOf(path: string, options: DumpOptions): Promise<PostRotate | undefined> {
  if (options.z === undefined) return undefined;
  const { PostRotate } = await import("./post-rotate.ts");
  return new PostRotate(options.z, reusesNames(namesOf(path, options)));
}

/** What makes the files: pcapng by option or by the name's end, else pcap. */
export async function writerOf(path: string, options: DumpOptions, shared: AnalysisLoader): Promise<CreateWriter> {
  const asked =
    options.timeStampPrecision ?? (options.nano === true ? "nano" : options.micro === true ? "micro" : undefined);
  if (formatOf(path, options) === "pcapng") {
    const { PcapngWriter } = await import("../capture/pcapng-writer.ts");
    const commentOf = options.annotate === true ? await annotation(await shared()) : undefined;
    return (name) => PcapngWriter.create(name, { precision: asked, commentOf });
  }
  return (name, { linkType, precision, snapLength }) =>
    PcapWriter.create(name, { linkType, precision: asked ?? precision, snapLength });
}

/** --annotate: what there is to say about a frame. */
async function annotation(shared: SharedAnalysis): Promise<(frame: Frame) => string> {
  const { Annotator } = await import("../report/annotation.ts");
  const annotator = new Annotator();
  return (frame) => {
    const segment = shared.observe(frame);
    const { connections, evidence, packet } = shared.analysis;
    if (segment !== undefined) return annotator.segmentComment(segment, evidence);
    if (evidence.quoted === undefined) return "";
    return annotator.errorComment(evidence.quoted.connection, evidence, connections.timeNs(packet));
  };
}

/** The format of the files to write. */
function formatOf(path: string, options: DumpOptions): "pcap" | "pcapng" {
  return options.writeFormat ?? (path.endsWith(".pcapng") ? "pcapng" : "pcap");
}

/** Refuses to write to a file that is read: it would be emptied first. */
export function refuseOverwriting(output: string | undefined, inputs: readonly string[]): void {
  if (output === undefined) return;
  if (output === "-") {
    if (isTerminal("stdout"))
      throw new UsageError("standard output is a terminal: packets are written with -w to a file or a pipe");
    return;
  }
  const target = fs.statSync(output, { throwIfNoEntry: false });
  if (target === undefined || !target.isFile()) return;
  for (const input of inputs) {
    const source = input === "-" ? fs.fstatSync(0) : fs.statSync(input, { throwIfNoEntry: false });
    if (source?.ino === target.ino && source.dev === target.dev) {
      throw new UsageError(`${output}: is read and cannot be written at the same time; give -w another name`);
    }
  }
}
