/** What a topic is. */
export type TopicKind = "errno" | "state" | "flag" | "option" | "cause" | "analysis" | "icmp" | "term";

/** One thing that `explain` knows. */
export interface Topic {
  readonly kind: TopicKind;
  readonly name: string;
  /** Other words and numbers under which it is found. */
  readonly aliases: readonly string[];
  /** One line: what it is called or what it is for. */
  readonly title: string;
  readonly what: string;
  /** What it looks like on the wire. */
  readonly wire: string;
  /**
   * A short example: "seconds > text" goes from client to server, "<" back, "r<" from a router
   * to the client; other lines stand as they are. Empty only where nothing is on the wire.
   */
  readonly trace: readonly string[];
  /** What a program gets or sees. */
  readonly program: string;
  /** Commands and steps that help. */
  readonly next: readonly string[];
}

/** The parts of a topic that its table does not give. */
export type TopicText = Pick<Topic, "what" | "wire" | "trace" | "program" | "next">;
