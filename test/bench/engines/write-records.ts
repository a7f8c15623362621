import type { EngineOutcome } from './engine.ts';
import type { NullOutput } from './null-output.ts';

/** Lines go out together, as anyone would do it who looks at speed. */
const BATCH_CHARACTERS = 1 << 16;

/** Writes each record of a parser's stream as a line of JSON. */
export async function writeRecords(
  records: AsyncIterable<unknown>,
  output: NullOutput,
): Promise<EngineOutcome> {
  let rows = 0;
  let lines = '';
  for await (const record of records) {
    rows += 1;
    lines += `${JSON.stringify(record)}\n`;
    if (lines.length < BATCH_CHARACTERS) continue;
    await output.write(lines);
    lines = '';
  }
  await output.write(lines);
  return { rows, outputBytes: await output.end() };
}
