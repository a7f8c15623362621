import type { DialectHints } from './contract.ts';

/**
 * Makes of a column's or property's name the form in which a contract compares it: as it is, or
 * without regard to case where the contract says so.
 */
export function nameFolder({
  caseSensitiveHeader = true,
}: Pick<DialectHints, 'caseSensitiveHeader'>): (name: string) => string {
  return caseSensitiveHeader ? (name) => name : foldCase;
}

/** Names as people see them: composed and in lower case. */
export function foldCase(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
