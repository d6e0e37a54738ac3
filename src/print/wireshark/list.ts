import { Echoes } from "../../flow/echoes.ts";
import type { Segment } from "../../flow/segment.ts";
import type { Frame } from "../../wire/frame.ts";
import { Packet } from "../../wire/packet.ts";
import type { TextSink } from "../sink.ts";
import type { LineEnd } from "../states-column.ts";
import { AddressPrinter, destinationText, sourceText } from "./addresses.ts";
import type { Colours } from "./colour.ts";
import { colourRuleOf, NO_RULE } from "./colour-rules.ts";
import { type Column, columnsOf } from "./columns.ts";
import { HardwareAddresses } from "./hardware-addresses.ts";
import type { Line, Summary } from "./line.ts";
import { summaryOf } from "./summary.ts";
import { ListTime, type TimeStyle } from "./time.ts";

const SPACE = 0x20;
const NEWLINE = 0x0a;
const GREATER = 0x3e;
const NUMBER_WIDTH = 5;
const TIME_WIDTH = 10;
const ADDRESS_WIDTH = 12;

export interface ListOptions {
  /** Names of columns (`COLUMN_NAMES`); Wireshark's own when left out. */
  readonly columns?: readonly string[] | undefined;
  readonly time?: TimeStyle;
  /** Lines are coloured by Wireshark's default rules when given. */
  readonly colours?: Colours | undefined;
}

/** What is known of a frame besides its bytes. */
export interface FrameOrigin {
  /** "" when not known. */
  readonly interfaceName: string;
  /** Digits of its time after the second (`digitsOf`). */
  readonly digits: number;
}

/** Prints Wireshark's packet list: a line for each packet, as `tshark -n` prints it. */
export class WiresharkList {
  readonly #columns: readonly Column[];
  readonly #timeStyle: TimeStyle;
  readonly #time = new ListTime();
  readonly #addresses = new AddressPrinter();
  readonly #colours: Colours | undefined;
  readonly #line: Line;

  constructor(sink: TextSink, { columns, time = "relative", colours }: ListOptions = {}) {
    this.#colours = colours;
    this.#columns = columnsOf(columns).filter(({ kind }) => kind !== "time" || time !== "none");
    this.#timeStyle = time;
    this.#line = {
      sink,
      packet: new Packet(),
      segment: undefined,
      number: 0,
      interfaceName: "",
      echoes: new Echoes(),
      hardwareAddresses: new HardwareAddresses(),
    };
  }

  /** `packet`: of the frame, or of the datagram that the frame completed; `end` comes last in the line. */
  print(frame: Frame, packet: Packet, segment: Segment | undefined, origin: FrameOrigin, end?: LineEnd): void {
    const line = this.#line;
    const { sink } = line;
    line.packet = packet;
    line.segment = segment;
    line.number = frame.number;
    line.interfaceName = origin.interfaceName;
    if (frame.hasTime) this.#time.observe(frame);
    const summary = summaryOf(packet);
    const colours = this.#colours;
    const rule = colours === undefined ? NO_RULE : colourRuleOf(frame, packet, segment);
    if (colours !== undefined && rule !== NO_RULE) sink.phrase(colours.before[rule]!);
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      if (i > 0) sink.char(SPACE);
      this.#printColumn(columns[i]!, frame, origin, summary);
    }
    end?.printEnd(sink);
    if (colours !== undefined && rule !== NO_RULE) sink.phrase(colours.after);
    sink.char(NEWLINE);
    if (frame.hasTime) this.#time.pass(frame);
  }

  #printColumn(column: Column, frame: Frame, origin: FrameOrigin, summary: Summary): void {
    const line = this.#line;
    const { sink } = line;
    switch (column.kind) {
      case "number":
        sink.padded(frame.number, NUMBER_WIDTH, SPACE);
        break;
      case "time":
        this.#printTime(frame, origin, this.#timeStyle);
        break;
      case "moment":
        this.#printTime(frame, origin, column.style);
        break;
      case "pair":
        this.#addresses.printPair(sink, line.packet);
        break;
      case "source":
        sink.text(sourceText(line.packet).padStart(ADDRESS_WIDTH));
        break;
      case "destination":
        sink.text(destinationText(line.packet).padEnd(ADDRESS_WIDTH));
        break;
      case "protocol":
        printProtocol(sink, line.packet, summary.protocol);
        break;
      case "length":
        sink.decimal(frame.wireLength);
        break;
      case "info":
        summary.info(line);
        break;
      default:
        printValue(sink, column.value(line));
    }
  }

  #printTime(frame: Frame, { digits }: FrameOrigin, style: TimeStyle): void {
    const { sink } = this.#line;
    if (frame.hasTime) this.#time.print(sink, frame, style, digits, TIME_WIDTH);
    else for (let i = 0; i < TIME_WIDTH; i++) sink.char(SPACE);
  }
}

/** The protocol; that it came through a GTP tunnel is told, as by Wireshark. */
function printProtocol(sink: TextSink, { tunnels }: Packet, protocol: string): void {
  let levels = 0;
  for (let i = 0; i < tunnels.count; i++) if (tunnels.kinds[i] === "gtp") levels++;
  for (let i = 0; i < levels; i++) sink.text("GTP <");
  sink.text(protocol);
  for (let i = 0; i < levels; i++) sink.char(GREATER);
}

function printValue(sink: TextSink, value: string | number | undefined): void {
  sink.text(value === undefined ? "-" : String(value));
}
