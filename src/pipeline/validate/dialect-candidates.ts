import type { DialectHints } from '../../datasets/contract.ts';
import type { Dialect } from '../payload.ts';
import type { SampleReading, Separators } from './read-sample.ts';

/** Delimiters and quotes that are looked for, the likelier ones first. */
const DELIMITERS = [',', '\t', ';', '|'];
const QUOTES = ['"', "'"];
/** Delimits the one column of a file that has every delimiter in its text. */
const UNIT_SEPARATOR = '\x1f';

/** Bits that a choice costs beforehand, the more the rarer it is. */
const DELIMITER_BITS: Readonly<Record<string, number>> = { ',': 0, '\t': 1, ';': 1, '|': 2 };
const ONE_COLUMN_BITS = 3;
const SINGLE_QUOTE_BITS = 12;
const CARRIAGE_RETURN_BITS = 3;
/** What single quotes need; a field that would need no quotes counts 1. */
const STRONG_EVIDENCE = 2;

/** A dialect that a file may have, and what it costs to say so. */
export interface DialectCandidate {
  readonly separators: Separators;
  readonly priorBits: number;
}

/**
 * Every combination of delimiter, quote and line end that the contract and the sample leave open; at
 * least one. One column without any delimiter is among them.
 *
 * @param sample the file's beginning
 * @param compared the part of it that candidates are compared by
 */
export function dialectCandidates(
  sample: string,
  compared: string,
  hints: DialectHints,
): [DialectCandidate, ...DialectCandidate[]] {
  const comment = hints.commentChar ?? null;
  const quotes = hints.quoteChar === undefined ? likelyQuotes(compared, hints) : [hints.quoteChar];
  const lineEnds = likelyLineEnds(compared);
  const oneColumn = hints.delimiter ?? absentDelimiter(sample, hints);
  const delimiters = [...delimitersIn(compared, hints), oneColumn];
  const [first, ...others] = delimiters.flatMap((delimiter) =>
    quotes.flatMap((quote) =>
      lineEnds.map((lineEnd): DialectCandidate => {
        const separators = { delimiter, quote, lineEnd, comment };
        const ofDelimiter = delimiter === oneColumn ? ONE_COLUMN_BITS : DELIMITER_BITS[delimiter];
        return { separators, priorBits: (ofDelimiter ?? 0) + rareBits(separators) };
      }),
    ),
  );
  if (first === undefined) throw new Error('there is a delimiter, a quote and a line end');
  return [first, ...others];
}

/**
 * Whether a reading bears out its quote: single quotes must enclose a field that has a delimiter or a
 * line end, or several others. A few apostrophes would do otherwise, and a file whose double quote is
 * not closed would be read as if it had none.
 */
export function bearsOutQuote(separators: Separators, { records }: SampleReading): boolean {
  const { quote, delimiter } = separators;
  if (quote !== "'") return true;
  let evidence = 0;
  for (const { value, raw, problem } of records) {
    const text = raw.toString();
    if (problem !== null || !text.includes(quote)) continue;
    for (const cell of value) {
      const quoted = quote + cell.replaceAll(quote, quote + quote) + quote;
      if (cell === '' || !text.includes(quoted)) continue;
      evidence += cell.includes(delimiter) || /[\r\n]/.test(cell) ? STRONG_EVIDENCE : 1;
    }
    if (evidence >= STRONG_EVIDENCE) return true;
  }
  return false;
}

function rareBits({ quote, lineEnd }: Separators): number {
  return (quote === "'" ? SINGLE_QUOTE_BITS : 0) + (lineEnd === 'mixed' ? CARRIAGE_RETURN_BITS : 0);
}

function delimitersIn(text: string, hints: DialectHints): string[] {
  if (hints.delimiter !== undefined) return [];
  return possibleDelimiters(hints).filter((delimiter) => text.includes(delimiter));
}

/** A delimiter that splits nothing. */
function absentDelimiter(text: string, hints: DialectHints): string {
  return possibleDelimiters(hints).find((delimiter) => !text.includes(delimiter)) ?? UNIT_SEPARATOR;
}

const possibleDelimiters = ({ quoteChar, commentChar }: DialectHints): string[] =>
  DELIMITERS.filter((delimiter) => delimiter !== quoteChar && delimiter !== commentChar);

/** The likelier quote, and the other one where the sample has it. */
function likelyQuotes(
  text: string,
  { delimiter, commentChar }: DialectHints,
): [Dialect['quote'], ...string[]] {
  const possible = QUOTES.filter((quote) => quote !== delimiter && quote !== commentChar);
  const [likelier = null, ...others] = possible;
  return [likelier, ...others.filter((quote) => text.includes(quote))];
}

/** Lone CRs may end lines, or be stray; where there is no LF they do end lines. */
function likelyLineEnds(text: string): Dialect['lineEnd'][] {
  if (!/\r(?!\n)/.test(text)) return ['lf'];
  return text.includes('\n') ? ['lf', 'mixed'] : ['mixed'];
}
