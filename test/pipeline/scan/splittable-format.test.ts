import type { FileFormat, Plan } from '../../../src/pipeline/payload.ts';
import { splittableFormat } from '../../../src/pipeline/scan/splittable-format.ts';

const CSV: FileFormat = {
  type: 'csv',
  dialect: {
    delimiter: ',',
    quote: '"',
    lineEnd: 'lf',
    header: true,
    comment: null,
    trailingDelimiter: false,
  },
};
const JSON_LINES: FileFormat = { type: 'json-lines' };

describe('splittableFormat', () => {
  it.each<[string, FileFormat, Plan['compression'], Plan['encoding'], boolean]>([
    ['CSV', CSV, 'none', 'utf-8', true],
    ['JSON Lines', JSON_LINES, 'none', 'utf-8', true],
    ['CSV in a single-byte encoding', CSV, 'none', 'windows-1252', true],
    ['JSON Lines in a single-byte encoding', JSON_LINES, 'none', 'iso-8859-1', true],
    ['a JSON array', { type: 'json-array' }, 'none', 'utf-8', false],
    ['a file in gzip', CSV, 'gzip', 'utf-8', false],
    ['a file in zstd', JSON_LINES, 'zstd', 'utf-8', false],
    ['UTF-16, little-endian', CSV, 'none', 'utf-16le', false],
    ['UTF-16, big-endian', JSON_LINES, 'none', 'utf-16be', false],
  ])('says whether a file can be read in parallel: %s', (_, format, compression, encoding, can) => {
    expect(splittableFormat({ format, compression, encoding })).toBe(can ? format : null);
  });
});
