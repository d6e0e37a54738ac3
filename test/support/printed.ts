import { TextSink } from "../../src/print/sink.ts";

/** What is printed by something that waits meanwhile. */
export async function printedBy(print: (sink: TextSink) => Promise<void>): Promise<string> {
  const parts: Buffer[] = [];
  const sink = new TextSink((bytes, length) => void parts.push(Buffer.from(bytes.subarray(0, length))));
  await print(sink);
  sink.flush();
  return Buffer.concat(parts).toString();
}
