import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  contractVersion,
  InvalidContractError,
  isRequired,
  parseContract,
  type Contract,
} from '../../src/datasets/contract.ts';
import { contractJsonSchema } from '../../src/datasets/contract-schema.ts';
import { contractOf } from '../support/contracts.ts';

const DIRECTORY = resolve(__dirname, '../../src/datasets');
const FILE = 'orders.contract.json';

const ajv = new Ajv({ allowUnionTypes: true, formats: { regex: isRegularExpression } });

const document = (changes: object = {}): object => ({
  name: 'orders',
  fields: [{ name: 'id' }],
  millrace: { match: ['orders/**'] },
  ...changes,
});
const parse = (changes: object) => parseContract(JSON.stringify(document(changes)), FILE);
const withField = (field: object): object => ({ fields: [{ name: 'id', ...field }] });

describe('the contracts that ship with Millrace', () => {
  const files = readdirSync(DIRECTORY).filter((file) => file.endsWith('.contract.json'));

  it.each(files)('%s is valid and named after its file', (file) => {
    const { name } = parseContract(readFileSync(resolve(DIRECTORY, file), 'utf8'), file);
    expect(`${name}.contract.json`).toBe(file);
  });

  it.each(files)('%s meets the schema that it names', (file) => {
    const contract = JSON.parse(readFileSync(resolve(DIRECTORY, file), 'utf8')) as Contract;
    const schema = readFileSync(resolve(DIRECTORY, contract.$schema!), 'utf8');
    const validate = ajv.compile(JSON.parse(schema) as object);
    expect(validate(contract) || validate.errors).toBe(true);
  });
});

