import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { captureFromScript } from "./script.ts";

/** Where the fixtures are. */
export const FIXTURES: string = path.join(import.meta.dirname, "../../fixtures");

/** Names of all fixtures that have a script, in order. */
export function fixtureNames(): string[] {
  const scripts = fs.readdirSync(FIXTURES).filter((file) => file.endsWith(".script"));
  return scripts.map((file) => file.slice(0, -".script".length)).sort();
}

/** A file of the fixtures, as text. */
export function fixtureText(file: string): string {
  return fs.readFileSync(path.join(FIXTURES, file), "utf8");
}

/** The capture that the script of a fixture builds. */
export function buildFixture(name: string): Uint8Array {
  return captureFromScript(fixtureText(`${name}.script`));
}

/** Writes the capture of every script beside it. */
export function writeFixtures(): void {
  for (const name of fixtureNames()) fs.writeFileSync(path.join(FIXTURES, `${name}.pcap`), buildFixture(name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFixtures();
