import { addWords, foldSum, rightChecksum } from "../../wire/checksum.ts";
import { greProtocolName } from "./gre-names.ts";
import type { TreeContext } from "./tree-context.ts";
import { bits, flagLine, hex, NO_YES } from "./tree.ts";

/** Generic Routing Encapsulation (RFC 2784, RFC 2890; enhanced: RFC 2637 section 4.1). */

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const STRICT = 0x0800;
const ACKNOWLEDGMENT = 0x0080;

/** The header at `at` of the packet that ends at `end`; false when it is cut. */
export function printGre(context: TreeContext, at: number, end: number): boolean {
  const { tree, view, limit } = context;
  const have = Math.min(limit, end) - at;
  if (have < 4) {
    tree.line(0, "Generic Routing Encapsulation");
    return false;
  }
  const [flags, type] = [view.getUint16(at), view.getUint16(at + 2)];
  const isEnhanced = (flags & 7) === 1;
  const name = greProtocolName(type) ?? "Unknown";
  tree.line(0, `Generic Routing Encapsulation (${name})`);
  tree.line(1, `Flags and Version: ${hex(flags, 4)}`);
  const flag = (mask: number, name: string): void => tree.line(2, flagLine(flags, mask, 16, name, NO_YES));
  flag(CHECKSUM, "Checksum Bit");
  flag(ROUTING, "Routing Bit");
  flag(KEY, "Key Bit");
  flag(SEQUENCE, "Sequence Number Bit");
  flag(STRICT, "Strict Source Route Bit");
  tree.line(2, `${bits(flags, 0x0700, 16)} = Recursion control: ${(flags >> 8) & 7}`);
  if (isEnhanced) flag(ACKNOWLEDGMENT, "Acknowledgment");
  const reserved = isEnhanced ? 0x0078 : 0x00f8;
  tree.line(2, `${bits(flags, reserved, 16)} = Flags (Reserved): ${(flags & reserved) >> 3}`);
  const version = flags & 7;
  const versionName = version === 0 ? "GRE" : version === 1 ? "Enhanced GRE" : "Unknown";
  tree.line(2, `${bits(flags, 0x0007, 16)} = Version: ${versionName} (${version})`);
  tree.line(1, `Protocol Type: ${name} (${hex(type, 4)})`);
  return printFields(context, at, end, flags, isEnhanced);
}

function printFields(
  { tree, view, limit }: TreeContext,
  at: number,
  end: number,
  flags: number,
  isEnhanced: boolean,
): boolean {
  const stop = Math.min(limit, end);
  let next = at + 4;
  const number = (name: string): boolean => {
    if (next + 4 > stop) return false;
    tree.line(1, `${name}: ${view.getUint32(next)}`);
    next += 4;
    return true;
  };
  if ((flags & (CHECKSUM | ROUTING)) !== 0) {
    if (next + 4 > stop) return false;
    printChecksum({ tree, view, limit }, at, end);
    tree.line(1, `Offset: ${view.getUint16(next + 2)}`);
    next += 4;
  }
  if ((flags & KEY) !== 0) {
    if (next + 4 > stop) return false;
    if (isEnhanced) {
      tree.line(1, `Payload Length: ${view.getUint16(next)}`);
      tree.line(1, `Call ID: ${view.getUint16(next + 2)}`);
    } else {
      tree.line(1, `Key: ${hex(view.getUint32(next), 8)}`);
    }
    next += 4;
  }
  if ((flags & SEQUENCE) !== 0 && !number("Sequence Number")) return false;
  return !isEnhanced || (flags & ACKNOWLEDGMENT) === 0 || number("Acknowledgment Number");
}

function printChecksum(
  { tree, view, limit }: Pick<TreeContext, "tree" | "view" | "limit">,
  at: number,
  end: number,
): void {
  const checksum = view.getUint16(at + 4);
  const text = `Checksum: ${hex(checksum, 4)}`;
  if (limit < end) {
    tree.line(1, `${text} [unverified]`);
    tree.line(1, "[Checksum Status: Unverified]");
    return;
  }
  const folded = foldSum(addWords(view, at, end, 0));
  const isGood = folded === 0xffff;
  tree.line(
    1,
    isGood ? `${text} [correct]` : `${text} incorrect, should be ${hex(rightChecksum(checksum, folded), 4)}`,
  );
  tree.line(1, `[Checksum Status: ${isGood ? "Good" : "Bad"}]`);
}
