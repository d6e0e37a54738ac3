import { type Command, Option } from "commander";

/** Adds what commands have that make the traffic themselves; `where`: what is captured on without -i. */
export function addOwnCaptureOptions(command: Command, where: string): Command {
  return command
    .option("-i, --interface <interface>", `capture on this interface (${where})`)
    .addOption(
      new Option("--engine <name>", "what captures (the best that works here)").choices(["libpcap", "child", "cap"]),
    )
    .option("-Z, --relinquish-privileges <user>", "as root: become this user once it captures");
}
