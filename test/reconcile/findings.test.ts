import type { MissedFile, Mismatch, ReconciledPage } from '../../src/reconcile/find-missed.ts';
import { addUp } from '../../src/reconcile/findings.ts';
import { fileVersion } from '../support/files.ts';

const file = (key: string, mismatch: Mismatch): MissedFile => ({
  file: fileVersion({ key }),
  mismatch,
  arrivedAt: '2026-11-20T16:00:00.000Z',
});

/** Pages that each looked at ten files; they end with the last. */
// eslint-disable-next-line @typescript-eslint/require-await -- as asynchronous as the real ones
async function* pages(...missed: readonly MissedFile[][]): AsyncGenerator<ReconciledPage> {
  for (const [index, files] of missed.entries()) {
    const reachedKey = index === missed.length - 1 ? null : `key-${index}`;
    yield { looked: 10, missed: files, reachedKey };
  }
}

const never = (): boolean => false;

it('what pages found is added up', async () => {
  const found = pages([file('a', 'MISSED'), file('b', 'STUCK')], [], [file('c', 'MISSED')]);

  expect(await addUp(found, never)).toEqual({
    looked: 30,
    missed: 2,
    stuck: 1,
    examples: ['a', 'b', 'c'],
    reachedKey: null,
  });
});

it('twenty keys at most are named', async () => {
  const many = Array.from({ length: 15 }, (_, index) => file(`${index}`, 'MISSED'));

  const { missed, examples } = await addUp(pages(many, many), never);

  expect(missed).toBe(30);
  expect(examples).toHaveLength(20);
});

it('when the time is up it ends, and says up to which key it came', async () => {
  const found = pages([file('a', 'MISSED')], [file('b', 'MISSED')], [file('c', 'MISSED')]);
  let asked = 0;

  const findings = await addUp(found, () => (asked += 1) === 2);

  expect(findings).toMatchObject({ looked: 20, missed: 2, reachedKey: 'key-1' });
});

it('at the end of the listing nothing is left out, however late it is', async () => {
  expect(await addUp(pages([file('a', 'MISSED')]), () => true)).toMatchObject({
    missed: 1,
    reachedKey: null,
  });
});

it('an empty bucket misses nothing', async () => {
  expect(await addUp(pages([]), never)).toMatchObject({ missed: 0, stuck: 0, reachedKey: null });
});