describe('parseContract', () => {
  it('fills in what may be left out', () => {
    expect(parse({})).toEqual({
      name: 'orders',
      fields: [{ name: 'id', type: 'string' }],
      missingValues: [''],
      millrace: {
        match: ['orders/**'],
        dialect: {},
        badRows: { action: 'reject-row' },
        output: { format: 'jsonl', compression: 'gzip' },
        duplicateContent: 'flag',
        lineage: true,
        onSourceDeleted: 'keep',
      },
    });
  });

  it.each(['', '{', 'null', '[]', '"a"'])('refuses %j', (text) => {
    expect(() => parseContract(text, FILE)).toThrow(InvalidContractError);
    expect(() => parseContract(text, FILE)).toThrow(FILE);
  });

  it('skips a byte order mark', () => {
    expect(parseContract(`\ufeff${JSON.stringify(document())}`, FILE).name).toBe('orders');
  });

  it.each([
    ['{"name":"orders","name":"sales"}', 'name'],
    ['{"fields":[{"name":"a","type":"date","type":"time"}]}', 'type'],
  ])('refuses a property that comes twice: %s', (text, name) => {
    expect(() => parseContract(text, FILE)).toThrow(`has "${name}" twice in one object`);
  });

  it.each([
    [{ match: ['a[[]b', 'a\\[b', '{a,b}/[]x]*', 'a]b}'] }],
    [{ match: ['**'], dialect: { delimiter: '\t', quoteChar: "'", commentChar: '%' } }],
    [{ match: ['**'], lineage: false, output: { format: 'parquet' } }],
    [{ match: ['**'], report: {} }],
    [{ match: ['**'], report: { dimensions: ['_FILE', 'b'] } }],
  ])('takes %j', (millrace) => {
    const fields = [{ name: '_FILE' }, { name: 'b' }];
    expect(() => parse({ fields, millrace })).not.toThrow();
  });

  it('takes one field for all that a report may say of it', () => {
    const [number, day] = ['number', 'date'].map((type) => ({ name: type, type }));
    const report = { dimensions: ['number', 'date'], measures: ['number'], eventTime: 'date' };
    const { millrace } = parse({ fields: [number, day], ...inReport(report) });
    expect(millrace.report).toEqual(report);
  });

  it('lets names differ in case where no Parquet is written', () => {
    expect(() => parse({ fields: [{ name: 'a' }, { name: 'A' }] })).not.toThrow();
  });

  it('names every place at fault', () => {
    expect(() => parse({ name: 'X', fields: [{ name: 'a', type: 'x' }, {}] })).toThrow(
      /name: .*\n {2}- fields\.0\.type: .*\n {2}- fields\.1\.name: /,
    );
  });

  it('keeps every digit of a number that a double does not hold', () => {
    const text = JSON.stringify(
      document(withField({ type: 'integer', constraints: { minimum: 7 } })),
    );
    const { fields } = parseContract(text.replace(':7', ':12345678901234567890'), FILE);
    expect(fields[0]?.constraints).toEqual({ minimum: '12345678901234567890' });
  });

  it.each<[string, object]>([
    ['integer', { minimum: 0, maximum: '12345678901234567890' }],
    ['integer', { enum: [1, '2', '+003'] }],
    ['number', { minimum: -0.5, maximum: 1e300 }],
    ['number', { minimum: '1.5', maximum: 1.5 }],
    ['date', { minimum: '2024-02-29', maximum: '2099-12-31' }],
    ['datetime', { minimum: '2024-02-29', maximum: '2099-12-31T23:59:59Z' }],
    ['time', { minimum: '08:00', maximum: '17:30:00.5' }],
    ['year', { minimum: 1999, maximum: '2024' }],
    ['boolean', { enum: [true, 'false'] }],
    ['any', { enum: [1, 'a', true] }],
    ['object', { minLength: 1, maxLength: 1 }],
    ['array', { maxLength: 0 }],
  ])('takes constraints that fit the type %s: %j', (type, constraints) => {
    expect(parse(withField({ type, constraints })).fields[0]).toMatchObject({ constraints });
  });

  it.each<[object, object]>([
    [
      { type: 'number', decimalChar: ',' },
      { minimum: '1,5', maximum: 2.5, enum: ['2,0'] },
    ],
    [{ type: 'number', groupChar: ' ' }, { maximum: '1 000' }],
    [{ type: 'integer', bareNumber: false }, { maximum: '95 %' }],
    [
      { type: 'date', format: '%d.%m.%Y' },
      { minimum: '01.02.2024', maximum: '01.01.2025' },
    ],
    [{ type: 'boolean', trueValues: ['ja'], falseValues: ['nein'] }, { enum: ['ja'] }],
    [{ format: 'email' }, { enum: ['a@example.com'] }],
  ])('reads the text of constraints as the field %j reads it: %j', (field, constraints) => {
    expect(parse(withField({ ...field, constraints })).fields[0]).toMatchObject({ constraints });
  });

  it.each<[string, object]>([
    ['an alias of a reserved name', withField({ aliases: ['_row'] })],
    ['an alias that repeats the own name', withField({ aliases: ['id', 'ID'] })],
    ['names that differ in case', { fields: [{ name: 'a' }, { name: 'A' }] }],
    ['a primary key', { primaryKey: 'id' }],
    ['a primary key of fields', { primaryKey: ['id'] }],
    ['a quote that is none', { millrace: { match: ['a'], dialect: { quoteChar: null } } }],
  ])('takes %s', (_, changes) => {
    expect(() => parse(changes)).not.toThrow();
  });
});

