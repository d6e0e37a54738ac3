import { KIND_NAMES, OPTION_TITLES } from "./tree-tcp-option-names.ts";
import { hex, type TreeWriter } from "./tree.ts";

/** The name of an option in the list of them and in complaints. */
export function titleOf(option: number): string {
  return OPTION_TITLES[option] ?? `Unknown (${hex(option, 2)})`;
}

/** The first lines of an option: title, kind and length. */
export function title(tree: TreeWriter, option: number, length: number, text: string): void {
  tree.line(2, `TCP Option - ${text}`);
  kindAndLength(tree, option, length);
}

export function kindAndLength(tree: TreeWriter, option: number, length: number): void {
  tree.line(3, `Kind: ${KIND_NAMES[option] ?? "Unknown"} (${option})`);
  tree.line(3, `Length: ${length}`);
}

export function printWrongLength(tree: TreeWriter, option: number, length: number, text: string): void {
  const name = option >= 11 && option <= 13 ? "CC" : option === 7 ? "Echo" : titleOf(option);
  title(tree, option, length, name);
  tree.expert(4, "Note", "Sequence", text);
}
