/** A JSON value, and a name that one of its objects has more than once; null where there is none. */
export interface NamedValue {
  readonly value: unknown;
  readonly duplicate: string | null;
}

/**
 * Reads valid JSON text name by name: slower than JSON.parse, but it sees a name that comes twice, of
 * which JSON.parse keeps the last, and it reads escaped names right: in Node 24 and 26, JSON.parse
 * may give a name such as `"\n"` as a backslash, once it has met an object with a name that ends in
 * a backslash (https://github.com/nodejs/node/issues/63785).
 *
 * @param text valid JSON, not nested too deep for recursion
 * @param toNumber what becomes of a number's text
 */
export function readNames(text: string, toNumber: (source: string) => unknown): NamedValue {
  const reader = new NameReader(text, toNumber);
  return { value: reader.readValue(), duplicate: reader.duplicate };
}

/** Where the string that opens at `start` closes; the text's end when it does not. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WHITE_SPACE = /[ \t\r\n]*/y;
/** A number, true, false or null. */
const WORD = /[^ \t\r\n,\]}]+/y;

class NameReader {
  readonly #text: string;
  readonly #toNumber: (source: string) => unknown;
  #at = 0;
  duplicate: string | null = null;

  constructor(text: string, toNumber: (source: string) => unknown) {
    this.#text = text;
    this.#toNumber = toNumber;
  }

  readValue(): unknown {
    switch (this.#next()) {
      case '{':
        return this.#readObject();
      case '[':
        return this.#readArray();
      case '"':
        return this.#readString();
      default:
        return this.#readWord();
    }
  }

  #readObject(): Record<string, unknown> {
    const members = new Map<string, unknown>();
    this.#at += 1;
    while (this.#next() !== '}') {
      const name = this.#readString();
      if (members.has(name)) this.duplicate ??= name;
      this.#pass(':');
      members.set(name, this.readValue());
      this.#pass(',');
    }
    this.#at += 1;
    return Object.fromEntries(members);
  }

  #readArray(): unknown[] {
    const elements: unknown[] = [];
    this.#at += 1;
    while (this.#next() !== ']') {
      elements.push(this.readValue());
      this.#pass(',');
    }
    this.#at += 1;
    return elements;
  }

  #readString(): string {
    const end = endOfString(this.#text, this.#at) + 1;
    const source = this.#text.slice(this.#at, end);
    this.#at = end;
    return JSON.parse(source) as string;
  }

  #readWord(): unknown {
    const word = this.#match(WORD);
    return /^[-\d]/.test(word) ? this.#toNumber(word) : JSON.parse(word);
  }

  /** The next character that is no white space. */
  #next(): string {
    this.#match(WHITE_SPACE);
    return this.#text[this.#at] ?? '';
  }

  #pass(character: string): void {
    if (this.#next() === character) this.#at += 1;
  }

  #match(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const [match = ''] = expression.exec(this.#text) ?? [];
    this.#at += match.length;
    return match;
  }
}
