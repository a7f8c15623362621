import { basename } from 'node:path';
import { datasetFromKey } from '../../datasets/registry.ts';

const EXTENSIONS = /(?:\.[a-z][a-z0-9]{0,6}){1,2}$/i;
const TRAILING_DATE_OR_NUMBER = /[-_. ]*\d[\d\-_.: tz]*$/i;
/** What means something else than itself in a glob. */
const SPECIAL = /[[\]{}*?!()+@|\\]/g;

/** The name of a dataset for a file, as a contract may have it. */
export function datasetName(path: string): string {
  const name = datasetFromKey(basename(path));
  return /^[a-z]/.test(name) ? name : `data-${name}`.slice(0, 63).replace(/-$/, '');
}

/**
 * Globs for the files of a dataset, after the name of one of them: a folder of the dataset's name, and
 * files that are named alike but for a date or number at the end. A file that is named by nothing else
 * gives no pattern: it is matched alone.
 *
 * @example matchGlobs('in/orders-2026-11-20.csv', 'orders')
 * // ['orders/**', '**' + '/orders[-_.]*', 'orders[-_.]*']
 */
export function matchGlobs(path: string, dataset: string): string[] {
  const file = basename(path);
  const stem = file.replace(EXTENSIONS, '').replace(TRAILING_DATE_OR_NUMBER, '');
  if (stem === '') return [`${dataset}/**`, `**/${literal(file)}`, literal(file)];
  const next = file[stem.length] ?? '';
  const rest = next === '' || '-_.'.includes(next) ? '[-_.]*' : '*';
  return [`${dataset}/**`, `**/${literal(stem)}${rest}`, `${literal(stem)}${rest}`];
}

const literal = (text: string): string => text.replace(SPECIAL, '?');
