import { openCapture } from "../capture/open.ts";
import { checkProgram } from "../filter/check.ts";
import { findCompiler } from "../filter/compiler.ts";
import { DEFAULT_SNAP_LENGTH } from "../filter/filter.ts";
import { listing, type ListingStyle } from "../filter/listing.ts";
import type { TextSink } from "../print/sink.ts";
import { UsageError } from "./status.ts";

const STYLES: readonly ListingStyle[] = ["assembly", "c", "numbers"];

/** What is compiled, and for what. */
interface ListingRequest {
  readonly expression: string;
  /** How often -d was given. */
  readonly count: number;
  readonly optimize: boolean;
  /** The captures of -r. */
  readonly files: readonly string[];
  /** The link type of -y. */
  readonly linkType: string | undefined;
}

/** Prints the program of an expression as tcpdump does with -d, for the link type of a capture or for a named one. */
export async function printListing(request: ListingRequest, sink: TextSink): Promise<void> {
  const [file, another] = request.files;
  if (another !== undefined) throw new UsageError("option -d prints one program: name one capture with -r");
  const { expression, optimize } = request;
  const target = file === undefined ? namedTarget(request.linkType) : await captureTarget(file);
  const program = (await findCompiler()).compile({ expression, optimize, ...target });
  if (file !== undefined) checkProgram(program);
  sink.text(listing(program, STYLES[Math.min(request.count, STYLES.length) - 1] ?? "assembly"));
  sink.flush();
}

interface Target {
  readonly link: number | string;
  readonly snapLength: number;
  readonly littleEndian?: boolean;
}

function namedTarget(name: string | undefined): Target {
  if (name === undefined) process.stderr.write("tcpscope: link type EN10MB (Ethernet) is assumed; -y names another\n");
  return { link: name ?? "EN10MB", snapLength: DEFAULT_SNAP_LENGTH };
}

async function captureTarget(file: string): Promise<Target> {
  const source = await openCapture(file);
  source.close();
  const { name, linkType, snapLength, littleEndian } = source;
  if (linkType < 0)
    throw new UsageError(`${name}: has no interface and so no link type; name one with -y instead of -r`);
  return { link: linkType, snapLength: snapLength === 0 ? DEFAULT_SNAP_LENGTH : snapLength, littleEndian };
}