/** What is refused, where, and whether JSON Schema can say so, too. */
const BAD: [what: string, changes: object, place: string, inSchema: boolean][] = [
  ['a misspelt property', { feilds: [] }, 'feilds: is not known here', true],
  ['a misspelt field property', withField({ tpye: 'string' }), 'fields.0.tpye: ', true],
  ['a misspelt constraint', constrained({ requird: true }), 'fields.0.constraints.requird: ', true],
  ['a misspelt millrace property', inMillrace({ matches: ['a'] }), 'millrace.matches: ', true],
  [
    'a misspelt dialect property',
    inDialect({ quotechar: "'" }),
    'millrace.dialect.quotechar: ',
    true,
  ],
  [
    'a misspelt policy',
    inMillrace({ badRows: { action: 'skip' } }),
    'millrace.badRows.action: must be one of',
    true,
  ],
  [
    'a limit under reject-file',
    inMillrace({ badRows: { action: 'reject-file', maxCount: 1 } }),
    'millrace.badRows.maxCount: ',
    true,
  ],
  [
    'a share above one',
    inMillrace({ badRows: { action: 'reject-row', maxShare: 2 } }),
    'millrace.badRows.maxShare: must be at most 1',
    true,
  ],
  [
    'half a row',
    inMillrace({ badRows: { action: 'reject-row', maxCount: 0.5 } }),
    'millrace.badRows.maxCount: must be a whole number',
    true,
  ],
  [
    'an unknown way to archive',
    inMillrace({ archive: { action: 'delete' } }),
    'millrace.archive.action: must be one of',
    true,
  ],
  [
    'a tag for what is moved',
    inMillrace({ archive: { action: 'move', key: 'a' } }),
    'millrace.archive.key: ',
    true,
  ],
  [
    'a tag without a key',
    inMillrace({ archive: { action: 'tag', key: '' } }),
    'millrace.archive.key: must not be empty',
    true,
  ],
  [
    'a tag that belongs to AWS',
    inMillrace({ archive: { action: 'tag', key: 'aws:owner' } }),
    'millrace.archive.key: must not begin with "aws:"',
    true,
  ],
  [
    'a tag that S3 does not take',
    inMillrace({ archive: { action: 'tag', value: 'a;b' } }),
    'millrace.archive.value: must be letters, digits, spaces',
    true,
  ],
  ['no match', inMillrace({ match: [] }), 'millrace.match: must not be empty', true],
  ['an empty match', inMillrace({ match: [''] }), 'millrace.match.0: must not be empty', true],
  ['no millrace block', { millrace: undefined }, 'millrace: is missing', true],
  [
    'an unknown file format',
    inMillrace({ format: 'xml' }),
    'millrace.format: must be one of "csv", "json-array", "json-lines"',
    true,
  ],
  [
    'an unknown encoding',
    inMillrace({ encoding: 'ebcdic' }),
    'millrace.encoding: must be one of "utf-8"',
    true,
  ],
  [
    'an unknown output',
    inMillrace({ output: { format: 'orc' } }),
    'millrace.output.format: must be one of "jsonl", "parquet"',
    true,
  ],
  [
    'a compression that the output lacks',
    inMillrace({ output: { format: 'jsonl', compression: 'snappy' } }),
    'millrace.output.compression: ',
    true,
  ],
  [
    'a delimiter of two characters',
    inDialect({ delimiter: '||' }),
    'millrace.dialect.delimiter: must be one ASCII character',
    true,
  ],
  ...['5', 'a', 'Z'].flatMap((character) =>
    ['delimiter', 'quoteChar', 'commentChar'].map((name): (typeof BAD)[number] => [
      `${character} as ${name}`,
      inDialect({ [name]: character }),
      `millrace.dialect.${name}: must be one ASCII character, no letter and no digit`,
      true,
    ]),
  ),
  [
    'a glob with a bracket that is not closed',
    inMillrace({ match: ['a[b]/**', 'orders[-_'] }),
    'millrace.match.1: "[" is not closed',
    false,
  ],
  [
    'a glob with a brace that is not closed',
    inMillrace({ match: ['orders.{csv,tsv'] }),
    'millrace.match.0: "{" is not closed',
    false,
  ],
  [
    'a text for true that means no value',
    {
      fields: [{ name: 'a', type: 'boolean', trueValues: ['x'], falseValues: ['-', ''] }],
      missingValues: ['-'],
    },
    'fields.0.falseValues: "-" is one of the missingValues, too',
    false,
  ],
  [
    'names that only differ in case, in Parquet',
    {
      fields: [{ name: 'a' }, { name: 'A' }],
      ...inMillrace({ output: { format: 'parquet' } }),
    },
    'fields.1.name: "A" and "a" differ in case only, which readers of Parquet do not see',
    false,
  ],
  [
    'a name like that of the lineage, in Parquet',
    { fields: [{ name: '_FILE' }], ...inMillrace({ output: { format: 'parquet' } }) },
    'fields.0.name: "_FILE" and "_file" differ in case only',
    false,
  ],
  [
    'a pattern that repeats a choice',
    withField({ constraints: { pattern: '(a+)+' } }),
    'fields.0.constraints.pattern: repeats (a+)+, through which a text may pass in more than one way',
    false,
  ],
  ['a line end as delimiter', inDialect({ delimiter: '\n' }), 'millrace.dialect.delimiter: ', true],
  [
    'a quote that is the delimiter',
    inDialect({ delimiter: "'", quoteChar: "'" }),
    'millrace.dialect.quoteChar: is the delimiter, too',
    false,
  ],
  [
    'a comment that is the quote',
    inDialect({ quoteChar: '#', commentChar: '#' }),
    'millrace.dialect.commentChar: is the quoteChar, too',
    false,
  ],
  ['no fields', { fields: [] }, 'fields: must not be empty', true],
  ['no name', { name: undefined }, 'name: is missing', true],
  ['a name in upper case', { name: 'Orders' }, 'name: must be lower-case kebab-case', true],
  ['a name with a slash', { name: 'a/b' }, 'name: must be lower-case kebab-case', true],
  [
    'an unknown type',
    withField({ type: 'geopoint' }),
    'fields.0.type: must be one of "string", "integer"',
    true,
  ],
  ['a field without a name', { fields: [{}] }, 'fields.0.name: is missing', true],
  ['an empty field name', { fields: [{ name: '' }] }, 'fields.0.name: must not be empty', true],
  [
    'a reserved field name',
    { fields: [{ name: '_rescued' }] },
    'fields.0.name: is a name that Millrace itself writes',
    true,
  ],
  [
    'the name of the lineage',
    { fields: [{ name: '_row' }] },
    'fields.0.name: is a name that Millrace itself writes',
    true,
  ],
  [
    'a field name used twice',
    { fields: [{ name: 'a' }, { name: 'a' }] },
    'fields.1.name: "a" is already taken',
    false,
  ],
  [
    'an alias that is another field',
    { fields: [{ name: 'a', aliases: ['b'] }, { name: 'b' }] },
    'fields.0.aliases.0: "b" is a name of the field "b", too',
    false,
  ],
  [
    'an alias of two fields',
    {
      fields: [
        { name: 'a', aliases: ['x'] },
        { name: 'b', aliases: ['y', 'x'] },
      ],
    },
    'fields.1.aliases.1: "x" is a name of the field "a", too',
    false,
  ],
  [
    'names that only differ in case, where case is nothing',
    { fields: [{ name: 'a' }, { name: 'A' }], ...inDialect({ caseSensitiveHeader: false }) },
    'fields.1.name: "A" is a name of the field "a", too',
    false,
  ],
  [
    'aliases that only differ in case, where case is nothing',
    {
      fields: [{ name: 'a' }, { name: 'b', aliases: ['A'] }],
      ...inDialect({ caseSensitiveHeader: false }),
    },
    'fields.1.aliases.0: ',
    false,
  ],
  ['an empty alias', withField({ aliases: [''] }), 'fields.0.aliases.0: must not be empty', true],
  [
    'a format of another type',
    withField({ format: 'ipv4' }),
    'fields.0.format: must be one of "default", "email"',
    true,
  ],
  [
    'a format of an integer',
    withField({ type: 'integer', format: 'email' }),
    'fields.0.format: must be "default"',
    true,
  ],
  [
    'a format of a year',
    withField({ type: 'year', format: '%Y' }),
    'fields.0.format: must be "default"',
    true,
  ],
  [
    'the format any',
    withField({ type: 'date', format: 'any' }),
    'fields.0.format: "any" is not taken',
    false,
  ],
  [
    'an unknown directive',
    withField({ type: 'date', format: '%d.%m.%G' }),
    'fields.0.format: has the unknown directive "%G"',
    false,
  ],
  [
    'a date without a day',
    withField({ type: 'date', format: '%m/%Y' }),
    'fields.0.format: does not tell the day',
    false,
  ],
  [
    'a date without a year',
    withField({ type: 'date', format: '%d.%m.' }),
    'fields.0.format: does not tell the year',
    false,
  ],
  [
    'a time without an hour',
    withField({ type: 'time', format: '%M' }),
    'fields.0.format: does not tell the hour',
    false,
  ],
  [
    'a datetime without a time',
    withField({ type: 'datetime', format: '%Y-%m-%d' }),
    'fields.0.format: does not tell the hour',
    false,
  ],
  [
    'a decimal separator of text',
    withField({ decimalChar: ',' }),
    'fields.0.decimalChar: is not known here',
    true,
  ],
  [
    'a decimal separator of an integer',
    withField({ type: 'integer', decimalChar: ',' }),
    'fields.0.decimalChar: ',
    true,
  ],
  [
    'a group separator of a date',
    withField({ type: 'date', groupChar: ',' }),
    'fields.0.groupChar: ',
    true,
  ],
  [
    'truth of a number',
    withField({ type: 'number', trueValues: ['1'] }),
    'fields.0.trueValues: ',
    true,
  ],
  [
    'one separator for both',
    withField({ type: 'number', decimalChar: ',', groupChar: ',' }),
    'fields.0.groupChar: is the decimalChar, too',
    false,
  ],
  [
    'the default separator for groups',
    withField({ type: 'number', groupChar: '.' }),
    'fields.0.groupChar: is the decimalChar, too',
    false,
  ],
  [
    'a digit as separator',
    withField({ type: 'number', groupChar: '0' }),
    'fields.0.groupChar: must be one character that is part of no number',
    true,
  ],
  [
    'a sign as separator',
    withField({ type: 'number', decimalChar: '-' }),
    'fields.0.decimalChar: ',
    true,
  ],
  [
    'a text for true and false',
    withField({ type: 'boolean', trueValues: ['x'], falseValues: ['x'] }),
    'fields.0.falseValues: "x" stands for both true and false',
    false,
  ],
  [
    'a text for true that is false by default',
    withField({ type: 'boolean', trueValues: ['0'] }),
    'fields.0.trueValues: "0" stands for both',
    false,
  ],
  [
    'no text for true',
    withField({ type: 'boolean', trueValues: [] }),
    'fields.0.trueValues: must not be empty',
    true,
  ],
  [
    'a broken pattern',
    constrained({ pattern: '(' }),
    'fields.0.constraints.pattern: is not a regular expression',
    true,
  ],
  [
    'a pattern of a number',
    constrained({ pattern: '1' }, 'number'),
    'fields.0.constraints.pattern: is not known here',
    true,
  ],
  [
    'a length below zero',
    constrained({ minLength: -1 }),
    'fields.0.constraints.minLength: must be at least 0',
    true,
  ],
  [
    'a length of a number',
    constrained({ maxLength: 1 }, 'number'),
    'fields.0.constraints.maxLength: is not known here',
    true,
  ],
  [
    'lengths that leave no value',
    constrained({ minLength: 2, maxLength: 1 }),
    'fields.0.constraints.maxLength: is below the minLength',
    false,
  ],
  [
    'sizes that leave no value',
    constrained({ minLength: 2, maxLength: 1 }, 'array'),
    'fields.0.constraints.maxLength: is below the minLength',
    false,
  ],
  [
    'an empty enum',
    constrained({ enum: [] }),
    'fields.0.constraints.enum: must not be empty',
    true,
  ],
  [
    'an enum of an object',
    constrained({ enum: ['{}'] }, 'object'),
    'fields.0.constraints.enum: is not known here',
    true,
  ],
  [
    'an enum value that is no integer',
    constrained({ enum: [1, 1.5] }, 'integer'),
    'fields.0.constraints.enum.1: is no value of the type "integer"',
    false,
  ],
  [
    'an enum value that is no date',
    constrained({ enum: ['2024-02-30'] }, 'date'),
    'fields.0.constraints.enum.0: ',
    false,
  ],
  [
    'an enum value that is no boolean',
    constrained({ enum: ['yes'] }, 'boolean'),
    'fields.0.constraints.enum.0: ',
    false,
  ],
  [
    'an enum value of another format',
    withField({ format: 'uuid', constraints: { enum: ['a'] } }),
    'fields.0.constraints.enum.0: is no value of the type "string" in the format "uuid"',
    false,
  ],
  [
    'a number in an enum of text',
    constrained({ enum: [1] }),
    'fields.0.constraints.enum.0: must be a text',
    true,
  ],
  [
    'a bound of text',
    constrained({ minimum: 'a' }),
    'fields.0.constraints.minimum: is not known here',
    true,
  ],
  [
    'a bound of a boolean',
    constrained({ maximum: true }, 'boolean'),
    'fields.0.constraints.maximum: ',
    true,
  ],
  [
    'a bound of an object',
    constrained({ maximum: '{}' }, 'object'),
    'fields.0.constraints.maximum: ',
    true,
  ],
  [
    'a bound that is no number',
    constrained({ minimum: 'many' }, 'integer'),
    'fields.0.constraints.minimum: is no value of the type "integer"',
    false,
  ],
  [
    'an empty bound',
    constrained({ maximum: '' }, 'number'),
    'fields.0.constraints.maximum: ',
    false,
  ],
  [
    'a bound beyond all exponents',
    constrained({ maximum: '1e9999999999999999' }, 'number'),
    'fields.0.constraints.maximum: ',
    false,
  ],
  [
    'a bound that is no date',
    constrained({ maximum: '2024-13-01' }, 'date'),
    'fields.0.constraints.maximum: ',
    false,
  ],
  [
    'a number as the bound of a date',
    constrained({ minimum: 5 }, 'datetime'),
    'fields.0.constraints.minimum: must be a text',
    true,
  ],
  [
    'a bound in another format',
    withField({ type: 'date', format: '%d.%m.%Y', constraints: { minimum: '2024-01-01' } }),
    'fields.0.constraints.minimum: is no value of the type "date" in the format "%d.%m.%Y"',
    false,
  ],
  [
    'bounds that leave no number',
    constrained({ minimum: '12345678901234567891', maximum: '12345678901234567890' }, 'integer'),
    'fields.0.constraints.maximum: is below the minimum',
    false,
  ],
  [
    'bounds that leave no time',
    constrained({ minimum: '12:00', maximum: '11:59:59.9' }, 'time'),
    'fields.0.constraints.maximum: is below the minimum',
    false,
  ],
  [
    'a unique object',
    constrained({ unique: true }, 'object'),
    'fields.0.constraints.unique: is not known here',
    true,
  ],
  ['a unique array', constrained({ unique: true }, 'array'), 'fields.0.constraints.unique: ', true],
  [
    'a unique value of any type',
    constrained({ unique: true }, 'any'),
    'fields.0.constraints.unique: ',
    true,
  ],
  [
    'a key that is no field',
    { primaryKey: ['id', 'code'] },
    'primaryKey.1: "code" is no field',
    false,
  ],
  [
    'a key that is one unknown field',
    { primaryKey: 'code' },
    'primaryKey: "code" is no field',
    false,
  ],
  [
    'a key that names a field twice',
    { primaryKey: ['id', 'id'] },
    'primaryKey.1: "id" is named twice',
    false,
  ],
  [
    'a key of objects',
    { ...withField({ type: 'object' }), primaryKey: 'id' },
    'primaryKey: values of the type "object" are not compared',
    false,
  ],
  ['an empty key', { primaryKey: [] }, 'primaryKey: ', true],
  [
    'a report on a field that there is not',
    inReport({ dimensions: ['id', 'code'] }),
    'millrace.report.dimensions.1: "code" is no field',
    false,
  ],
  [
    'a report that counts a field twice',
    inReport({ dimensions: ['id', 'id'] }),
    'millrace.report.dimensions.1: "id" is named twice',
    false,
  ],
  [
    'a report that counts objects',
    { ...withField({ type: 'object' }), ...inReport({ dimensions: ['id'] }) },
    'millrace.report.dimensions.0: values of the type "object" are not counted',
    false,
  ],
  [
    'a report that sums up texts',
    inReport({ measures: ['id'] }),
    'millrace.report.measures.0: values of the type "string" are not summed up',
    false,
  ],
  [
    'a report whose events happen at a time of any day',
    { ...withField({ type: 'time' }), ...inReport({ eventTime: 'id' }) },
    'millrace.report.eventTime: values of the type "time" do not say when an event happened',
    false,
  ],
  [
    'a report whose event time is no field',
    inReport({ eventTime: 'at' }),
    'millrace.report.eventTime: "at" is no field',
    false,
  ],
  [
    'a report on too many fields',
    {
      fields: Array.from({ length: 21 }, (_, index) => ({ name: `f${index}` })),
      ...inReport({ dimensions: Array.from({ length: 21 }, (_, index) => `f${index}`) }),
    },
    'millrace.report.dimensions: names 21 fields, at most 20 are taken',
    false,
  ],
  [
    'a misspelt property of its report',
    inReport({ dimension: ['id'] }),
    'millrace.report.dimension: is not known here',
    true,
  ],
  [
    'a report on a field without a name',
    inReport({ measures: [''] }),
    'millrace.report.measures.0: must not be empty',
    true,
  ],
  [
    'outputs that go with their file, of which a skipped duplicate needs them',
    inMillrace({ duplicateContent: 'skip', onSourceDeleted: 'remove' }),
    'millrace.onSourceDeleted: "remove" loses rows with the duplicateContent "skip"',
    false,
  ],
];

