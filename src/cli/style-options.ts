import { type Command, Option } from "commander";
import type { ColourChoice } from "./colour.ts";
import { colourOption } from "./reading.ts";
import { wholeNumber } from "./write-options.ts";

/** How packets can be printed as text; the first is the default. */
const STYLES = ["tcpdump", "wireshark", "stevens"] as const;

/** How packets are printed, as commander gives it. */
export interface StyleOptions {
  readonly style: (typeof STYLES)[number];
  readonly detail?: boolean;
  readonly columns?: string;
  readonly fold?: number;
  readonly states?: boolean;
  readonly color: ColourChoice;
}

/** Adds --style and what belongs to one of the styles, --states and --color. */
export function addStyleOptions(command: Command): Command {
  return command
    .addOption(new Option("--style <style>", "how packets are printed").choices(STYLES).default("tcpdump"))
    .option("--columns <names>", "with --style wireshark: the columns, as no,time,src,dst,proto,len,info,ip.ttl")
    .option("--detail", "with --style wireshark: every field of each packet as a tree")
    .option("--fold <columns>", "with --style stevens: fold longer lines, as the book does", wholeNumber)
    .option("--states", "the states of both ends after each TCP segment, and the system call that returns")
    .addOption(colourOption());
}

/** What is wrong with an option that belongs to another style; undefined when nothing is. */
export function styleContradiction({ style, detail, columns, fold }: StyleOptions): string | undefined {
  if (style !== "wireshark") {
    if (detail === true) return "option --detail: goes with --style wireshark";
    if (columns !== undefined) return "option --columns: the columns are those of --style wireshark";
  }
  return fold !== undefined && style !== "stevens" ? "option --fold: goes with --style stevens" : undefined;
}
