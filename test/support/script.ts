import { pcapBytes, type PcapRecord } from "./pcap-bytes.ts";
import { ScriptReader } from "./script-reader.ts";
import { Words } from "./script-words.ts";

/**
 * Captures as scripts, for tests and fixtures; fixtures/README.md describes
 * the language. The short form names no ends and no numbers:
 *
 *     0      > S
 *     +0.01  < S.
 *     +0     > .
 *     +0.5   > P(100)
 */

/** One frame of a script. */
export interface ScriptPacket extends PcapRecord {
  /** Line of the script, from 1. */
  readonly line: number;
  readonly linkType: number;
}

export interface Script {
  readonly linkType: number;
  readonly precision: "micro" | "nano";
  readonly snapLength: number;
  readonly packets: readonly ScriptPacket[];
}

/** Frames of a script; a ScriptError names the line of what it does not understand. */
export function parseScript(text: string): readonly ScriptPacket[] {
  return readScript(text).packets;
}

/** A pcap file with the frames of a script. */
export function captureFromScript(text: string): Uint8Array<ArrayBuffer> {
  const script = readScript(text);
  return pcapBytes(script.linkType, script.precision, script.snapLength, script.packets);
}

/** Frames of a script, and what the file header of its capture says. */
export function readScript(text: string): Script {
  const reader = new ScriptReader();
  text.split(/\r?\n/).forEach((line, index) => reader.read(new Words(index + 1, line)));
  return reader.script();
}
