import type { Console } from '../../src/cli/console.ts';

/** A console that keeps what is written. */
export function keptConsole(): Console & { results: string[]; notes: string[] } {
  const results: string[] = [];
  const notes: string[] = [];
  return {
    results,
    notes,
    result: (text) => results.push(text),
    note: (text) => notes.push(text),
  };
}

/** What a command answers with `--json`. */
export async function answerOf<Answer>(
  command: (console: Console) => Promise<unknown>,
): Promise<Answer> {
  const console = keptConsole();
  await command(console);
  return JSON.parse(console.results.join('\n')) as Answer;
}
