import { gzipSync } from 'node:zlib';
import { isTaken } from '../../../src/cli/check/check-file.ts';
import { inferContract, type InferredContract } from '../../../src/cli/infer/infer-contract.ts';
import fc from '../../support/fast-check.ts';
import { TemporaryFiles } from '../temporary-files.ts';
import { takenRecords } from './taken-records.ts';

const files = new TemporaryFiles();

type Stated = Parameters<typeof inferContract>[1]['stated'];

/** Drafts a contract from the content of a file. */
function infer(
  content: string | Uint8Array,
  stated: Partial<Stated> = {},
  name = 'a.csv',
): Promise<InferredContract> {
  return inferContract(files.write(name, content), {
    name: 'orders',
    match: ['**'],
    missingValues: [''],
    stated: { dialect: {}, ...stated },
  });
}

const rows = (count: number, row: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => row(n + 1)).join('\n');

describe('the drafted contract', () => {
  it('states types, and nothing of the format that is sure to be detected', async () => {
    const { draft, notes } = await infer(
      `id,paid,total\n${rows(30, (n) => `${n},2026-11-${(n % 28) + 1 > 9 ? '' : '0'}${(n % 28) + 1},${n}.5`)}\n`,
    );
    expect(draft).toEqual({
      name: 'orders',
      fields: [
        { name: 'id', type: 'integer', constraints: { required: true } },
        { name: 'paid', type: 'date', constraints: { required: true } },
        { name: 'total', type: 'number', constraints: { required: true } },
      ],
      missingValues: [''],
      millrace: { match: ['**'] },
    });
    expect(notes).toEqual([]);
  });

  it('states what the user stated', async () => {
    const stated = {
      format: 'csv',
      encoding: 'iso-8859-1',
      dialect: { delimiter: '^', quoteChar: null, commentChar: '#', header: true },
    } as const;
    const { draft } = await infer('# by hand\nid^name\n1^"a\n2^b\n', stated);
    expect(draft.millrace).toMatchObject(stated);
    expect(draft.fields.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'integer'],
      ['name', 'string'],
    ]);
  });

  it('names the columns of a file without a header by position, and says that it has none', async () => {
    const { draft, check } = await infer(`${rows(30, (n) => `${n},x${n},2026-11-20`)}\n`);
    expect(draft.fields.map(({ name }) => name)).toEqual(['column_1', 'column_2', 'column_3']);
    expect(draft.millrace.dialect?.header).toBe(false);
    expect(check.counts?.rowsRead).toBe(30);
  });

  it('detects what is not stated beside what is', async () => {
    const { draft } = await infer(
      rows(30, (n) => `${n}^x^2026-11-20`),
      {
        dialect: { delimiter: '^' },
      },
    );
    expect(draft.millrace.dialect).toMatchObject({ delimiter: '^', header: false });
  });

  it('has no field for what follows a delimiter at the end of every line', async () => {
    const { draft } = await infer(
      rows(30, (n) => `${n}^x^`),
      { dialect: { delimiter: '^' } },
    );
    expect(draft.fields.map(({ name }) => name)).toEqual(['column_1', 'column_2']);
  });

  it('takes a file that is no UTF-8 as windows-1252, and says so', async () => {
    const { draft, notes, check } = await infer(Buffer.from('name,n\nMüller,1\n', 'latin1'));
    expect(draft.millrace.encoding).toBe('windows-1252');
    expect(notes).toEqual([expect.stringContaining('no UTF-8. It is taken as windows-1252')]);
    expect(isTaken(check)).toBe(true);
  });

  it('takes a header that is no UTF-8 as well', async () => {
    const { draft } = await infer(Buffer.from('Größe,n\n1,1\n', 'latin1'));
    expect(draft.fields[0]?.name).toBe('Größe');
  });

  it('leaves a file in UTF-8 that has a damaged row as UTF-8, and reports the row', async () => {
    const damaged = Buffer.concat([
      Buffer.from('name\nMüller\n'),
      Buffer.from('Jäger\n', 'latin1'),
    ]);
    const { draft, notes } = await infer(damaged, { dialect: { delimiter: ',' } });
    expect(draft.millrace.encoding).toBeUndefined();
    expect(notes).toEqual([
      'Rows that no contract can mend: 1 with INVALID_ENCODING, the first is row 2.',
    ]);
  });

  it('needs no statement of UTF-16 with a byte order mark', async () => {
    const { draft, notes } = await infer(Buffer.from('\ufeffid,name\n1,ü\n', 'utf16le'));
    expect(draft.millrace.encoding).toBeUndefined();
    expect(notes).toEqual([]);
  });

  it('reads compressed files', async () => {
    const { draft } = await infer(gzipSync('id,name\n1,a\n'));
    expect(draft.fields).toHaveLength(2);
  });

  it('leaves columns without a name of their own to _rescued, and says so', async () => {
    const { draft, notes, check } = await infer('id,,x,x,_row,y\n1,2,3,4,5,6\n');
    expect(draft.fields.map(({ name }) => name)).toEqual(['id', 'y']);
    expect(notes).toEqual([
      'Columns whose names are blank, reserved or given twice have no field: "", "x", "x", "_row". Their values are kept under "_rescued".',
    ]);
    expect(isTaken(check)).toBe(true);
  });

  it('leaves properties of a reserved name to _rescued', async () => {
    const { draft, check } = await infer('{"id":1,"_file":"x","":2}\n', {}, 'a.jsonl');
    expect(draft.fields.map(({ name }) => name)).toEqual(['id']);
    expect(isTaken(check)).toBe(true);
  });

  it('passes over rows that cannot be read, and reports them', async () => {
    const { draft, notes } = await infer('id,name\n1,a\n2\n3,c,d\n"x"y,b\n', {
      dialect: { delimiter: ',' },
    });
    expect(draft.fields[0]).toEqual({ name: 'id', type: 'integer' });
    expect(notes).toHaveLength(3);
    expect(notes).toContainEqual(
      expect.stringContaining('1 with TOO_FEW_FIELDS, the first is row 2'),
    );
  });

  it('drafts strings for a file with nothing but a header', async () => {
    const { draft, notes } = await infer('id,name\n');
    expect(draft.fields.map(({ type }) => type)).toEqual(['string', 'string']);
    expect(notes).toEqual(['The file has no rows, so that every field is a string.']);
  });

  it('says that it drafts strings because no row can be read', async () => {
    const { notes } = await infer('id,name\n1\n', { dialect: { delimiter: ',', header: true } });
    expect(notes[0]).toBe('The file has no row that can be read, so that every field is a string.');
  });
});

