import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchOptions } from './bench-result.ts';
import { Random } from './random.ts';

const SEED = 20_260_301;

/** Each kind of file is at least this long. */
const FULL_BYTES = 100_000_000;
const QUICK_BYTES = 10_000_000;
const FOLDER = join(import.meta.dirname, '../../.millrace/bench-inputs');
const RECORDS_PER_WRITE = 1_000;
const FIRST_EVENT = Date.UTC(2026, 2, 1);
const WIDE_COLUMNS = 200;

/** A kind of CSV file. */
interface Input {
  /** What is in it, in a few words. */
  readonly description: string;
  readonly header: readonly string[];
  /** A record as it stands in the file, without its line end. */
  readonly record: (random: Random, row: number) => string;
}

/** The files that are measured, by name. */
const INPUTS = {
  events: {
    description: 'plain events, no quotes, as the events contract wants them',
    header: ['event_id', 'timestamp', 'event_type', 'user_id', 'user_action', 'amount', 'country'],
    record: eventRecord,
  },
  quoted: {
    description: 'a third of the fields quoted, a tenth of the records over several lines',
    header: [
      'order_id',
      'ordered_on',
      'customer',
      'city',
      'note',
      'items',
      'price',
      'delivery_address',
      'status',
    ],
    record: quotedRecord,
  },
  wide: {
    description: `${WIDE_COLUMNS} columns of numbers and short text`,
    header: Array.from({ length: WIDE_COLUMNS }, (_, column) => `column_${column + 1}`),
    record: wideRecord,
  },
} as const satisfies Record<string, Input>;

export type InputName = keyof typeof INPUTS;
export const INPUT_NAMES = Object.keys(INPUTS) as readonly InputName[];

/** A generated file. */
export interface InputFile {
  readonly input: InputName;
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
}

/** How long the files are that a benchmark reads. */
export function inputBytes({ quick }: BenchOptions): number {
  return quick ? QUICK_BYTES : FULL_BYTES;
}

/**
 * Writes a file of at least `leastBytes` bytes, always the same. It takes the place of an earlier one
 * only when it is whole: another benchmark may be reading that.
 */
export function generateInput(input: InputName, leastBytes: number): InputFile {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${input}-${leastBytes / 1e6}mb.csv`);
  const partial = `${path}.${process.pid}`;
  const file = openSync(partial, 'w');
  try {
    const written = writeRecords(file, INPUTS[input], leastBytes);
    renameSync(partial, path);
    return { input, path, ...written };
  } finally {
    closeSync(file);
    rmSync(partial, { force: true });
  }
}

/** The same for a file that is too large to be left: it is removed after its use. */
export async function withInput<T>(
  input: InputName,
  leastBytes: number,
  use: (file: InputFile) => Promise<T>,
): Promise<T> {
  const file = generateInput(input, leastBytes);
  try {
    return await use(file);
  } finally {
    rmSync(file.path, { force: true });
  }
}

/** What a file is, as a sentence. */
export function describeInput({ input, bytes, rows }: InputFile): string {
  const size = `${(bytes / 1e6).toFixed(0)} MB, ${rows.toLocaleString('en-US')} rows`;
  return `${input}: ${INPUTS[input].description}; ${size}, seed ${SEED}.`;
}

function writeRecords(
  file: number,
  { header, record }: Input,
  leastBytes: number,
): { bytes: number; rows: number } {
  const random = new Random(SEED);
  let bytes = writeSync(file, `${header.join(',')}\n`);
  let rows = 0;
  while (bytes < leastBytes) {
    let text = '';
    for (let added = 0; added < RECORDS_PER_WRITE; added += 1) {
      rows += 1;
      text += `${record(random, rows)}\n`;
    }
    bytes += writeSync(file, text);
  }
  return { bytes, rows };
}

const EVENT_TYPES = ['page.view', 'cart.add', 'cart.remove', 'checkout.start', 'order.paid'];
const ACTIONS = ['opened the product page', 'added to cart', 'paid by card', 'left', 'signed in'];
const COUNTRIES = ['DE', 'FR', 'US', 'GB', 'IN', 'BR', 'JP'];

function eventRecord(random: Random, row: number): string {
  const id = `evt-${String(row).padStart(9, '0')}-${random.below(1 << 24).toString(16)}`;
  const timestamp = new Date(FIRST_EVENT + row * 97).toISOString();
  const user = `user-${random.below(1_000_000)}`;
  const amount = random.chance(0.4) ? price(random) : '';
  return [
    id,
    timestamp,
    random.pick(EVENT_TYPES),
    user,
    random.pick(ACTIONS),
    amount,
    random.pick(COUNTRIES),
  ].join(',');
}

const NAMES = [
  'Müller, Anna',
  'Dubois, Zoë',
  'Ng, Wei',
  'Åkesson, Per',
  '田中, 花子',
  'Smith, Joe',
];
const CITIES = ['Berlin', 'São Paulo', 'København', '北京', 'Leeds', 'Montréal'];
const NOTES = [
  'leave it at the door',
  'a gift, wrap it',
  'call ""Reception"" first',
  'très fragile 🎁',
];
const LINES = ['back entrance', 'third floor, left', 'ring twice'];
const STREETS = ['Hauptstraße', 'Rue de l’Église', 'High Street', 'Søndergade'];

function quotedRecord(random: Random, row: number): string {
  const further = random.chance(0.1) ? `\n${random.pick(LINES)}\n${random.pick(LINES)}` : '';
  return [
    row,
    new Date(FIRST_EVENT + row * 97_000).toISOString().slice(0, 10),
    `"${random.pick(NAMES)}"`,
    random.pick(CITIES),
    `"${random.pick(NOTES)}${further}"`,
    1 + random.below(9),
    price(random),
    `"${random.pick(STREETS)} ${random.below(300)}, ${10_000 + random.below(90_000)}"`,
    random.chance(0.5) ? 'sent' : 'open',
  ].join(',');
}

const WORDS = ['ok', 'high', 'low', 'n/a', 'north', 'blue', ''];

function wideRecord(random: Random, row: number): string {
  const cells = [String(row)];
  while (cells.length < WIDE_COLUMNS) {
    const kind = cells.length % 4;
    if (kind === 0) cells.push(random.pick(WORDS));
    else cells.push(kind === 1 ? price(random) : String(random.below(100_000)));
  }
  return cells.join(',');
}

function price(random: Random): string {
  return (random.below(50_000) / 100).toFixed(2);
}