function constrained(constraints: object, type = 'string'): object {
  return withField({ type, constraints });
}
function inMillrace(changes: object): { millrace: object } {
  return { millrace: { match: ['orders/**'], ...changes } };
}
function inReport(report: object): { millrace: object } {
  return inMillrace({ report });
}
function inDialect(dialect: object): { millrace: object } {
  return inMillrace({ dialect });
}

describe('a bad contract', () => {
  const validate = ajv.compile(
    JSON.parse(readFileSync(resolve(DIRECTORY, 'contract.schema.json'), 'utf8')) as object,
  );

  it.each(BAD)('with %s is refused, naming the file and the place', (_, changes, place) => {
    expect(() => parse(changes)).toThrow(InvalidContractError);
    expect(() => parse(changes)).toThrow(`INVALID_CONTRACT: ${FILE}:\n  - ${place}`);
  });

  it.each(BAD)('with %s: the published schema says so where it can', (_, changes, __, inSchema) => {
    // An editor's schema sees what the file holds: nothing of `undefined`.
    expect(validate(JSON.parse(JSON.stringify(document(changes))))).toBe(!inSchema);
  });
});

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

describe('isRequired', () => {
  it('holds for fields with the constraint and for those of the primary key', () => {
    const contract = contractOf(
      [{ name: 'a' }, { name: 'b', constraints: { required: true } }, { name: 'c' }],
      { primaryKey: ['c'] },
    );
    expect(contract.fields.map((field) => isRequired(contract, field))).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('contract.schema.json', () => {
  it('is what the code generates; else: node test/datasets/write-contract-schema.ts', () => {
    const published = readFileSync(resolve(DIRECTORY, 'contract.schema.json'), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(contractJsonSchema())));
  });
});

describe('archive', () => {
  it('is not wanted unless stated', () => {
    expect(parse({}).millrace.archive).toBeUndefined();
  });

  it('by tag has a tag of its own unless stated', () => {
    const millrace = { match: ['orders/**'], archive: { action: 'tag' } };
    expect(parse({ millrace }).millrace.archive).toEqual({
      action: 'tag',
      key: 'millrace',
      value: 'processed',
    });
  });
});

describe('contractVersion', () => {
  it('changes with the contract and only with it', () => {
    const version = contractVersion(contractOf([{ name: 'id' }]));
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(contractVersion(contractOf([{ name: 'id', type: 'string' }]))).toBe(version);
    expect(contractVersion(contractOf([{ name: 'id', type: 'any' }]))).not.toBe(version);
  });
});
