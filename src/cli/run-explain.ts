import type { Connection } from "../flow/connection.ts";
import { findTopics, TOPICS, topicWords } from "../report/explain/catalogue.ts";
import type { Topic } from "../report/explain/topic.ts";
import { topicList, topicObject, topicText } from "../report/explain-text.ts";
import { stateDiagram } from "../report/state-diagram.ts";
import { colourOf } from "./colour.ts";
import type { ExplainOptions } from "./explain.ts";
import { followInputs } from "./follow.ts";
import { reportUnreadable } from "./inputs.ts";
import { standardOutput } from "./output.ts";
import { STATUS_UNREADABLE, STATUS_USAGE, UsageError } from "./status.ts";
import { nearestNames } from "./suggest.ts";
import { textWidth } from "./terminal.ts";

export async function runExplain(options: ExplainOptions, words: readonly string[]): Promise<void> {
  if (options.states === true) await drawStates(options);
  else if (options.read !== undefined || options.flow !== undefined)
    throw new UsageError("options -r and --flow go with --states: tcpscope explain --states -r FILE");
  if (words.length > 0) explainWords(options, words);
  else if (options.states !== true) listTopics(options);
}

function listTopics({ json, color }: ExplainOptions): void {
  if (json === true) printTopics(TOPICS, true, color);
  else print([topicList(colourOf(color), textWidth())]);
}

/** Several words may be one topic ("connection refused"); what is not known is told after the rest. */
function explainWords({ json, color }: ExplainOptions, words: readonly string[]): void {
  const whole = findTopics(words.join(" "));
  const found = whole.length > 0 ? whole : words.flatMap((word) => findTopics(word));
  const unknown = whole.length > 0 ? [] : words.filter((word) => findTopics(word).length === 0);
  printTopics([...new Set(found)], json === true, color);
  for (const word of unknown) {
    const near = nearestNames(word, topicWords());
    const hint = near.length === 0 ? "" : ` (did you mean ${near.join(", ")}?)`;
    process.stderr.write(`tcpscope: no topic ${JSON.stringify(word)}${hint}; tcpscope explain lists all\n`);
    process.exitCode = STATUS_USAGE;
  }
}

function printTopics(topics: readonly Topic[], json: boolean, choice: ExplainOptions["color"]): void {
  if (topics.length === 0) return;
  const colour = colourOf(choice);
  const texts = topics.map((topic) =>
    json ? JSON.stringify(topicObject(topic)) : topicText(topic, colour, textWidth()),
  );
  print([texts.join(json ? "\n" : "\n\n")]);
}

async function drawStates(options: ExplainOptions): Promise<void> {
  if (options.read === undefined) {
    if (options.flow !== undefined) throw new UsageError("option --flow needs a capture: -r FILE");
    print(stateDiagram());
    return;
  }
  const { connections, error } = await followInputs(options, []);
  const connection = chosen(connections, options.flow);
  if (connection === undefined && error === undefined) {
    const which =
      options.flow === undefined
        ? "no TCP connection is in the input"
        : `no connection has number ${options.flow}: see tcpscope flows`;
    process.stderr.write(`tcpscope: ${which}\n`);
    process.exitCode = STATUS_UNREADABLE;
  } else if (connection !== undefined) {
    print(stateDiagram(connection));
  }
  reportUnreadable(error);
}

function chosen(connections: readonly Connection[], flow: number | undefined): Connection | undefined {
  return flow === undefined ? connections[0] : connections.find(({ firstStream }) => firstStream === flow);
}

function print(lines: readonly string[]): void {
  const sink = standardOutput();
  for (const line of lines) sink.text(`${line}\n`);
  sink.flush();
}