describe('a file of which no contract can be drafted', () => {
  it.each([
    ['that is empty', '', 'EMPTY_FILE: the file has no bytes'],
    ['of white space', ' \n', 'EMPTY_FILE: the file holds no text, only white space'],
    ['with an open quote', 'id,name\n1,"a\n', 'UNCLOSED_QUOTE'],
    ['with an empty array', '[]', 'has no records that can be read'],
    ['with reserved columns only', '_row,_file\n1,2\n', 'No column of'],
    ['with a header that cannot be read', '"id"x,name\n1,a\n', 'MALFORMED_HEADER'],
  ])('%s is refused with the reason', async (_, content, message) => {
    const name = content.startsWith('[') ? 'a.json' : 'a.csv';
    await expect(infer(content, { dialect: { delimiter: ',' } }, name)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(message) as string,
    });
  });
});

it('says of an empty file that another one is needed', async () => {
  await expect(infer('')).rejects.toMatchObject({
    hint: 'The pipeline would reject the file. Draft the contract from a file with records.',
  });
});

/** A value as it stands in a file, and as it has to come out. */
interface Cell {
  readonly text: string;
  readonly value: unknown;
}

const same = (texts: fc.Arbitrary<string>): fc.Arbitrary<Cell> =>
  texts.map((text) => ({ text, value: text }));
const padded = (value: number, width: number): string => String(value).padStart(width, '0');
const days = fc.record({
  year: fc.integer({ min: 1970, max: 2060 }),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.integer({ min: 1, max: 28 }),
});
type Day = typeof days extends fc.Arbitrary<infer T> ? T : never;
const iso = ({ year, month, day }: Day): string => `${year}-${padded(month, 2)}-${padded(day, 2)}`;
const dates = (write: (day: Day) => string): fc.Arbitrary<Cell> =>
  days.map((day) => ({ text: write(day), value: iso(day) }));
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const grouped = (value: number, separator: string): string =>
  String(value).replace(/\B(?=(\d{3})+$)/g, separator);
const cents = fc.tuple(fc.nat(9_999_999), fc.integer({ min: 0, max: 99 }));
const LETTERS = fc.string({ unit: fc.constantFrom(...Array.from('abcüé語 "\',;|\t\n.-1')) });

