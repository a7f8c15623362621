/** An element of a parsed page. */
export interface PageElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (PageElement | string)[];
}

const VOID = new Set(['meta', 'br']);
const TOKEN = /<!doctype html>|<(\/?)([a-z][a-z0-9]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/**
 * Reads a page more strictly than a browser does: every element is closed in order, every attribute is
 * quoted and comes once, and nothing that could be markup stands in a text.
 *
 * @throws Error where the page is not well formed
 */
export function parsePage(page: string): PageElement {
  const root: PageElement = { name: '', attributes: {}, children: [] };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < page.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(page);
    if (token === null) throw new Error(`not well formed: ${page.slice(at, at + 80)}`);
    addToken(open, token);
  }
  if (open.length !== 1) throw new Error(`not closed: ${open.at(-1)?.name}`);
  return root.children.find((child) => typeof child !== 'string')!;
}

function addToken(open: PageElement[], token: RegExpExecArray): void {
  const [, slash, name, attributes = '', selfClosing, text] = token;
  const parent = open.at(-1)!;
  if (text !== undefined) {
    parent.children.push(parent.name === 'style' ? text : decode(text));
  } else if (name !== undefined && slash) {
    if (open.pop()!.name !== name) throw new Error(`${name} closes ${parent.name}`);
  } else if (name !== undefined) {
    const element = { name, attributes: readAttributes(attributes), children: [] };
    parent.children.push(element);
    if (!VOID.has(name) && !selfClosing) open.push(element);
  }
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(
    ([, name, value]) => [name!, decode(value!)] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) {
    throw new Error(`an attribute comes twice: ${text}`);
  }
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  return text.replace(/&[^;\s]*;?/g, (entity) => {
    const character = ENTITIES[entity];
    if (character === undefined) throw new Error(`not an entity: ${entity}`);
    return character;
  });
}

/** The element and all below it. */
export const allElements = (element: PageElement): PageElement[] => [
  element,
  ...element.children.flatMap((child) => (typeof child === 'string' ? [] : allElements(child))),
];

/** The text of an element without its markup; cells of a table are told apart by a blank. */
export const textOf = ({ name, children }: PageElement): string =>
  children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('') +
  (name === 'td' || name === 'th' ? ' ' : '');
