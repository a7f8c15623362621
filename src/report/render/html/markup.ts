import { oneLine } from '../columns.ts';

/** HTML that is safe to put into a page as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text and numbers are escaped, markup is not; null leaves nothing. */
export type Part = string | number | Markup | null | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute; controls and marks of direction are shown, not obeyed. */
const escapeText = (text: string): string =>
  oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return escapeText(String(part));
}

/** The indentation of the sources, which a page has no use for. */
const INDENTATION = /\n\s+/g;

/**
 * A template of HTML or SVG. Whatever is put in is escaped unless it is markup itself, so that no
 * text of a file becomes a part of the page.
 *
 * @example
 * html`<td title="${key}">${cutMiddle(60, key)}</td>`
 */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(
    strings
      .map((text, index) => text.replace(INDENTATION, '\n') + textOf(parts[index] ?? null))
      .join(''),
  );
