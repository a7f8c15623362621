import {
  compareSequencers,
  executionName,
  fileIdOf,
  FileVersion,
  readableKey,
} from '../../src/shared/file-version.ts';
import { expectSame } from '../support/expect-same.ts';
import fc from '../support/fast-check.ts';
import { fileVersion } from '../support/files.ts';

const anyKey = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1_024 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }),
  fc.stringMatching(/^[./_ -]{1,80}$/),
);

describe('fileIdOf', () => {
  const object = { bucket: 'bucket', key: 'in/a.csv', versionId: 'v1', etag: 'e1' };

  it('never changes', () => {
    expect(fileIdOf(object)).toBe('b268630ca1061d72614c');
    expect(fileIdOf({ ...object, versionId: null })).toBe('d5bf1227258d15de59b3');
  });

  it.each([{ bucket: 'other' }, { key: 'in/b.csv' }, { versionId: 'v2' }, { versionId: null }])(
    'differs with %j',
    (change) => {
      expect(fileIdOf({ ...object, ...change })).not.toBe(fileIdOf(object));
    },
  );

  it('depends on the etag of an unversioned object alone', () => {
    expect(fileIdOf({ ...object, etag: 'e2' })).toBe(fileIdOf(object));
    const unversioned = { ...object, versionId: null };
    expect(fileIdOf({ ...unversioned, etag: 'e2' })).not.toBe(fileIdOf(unversioned));
  });

  it('makes a valid file version of any key', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expectSame(FileVersion.safeParse(fileVersion({ key })).success, true);
      }),
    );
  });
});

describe('readableKey', () => {
  it.each([
    ['in/2026/airports.csv', 'airports.csv'],
    ['Größe & Gewicht.csv', 'Gro-e-Gewicht.csv'],
    ['café.csv', 'cafe.csv'],
    ['データ.csv', 'csv'],
    ['漢字', 'file'],
    ['folder/', 'folder'],
    ['/', 'file'],
    ['..', 'file'],
    ['-a-', 'a'],
  ])('makes %j readable as %j', (key, expected) => {
    expect(readableKey(key.normalize('NFC'), 50)).toBe(expected);
  });

  it('is never longer than its limit', () => {
    expect(readableKey('x'.repeat(100), 50)).toHaveLength(50);
  });
});

describe('executionName', () => {
  it('tells key, file and attempt', () => {
    const file = fileVersion();
    expect(executionName(file, 2)).toBe(`orders.csv-${file.fileId}-2`);
  });

  it('is a name that Step Functions takes, whatever the key is', () => {
    fc.assert(
      fc.property(anyKey, fc.integer({ min: 1, max: 99_999_999 }), (key, attempt) => {
        expect(executionName(fileVersion({ key }), attempt)).toMatch(/^[A-Za-z0-9_][\w.-]{0,79}$/);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('compareSequencers', () => {
  const sequencer = fc.stringMatching(/^[0-9A-F]{1,18}$/);
  const sign = (a: string, b: string): number => Math.sign(compareSequencers(a, b));

  it.each([
    ['0055AED6DCD90281E5', '0055AED6DCD90281E6', -1],
    ['0055AED6DCD90281E5', '0055AED6DCD90281E5', 0],
    ['0A', '0055', 1],
    ['0055', '00550', 0],
    ['0055', '00551', -1],
  ])('pads on the right with zeros: %s and %s give %i', (a, b, expected) => {
    expect(sign(a, b)).toBe(expected);
  });

  it('is an order', () => {
    fc.assert(
      fc.property(sequencer, sequencer, sequencer, (a, b, c) => {
        expectSame(sign(a, a), 0);
        expectSame(sign(a, b) + sign(b, a), 0);
        const [first, second, third] = [a, b, c].sort(compareSequencers) as [
          string,
          string,
          string,
        ];
        expect(sign(first, second)).toBeLessThanOrEqual(0);
        expect(sign(second, third)).toBeLessThanOrEqual(0);
        expect(sign(first, third)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1_000 },
    );
  });
});