const WRITTEN: readonly fc.Arbitrary<Cell>[] = [
  fc.maxSafeInteger().map((value) => ({ text: String(value), value })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => ({ text: JSON.stringify(value), value: Object.is(value, -0) ? 0 : value })),
  fc.nat(9_999_999).map((value) => ({ text: grouped(value, ','), value })),
  fc.nat(9_999_999).map((value) => ({ text: grouped(value, '.'), value })),
  cents.map(([whole, part]) => ({
    text: `${grouped(whole, '.')},${padded(part, 2)}`,
    value: Number(`${whole}.${padded(part, 2)}`),
  })),
  cents.map(([whole, part]) => ({
    text: `${whole},${padded(part, 2)}`,
    value: Number(`${whole}.${padded(part, 2)}`),
  })),
  fc.nat(9_999).map((value) => ({ text: padded(value, 6), value: padded(value, 6) })),
  fc.boolean().map((value) => ({ text: value ? 'yes' : 'no', value })),
  fc.boolean().map((value) => ({ text: String(value), value })),
  dates(iso),
  dates(({ year, month, day }) => `${padded(day, 2)}.${padded(month, 2)}.${year}`),
  dates(({ year, month, day }) => `${month}/${day}/${year}`),
  dates(({ year, month, day }) => `${MONTHS[month - 1]} ${day} ${year}`),
  same(days.map((day) => `${iso(day)}T10:${padded(day.day, 2)}:00Z`)),
  days.map((day) => ({
    text: `${day.day}/${day.month}/${day.year} 10:30`,
    value: `${iso(day)}T10:30:00`,
  })),
  fc.dictionary(fc.constantFrom('a', 'b'), fc.nat()).map((value) => ({
    text: JSON.stringify(value),
    value,
  })),
  same(LETTERS.map((text) => `x${text}`)),
];

const MISSING: Cell = { text: '', value: null };
const NOT_AVAILABLE: Cell = { text: 'NA', value: null };
const NAMES = ['id', 'total amount', '__proto__', 'constructor', 'größe', 'a.b', '1', 'Year'];

/** Columns of one kind each, with a gap now and then. */
const tables = fc
  .record({
    kinds: fc.array(fc.constantFrom(...WRITTEN), { minLength: 1, maxLength: NAMES.length }),
    length: fc.integer({ min: 0, max: 30 }),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
  })
  .chain(({ kinds, length, delimiter }) =>
    fc.record({
      delimiter: fc.constant(delimiter),
      columns: fc.tuple(
        ...kinds.map((kind) => {
          const cell = fc.oneof(
            { arbitrary: kind, weight: 20 },
            { arbitrary: fc.constantFrom(MISSING, NOT_AVAILABLE), weight: 1 },
          );
          return fc.array(cell, { minLength: length, maxLength: length });
        }),
      ),
    }),
  );

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

describe('a contract drafted from any table', () => {
  it('takes every row of it, and every value comes out as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ columns, delimiter }) => {
        const names = NAMES.slice(0, columns.length);
        const lines = (columns[0] ?? []).map((_, row) => columns.map((cells) => cells[row]!.text));
        const text = [names, ...lines].map((cells) => cells.map(quoted).join(delimiter)).join('\n');
        const stated = { dialect: { delimiter, quoteChar: '"', header: true } };
        const { draft, check, notes } = await infer(text, stated);
        expect(check).toMatchObject({ rejection: null, rejects: [] });
        const records = await takenRecords(text, draft);
        expect(records).toHaveLength(lines.length);
        records.forEach((record, row) => {
          names.forEach((name, column) => {
            const { text: written, value } = columns[column]![row]!;
            // What the data does not decide stays as it was written, or is noted.
            const noted = notes.some((note) => note.startsWith(`Column "${name}": its "."`));
            const possible = [value, written, ...(noted ? [Number(written)] : [])];
            expect(possible).toContainEqual(record[name]);
          });
        });
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('takes every row of it, whatever the cells are', async () => {
    const cell = fc.oneof(LETTERS, ...WRITTEN.map((kind) => kind.map(({ text }) => text)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 30 }), async (cells) => {
        const text = [['a', 'b'], ...cells].map((row) => row.map(quoted).join(',')).join('\n');
        const stated = { dialect: { delimiter: ',', quoteChar: '"', header: true } };
        const { check } = await infer(text, stated);
        expect(check).toMatchObject({ rejection: null, rejects: [] });
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('takes every object of a JSON file, and every value comes out as it was', async () => {
    const value = fc.oneof(
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('2026-11-20', '2026-11-20T10:00:00Z', 'x', '7', 'yes', 'NA'),
      fc.array(fc.nat(), { maxLength: 2 }),
      fc.constant({ nested: { deeply: [1] } }),
    );
    const record = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'ü'), value);
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), async (records) => {
        fc.pre(records.some((each) => Object.keys(each).length > 0));
        const text = `[${records.map((each) => JSON.stringify(each)).join(',')}]`;
        const { draft, check } = await infer(text, {}, 'a.json');
        expect(check).toMatchObject({ rejection: null, rejects: [] });
        const taken = await takenRecords(text, draft);
        records.forEach((each, row) => {
          for (const [name, given] of Object.entries(each)) {
            const expected = given === 'NA' ? ['NA', null] : [given];
            expect(expected).toContainEqual(taken[row]![name]);
          }
        });
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
