import { parseContract, type Contract } from '../../../src/datasets/contract.ts';
import { checkContent, type ContentVerdict } from '../../../src/pipeline/write/content-check.ts';
import type { ContentClaim } from '../../../src/shared/ledger/content-claims.ts';
import type { FileStatus } from '../../../src/shared/ledger/ledger-item.ts';
import fc from '../../support/fast-check.ts';
import { fileVersion } from '../../support/files.ts';
import { MemoryContents } from '../../support/memory-contents.ts';

const contractWith = (duplicateContent: string): Contract =>
  parseContract(
    JSON.stringify({
      name: 'orders',
      fields: [{ name: 'id' }],
      millrace: { match: ['**'], duplicateContent },
    }),
    'orders.contract.json',
  );

const SKIP = contractWith('skip');

const claimOf = (key: string, parts: Partial<ContentClaim> = {}): ContentClaim => ({
  file: fileVersion({ key }),
  attempt: 1,
  dataset: 'orders',
  contentHash: 'hash',
  ...parts,
});

const A = claimOf('a.csv');
const B = claimOf('b.csv');
const DUPLICATE_OF_A = { fileId: A.file.fileId, key: 'a.csv' };
const FIRST: ContentVerdict = { isSkipped: false, duplicateOf: null };

/** Contents of which file A has claimed one, and where A stands. */
async function claimedByA(status?: FileStatus): Promise<MemoryContents> {
  const contents = new MemoryContents();
  await contents.claims.claim(A);
  if (status !== undefined) contents.statuses.set(A.file.fileId, status);
  contents.requests.length = 0;
  return contents;
}

describe('whether a content may be published', () => {
  it('asks nobody where duplicates are allowed', async () => {
    const contents = await claimedByA('SUCCEEDED');
    expect(await checkContent(contents.claims, contractWith('allow'), B)).toEqual(FIRST);
    expect(contents.requests).toEqual([]);
  });

  it.each([null, contractWith('flag')])('flags by default, with one request', async (contract) => {
    const contents = await claimedByA('RUNNING');
    const verdict = { isSkipped: false, duplicateOf: DUPLICATE_OF_A };
    expect(await checkContent(contents.claims, contract, B)).toEqual(verdict);
    expect(contents.requests).toEqual(['put']);
  });

  it.each([null, SKIP])('is so for the first, however often it asks', async (contract) => {
    const contents = await claimedByA('RUNNING');
    expect(await checkContent(contents.claims, contract, A)).toEqual(FIRST);
    expect(await checkContent(contents.claims, contract, { ...A, attempt: 2 })).toEqual(FIRST);
  });

  it('is not so when the first has succeeded', async () => {
    const contents = await claimedByA('SUCCEEDED');
    const verdict = { isSkipped: true, duplicateOf: DUPLICATE_OF_A };
    expect(await checkContent(contents.claims, SKIP, B)).toEqual(verdict);
  });

  it.each(['REJECTED', 'SKIPPED', 'FORGOTTEN'] as const)(
    'is so when the first was %s and has no outputs, which then is the duplicate',
    async (status) => {
      const contents = await claimedByA(status);
      if (status === 'FORGOTTEN') contents.removed.add(A.file.fileId);
      expect(await checkContent(contents.claims, SKIP, B)).toEqual(FIRST);
      contents.statuses.set(B.file.fileId, 'SUCCEEDED');
      expect(await checkContent(contents.claims, SKIP, { ...A, attempt: 2 })).toMatchObject({
        isSkipped: true,
        duplicateOf: { key: 'b.csv' },
      });
    },
  );

  it.each(['RUNNING', 'FAILED', 'SOURCE_DELETED', 'FORGOTTEN', undefined] as const)(
    'is open while the first may publish, or may have published: %s',
    async (status) => {
      const contents = await claimedByA(status);
      await expect(checkContent(contents.claims, SKIP, B)).rejects.toMatchObject({
        name: 'TransientFault',
        message: expect.stringMatching(/^CONTENT_IN_PROGRESS: the file "a.csv"/) as string,
      });
    },
  );

  it.each<[string, Partial<ContentClaim>]>([
    ['another content', { contentHash: 'other' }],
    ['another dataset', { dataset: 'other' }],
    ['a replay', { file: fileVersion({ key: 'a.csv', replay: 'again' }) }],
  ])('does not depend on %s', async (_, parts) => {
    const { claims } = await claimedByA('SUCCEEDED');
    expect(await checkContent(claims, SKIP, claimOf('b.csv', parts))).toEqual(FIRST);
  });

  it('is not taken from an owner that begins anew meanwhile', async () => {
    const contents = await claimedByA('REJECTED');
    const owner = (await contents.claims.claim(B))!;
    await contents.claims.claim({ ...A, attempt: 2 });
    expect(await contents.claims.takeOver(B, owner)).toBe(false);
  });
});

