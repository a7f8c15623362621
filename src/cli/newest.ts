import type { Console } from './console.ts';

/**
 * The first elements of a sequence that is newest first. Nothing beyond the limit is read but the one
 * element that shows there is more, of which a note is given.
 *
 * @param what names the elements in the note
 */
export async function takeNewest<T>(
  what: string,
  sequence: AsyncIterable<T> | Iterable<T>,
  limit: number,
  console: Console,
): Promise<T[]> {
  const taken: T[] = [];
  for await (const element of sequence) {
    if (taken.length === limit) {
      console.note(`These are the newest ${limit} ${what}; there are more. See them with --limit.`);
      break;
    }
    taken.push(element);
  }
  return taken;
}
