import { Phrase } from "../sink.ts";
import { COLOUR_RULES, type Rgb } from "./colour-rules.ts";

/** How many colours a terminal shows: 16 million, 256 or 16, as bits. */
export type ColourDepth = 24 | 8 | 4;

/** The escapes of lines: what stands before a line by the place of its rule, and after it. */
export interface Colours {
  readonly before: readonly Phrase[];
  readonly after: Phrase;
}

const STEPS = [0, 95, 135, 175, 215, 255];

/** The 16 colours of a terminal as xterm shows them. */
const SIXTEEN: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

/** Whole lines in the colours of the rules, their background up to the edge of the terminal. */
export function lineColours(depth: ColourDepth): Colours {
  const before = COLOUR_RULES.map(
    ({ foreground, background }) => new Phrase(escape(foreground, depth, 38) + escape(background, depth, 48)),
  );
  return { before, after: new Phrase("\x1b[K\x1b[0m") };
}

/** Codes of text colours of the 16 that read well on dark and on light, for rules of which the text alone is coloured. */
const TEXT: Readonly<Record<string, number>> = {
  "Bad TCP": 31,
  "HSRP State Change": 33,
  "Spanning Tree Topology  Change": 33,
  "OSPF State Change": 33,
  "ICMP errors": 32,
  ARP: 33,
  ICMP: 35,
  "TCP RST": 31,
  "SCTP ABORT": 31,
  "TTL low or unexpected": 31,
  "Checksum Errors": 31,
  HTTP: 32,
  "TCP SYN/FIN": 36,
  Broadcast: 90,
};

/** Only the text in colour and only where something is out of the ordinary, for lines that are read as text. */
export function textColours(): Colours {
  return {
    before: COLOUR_RULES.map(({ name }) => new Phrase(TEXT[name] === undefined ? "" : `\x1b[${TEXT[name]}m`)),
    after: new Phrase("\x1b[0m"),
  };
}

/** `kind`: 38 for text, 48 for the background. */
function escape(colour: Rgb, depth: ColourDepth, kind: 38 | 48): string {
  if (depth === 24) return `\x1b[${kind};2;${colour.join(";")}m`;
  if (depth === 8) return `\x1b[${kind};5;${of256(colour)}m`;
  const index = nearest(SIXTEEN, colour);
  return `\x1b[${(index < 8 ? 30 + index : 82 + index) + (kind - 38)}m`;
}

/** Number of the nearest of 256 colours: a cube of 6 steps, and 24 greys. */
function of256(colour: Rgb): number {
  const red = nearestStep(colour[0]);
  const green = nearestStep(colour[1]);
  const blue = nearestStep(colour[2]);
  const cube: Rgb = [STEPS[red]!, STEPS[green]!, STEPS[blue]!];
  const grey = Math.max(0, Math.min(23, Math.round((average(colour) - 8) / 10)));
  const greyValue = 8 + 10 * grey;
  if (distance(colour, [greyValue, greyValue, greyValue]) < distance(colour, cube)) return 232 + grey;
  return 16 + 36 * red + 6 * green + blue;
}

function nearestStep(value: number): number {
  const distances = STEPS.map((step) => Math.abs(step - value));
  return distances.indexOf(Math.min(...distances));
}

function average([red, green, blue]: Rgb): number {
  return (red + green + blue) / 3;
}

function nearest(choices: readonly Rgb[], colour: Rgb): number {
  const distances = choices.map((choice) => distance(choice, colour));
  return distances.indexOf(Math.min(...distances));
}

function distance(a: Rgb, b: Rgb): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
