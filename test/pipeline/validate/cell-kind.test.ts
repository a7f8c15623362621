import { cellKind, type CellKind } from '../../../src/pipeline/validate/cell-kind.ts';

describe('cellKind', () => {
  it.each<[CellKind, string[]]>([
    ['empty', ['', ' ', '\t']],
    ['missing', ['NULL', 'n/a', 'NA', 'NaN', '-', '--', '\\N', '#N/A', 'None', '?']],
    ['number', ['0', '-1', '+3.5', '.5', '5.', '1e-7', '1,5', '1.234,56', '1,234.56', "1'234"]],
    ['number', ['1 234 567,8', '$12.50', '12,50 €', 'USD 3', '35.1%', '(350.00)', '007', '−4']],
    ['date', ['2024-01-31', '31.01.2024', '1/31/24', '2024/01/31', '17-DEC-80', 'Jan 2 2024']],
    ['date', ['2024-01-31 10:00', '2024-01-31T10:00:00.123Z', '2024-01-31T10:00:00+02:00']],
    ['date', ['May 1, 2024', '3. März 2024', '2024-01', '2024-Q3', '2024-W05', '1/2/2024 6:00 PM']],
    ['time', ['10:00', '6:15:30', '14:32.5', '10:00:00,250', '2:00 PM', '10:00Z']],
    ['boolean', ['true', 'FALSE', 'yes', 'No']],
    ['email', ['a@example.com', 'b.c+d@sub.example.co.uk']],
    ['url', ['https://example.com/a,b;c?d=1', 's3://bucket/key', 'mailto:a@example.com']],
    ['identifier', ['3fa85f64-5717-4562-b3fc-2c963f66afa6', 'd41d8cd98f00b204e9800998ecf8427e']],
    ['identifier', ['#ff0000']],
    ['address', ['192.0.2.1', '192.0.2.1:8080', '+49 30 901820', '555-0101', '(030) 12345']],
    [
      'text',
      ['name', 'q1', 'Q3', 'A-7', 'col_2', '1st', 'x=1', '5" pipe', 'a b 3', 'May', '1,5;2,5'],
    ],
    ['text', ['1\t2', '2024-01-31;x', 'a@b', 'http', '12:', '1.2.3', 'x'.repeat(200)]],
  ])('tells %s: %j', (kind, cells) => {
    expect(cells.map((cell) => [cell, cellKind(cell)])).toEqual(cells.map((cell) => [cell, kind]));
    expect(cells.map((cell) => cellKind(`  ${cell} `))).toEqual(cells.map(() => kind));
  });

  it.each(['1', '1 111 ', '1.', '1,111,', '1-', '+4 ', '0a', 'a@', 'a.'])(
    'is quick on %j over and over',
    (part) => {
      const started = performance.now();
      for (let length = 1; length < 2_000; length += 1) cellKind(part.repeat(length));
      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );
});
