import { basename } from 'node:path';
import { stemOf } from '../../datasets/file-stem.ts';
import { datasetFromKey } from '../../datasets/registry.ts';

const EXTENSION = /\.[a-z][a-z0-9]{0,6}(?:\.(?:gz|zst))?$/i;
const COMPRESSION = /\.(?:gz|zst)$/i;
/** What means something else than itself in a glob. */
const SPECIAL = /[[\]{}*?!()+@|\\]/g;

/** The name of a dataset for a file, as a contract may have it. */
export function datasetName(path: string): string {
  const name = datasetFromKey(basename(path));
  return /^[a-z]/.test(name) ? name : `data-${name}`.slice(0, 63).replace(/-$/, '');
}

/**
 * Globs for the files of a dataset, after the name of one of them: a folder of the dataset's name, and
 * files that are named alike but for a date or number at the end, or for a compression. A file that is
 * named by nothing else gives no pattern: it is matched alone.
 *
 * @example matchGlobs('in/orders-2026-11-20.csv', 'orders')
 * // ['orders/**', '**' + '/orders[-_. ][0-9]*']
 */
export function matchGlobs(path: string, dataset: string): string[] {
  const file = basename(path);
  return [`${dataset}/**`, ...nameGlobs(file).map((glob) => `**/${glob}`)];
}

function nameGlobs(file: string): string[] {
  const name = file.replace(EXTENSION, '');
  const stem = stemOf(name);
  if (stem === '') return [literal(file)];
  const dated = `${literal(stem)}[-_. ][0-9]*`;
  if (stem === name) return [`${literal(file.replace(COMPRESSION, ''))}{,.gz,.zst}`, dated];
  return /^\d/.test(name.slice(stem.length)) ? [`${literal(stem)}[0-9]*`] : [dated];
}

const literal = (text: string): string => text.replace(SPECIAL, '?');
