import type { ConnectionsOptions } from "../flow/connections.ts";
import { Analysis } from "../pipeline.ts";
import type { Segment } from "../flow/segment.ts";
import type { Frame } from "../wire/frame.ts";

/** Gives the one analysis of a command; what analyses is loaded when somebody asks for it. */
export type AnalysisLoader = () => Promise<SharedAnalysis>;

/** One analysis for all parts of a command that want to know about a frame: each frame is observed once. */
export class SharedAnalysis {
  #analysis: Analysis | undefined = undefined;
  #frame = 0;
  #segment: Segment | undefined = undefined;
  readonly #options: ConnectionsOptions;

  constructor(options: ConnectionsOptions = {}) {
    this.#options = options;
  }

  /** Made when somebody asks for it. */
  get analysis(): Analysis {
    this.#analysis ??= new Analysis(this.#options);
    return this.#analysis;
  }

  /** The segment of the frame's connection, if it has one. */
  observe(frame: Frame): Segment | undefined {
    if (frame.number === this.#frame) return this.#segment;
    this.#frame = frame.number;
    this.#segment = this.analysis.observe(frame);
    return this.#segment;
  }
}
