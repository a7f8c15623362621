import type { Archive } from '../../../src/datasets/contract.ts';
import { archiveSource } from '../../../src/pipeline/archive/archive-source.ts';
import { LARGEST_COPY_BYTES } from '../../../src/pipeline/copy-source.ts';
import { archiveKey } from '../../../src/pipeline/output-keys.ts';
import type { FileVersion } from '../../../src/shared/file-version.ts';
import { ARRIVED_AT, ArchivedSource, CONTENT_HASH, Crashed, FILE } from './archived-source.ts';

const MOVE: Archive = { action: 'move' };
const TAG: Archive = { action: 'tag', key: 'millrace', value: 'processed' };
const KEY = archiveKey(FILE, ARRIVED_AT);
const NOW = '2026-11-20T16:06:00.000Z';

const run = (source: ArchivedSource, action: Archive | undefined, file: FileVersion = FILE) =>
  archiveSource(
    { file, arrivedAt: ARRIVED_AT, contentHash: CONTENT_HASH },
    { s3: source.s3, ledger: source.ledger, bucket: 'target', action, now: () => new Date(NOW) },
  );

it('leaves the source object as it is when the contract does not ask for an archive any more', async () => {
  const source = new ArchivedSource();
  await run(source, undefined);

  expect(source.archive).toMatchObject({ status: 'NOT_ARCHIVED', at: NOW });
  expect(source.archive?.reason).toMatch(/does not ask/);
  expect(source.calls).toEqual(['RecordArchive']);
});

describe('moving', () => {
  it('deletes the version last, once its copy was read and the ledger says where it lies', async () => {
    const source = new ArchivedSource();
    await run(source, MOVE);

    expect(source.calls).toEqual(['CopyObject', 'GetObject', 'RecordArchive', 'DeleteObject']);
    expect(source.archive).toEqual({ status: 'ARCHIVED', key: KEY, at: NOW });
    expect([...source.copies.keys()]).toEqual([KEY]);
    expect([...source.versions.keys()]).toEqual(['v2']);
  });

  it.each([
    ['other bytes', Buffer.from('id\n1\n3\n')],
    ['fewer bytes', Buffer.from('id\n1\n')],
    ['no bytes', Buffer.alloc(0)],
  ])('keeps the source object when the copy has %s', async (_, spoiled) => {
    const source = new ArchivedSource();
    source.spoiledCopy = spoiled;

    await expect(run(source, MOVE)).rejects.toMatchObject({
      name: 'PermanentFault',
      code: 'ARCHIVE_MISMATCH',
    });
    expect(source.archive).toBeUndefined();
    expect(source.versions.has('v1')).toBe(true);
  });

  it('leaves an object that is too large where it is', async () => {
    const source = new ArchivedSource();
    await run(source, MOVE, { ...FILE, size: LARGEST_COPY_BYTES + 1 });

    expect(source.archive).toMatchObject({ status: 'NOT_ARCHIVED', code: 'ARCHIVE_TOO_LARGE' });
    expect(source.calls).toEqual(['RecordArchive']);
  });

  it('fails when somebody else has deleted the version, and there is no copy', async () => {
    const source = new ArchivedSource();
    source.versions.delete('v1');

    await expect(run(source, MOVE)).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(source.archive).toBeUndefined();
  });

  it('keeps the source object of a file that does not stand as SUCCEEDED any more', async () => {
    const source = new ArchivedSource();
    source.status = 'FORGOTTEN';

    await expect(run(source, MOVE)).rejects.toMatchObject({ code: 'ATTEMPT_SUPERSEDED' });
    expect(source.versions.has('v1')).toBe(true);
  });
});

describe('tagging', () => {
  it('keeps the other tags, and replaces its own', async () => {
    const source = new ArchivedSource();
    const owner = { Key: 'owner', Value: 'finance' };
    source.tags.set('v1', [{ Key: 'millrace', Value: 'new' }, owner]);
    await run(source, TAG);

    expect(source.tags.get('v1')).toEqual([owner, { Key: 'millrace', Value: 'processed' }]);
    expect(source.archive).toEqual({ status: 'TAGGED', at: NOW });
    expect([...source.versions.keys()]).toEqual(['v1', 'v2']);
  });

  it.each([
    [9, 'TAGGED'],
    [10, undefined],
  ])('with %i other tags ends as %s', async (others, status) => {
    const source = new ArchivedSource();
    const tags = Array.from({ length: others }, (_, index) => ({ Key: `t${index}`, Value: '' }));
    source.tags.set('v1', tags);
    await run(source, TAG).catch((error: unknown) =>
      expect(error).toMatchObject({ code: 'ARCHIVE_TAGS_FULL' }),
    );

    expect(source.archive?.status).toBe(status);
    expect(source.tags.get('v1')).toEqual(expect.arrayContaining(tags));
  });

  it('fails when somebody else has deleted the version', async () => {
    const source = new ArchivedSource();
    source.versions.delete('v1');

    await expect(run(source, TAG)).rejects.toMatchObject({ name: 'NoSuchVersion' });
  });
});

/** Every call of each action, dying before and after it, and again in the run that follows. */
const CRASHES = [
  { action: MOVE, calls: 4 },
  { action: TAG, calls: 3 },
].flatMap(({ action, calls }) =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (['before', 'after'] as const).map((when) => ({ name: action.action, action, call, when })),
  ),
);

describe('a run that dies', () => {
  it.each(CRASHES)('$when call $call of a $name loses nothing', async ({ action, call, when }) => {
    const source = new ArchivedSource();
    source.crash = { call, when };

    await expect(run(source, action)).rejects.toThrow(Crashed);
    expect(source.isKept).toBe(true);
    expect(source.versions.has('v1') || source.archive?.key === KEY).toBe(true);
    expect(source.versions.has('v2')).toBe(true);
  });

  it.each(CRASHES)('$when call $call of a $name ends alike', async ({ action, call, when }) => {
    const undisturbed = new ArchivedSource();
    await run(undisturbed, action);
    const source = new ArchivedSource();
    // The second run dies at every call that it makes, too, until one comes through.
    source.crash = { call, when };
    await expect(run(source, action)).rejects.toThrow(Crashed);
    for (let next = 1; next <= undisturbed.calls.length; next += 1) {
      source.crash = { call: source.calls.length + next, when };
      await expect(run(source, action)).rejects.toThrow(Crashed);
      expect(source.isKept).toBe(true);
    }
    source.crash = undefined;
    await run(source, action);

    expect(source.archive).toEqual(undisturbed.archive);
    expect(source.copies).toEqual(undisturbed.copies);
    expect(source.versions).toEqual(undisturbed.versions);
    expect(source.tags.get('v1')).toEqual(undisturbed.tags.get('v1'));
  });
});