it('a claim expires, and is no file', async () => {
  const { items } = await claimedByA();
  const item = items.get('#content/orders/hash')!;
  expect(item).not.toHaveProperty('arrivalHour');
  const days = (Number(item.expiresAt?.N) * 1_000 - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(365);
});

/** What happens to a file in turn: attempts that go well, or do not. */
type Fate = 'well' | 'lost' | 'rejected' | 'forgotten';

/** Objects that are removed of a forgotten file, the records last. */
const OUTPUTS = 6;

interface Plan {
  readonly fates: readonly Fate[];
}

/**
 * One file on its way through its attempts, as ledger and queue lead it: what it has published stays until it is
 * forgotten. It may be interrupted before and after each request, and between being allowed to publish,
 * publishing, and telling of it, or between being forgotten, the removal of its outputs, and telling of that.
 */
class ModelFile {
  readonly #contents: MemoryContents;
  readonly #pass: () => Promise<void>;
  readonly claim: ContentClaim;
  isPublished = false;
  #attempt = 0;

  constructor(key: string, contents: MemoryContents, pass: () => Promise<void>) {
    this.#contents = contents;
    this.#pass = pass;
    this.claim = claimOf(key);
  }

  get status(): FileStatus | undefined {
    return this.#contents.statuses.get(this.claim.file.fileId);
  }

  /** An attempt, as long as the ledger allows one. */
  async run(fate: Fate): Promise<void> {
    if (fate === 'forgotten' || this.status === 'FORGOTTEN') return this.#forget();
    if (this.status === 'SUCCEEDED') return;
    this.#attempt += 1;
    this.#end('RUNNING');
    await this.#pass();
    // What rejects a file does so before its content is claimed, and removes what was published.
    if (fate === 'rejected') {
      this.isPublished = false;
      return this.#end('REJECTED');
    }
    try {
      this.#end(await this.#write(fate === 'lost'));
    } catch {
      this.#end('FAILED');
    }
  }

  async #write(isLost: boolean): Promise<FileStatus> {
    const claim = { ...this.claim, attempt: this.#attempt };
    const { isSkipped } = await checkContent(this.#contents.claims, SKIP, claim);
    await this.#pass();
    if (isSkipped) return 'SKIPPED';
    if (isLost) throw new Error('lost before it published');
    this.isPublished = true;
    await this.#pass();
    return 'SUCCEEDED';
  }

  /** Goes on where an earlier call was interrupted. */
  async #forget(): Promise<void> {
    if (this.status !== 'SUCCEEDED' && this.status !== 'FORGOTTEN') return;
    this.#end('FORGOTTEN');
    for (let output = 0; output < OUTPUTS; output += 1) await this.#pass();
    this.isPublished = false;
    await this.#pass();
    this.#contents.removed.add(this.claim.file.fileId);
  }

  #end(status: FileStatus): void {
    this.#contents.statuses.set(this.claim.file.fileId, status);
  }
}

describe('files of one content, of which duplicates are skipped', () => {
  const fate = fc.constantFrom<Fate>('well', 'lost', 'rejected', 'forgotten');
  const plan: fc.Arbitrary<Plan> = fc.record({ fates: fc.array(fate, { maxLength: 4 }) });

  it('are published once at most at any time, and once in the end, whatever fails in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(plan, { minLength: 2, maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        async (scheduler, plans, dice) => {
          let isCalm = false;
          let mostPublished = 0;
          const pass = async (): Promise<void> => {
            await scheduler.schedule(Promise.resolve());
            const published = files.filter(({ isPublished }) => isPublished).length;
            mostPublished = Math.max(mostPublished, published);
            if (!isCalm && dice.next().value === 0) throw new Error('lost');
          };
          const contents = new MemoryContents(pass);
          const files = plans.map((_, index) => new ModelFile(`${index}.csv`, contents, pass));
          const runs = plans.map(async ({ fates }, index) => {
            for (const each of fates) await files[index]!.run(each).catch(() => undefined);
          });
          await scheduler.waitFor(Promise.all(runs));

          isCalm = true;
          // As the queue and operators do: until every file that may still be processed is at its end.
          for (let round = 0; round < 2 * files.length; round += 1) {
            for (const file of files) await scheduler.waitFor(file.run('well'));
          }
          expect(mostPublished).toBeLessThanOrEqual(1);
          const wanted = files.some(({ status }) => status !== 'FORGOTTEN') ? 1 : 0;
          expect(files.filter(({ isPublished }) => isPublished)).toHaveLength(wanted);
          const ends = new Set<FileStatus | undefined>(['SUCCEEDED', 'SKIPPED', 'FORGOTTEN']);
          expect(files.filter(({ status }) => !ends.has(status))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });
});
