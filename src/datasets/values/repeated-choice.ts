/**
 * The first group of a pattern that is repeated and that a text may run through in more than one way,
 * such as `(a+)+`: the ways multiply with each repetition, so that a text which does not match in the
 * end keeps the regular expression busy for hours. Null where no group is so.
 *
 * Inside a repeated group every character has to tell which part of it comes next, round by round.
 * The check refuses some groups that would do. Characters are compared by those of a sample.
 *
 * @param pattern a regular expression that is valid in Unicode mode
 */
export function repeatedChoice(pattern: string): string | null {
  const alphabet = [...new Set([...SAMPLE, ...Array.from(pattern), ...escapedCharacters(pattern)])];
  const tree = new PatternParser(pattern).parse();
  return harmfulGroup(tree, (part) => charactersOf(part, alphabet));
}

/** So few repetitions multiply little. */
const FEW_TIMES = 3;
/** ASCII and the letters of Europe, which stand for all characters beside those of the pattern. */
const SAMPLE = Array.from({ length: 0x500 }, (_, code) => String.fromCharCode(code));

/** A part that matches one character. */
interface Single {
  readonly kind: 'single';
  /** Null for what matches nobody knows what: a reference to what a group has matched. */
  readonly source: string | null;
}
interface Sequence {
  readonly kind: 'sequence';
  readonly parts: readonly Part[];
}
interface Choice {
  readonly kind: 'choice';
  readonly branches: readonly Part[];
}
/** A look at what stands around, which takes no character. */
interface Look {
  readonly kind: 'look';
  readonly body: Part;
}
interface Repetition {
  readonly kind: 'repetition';
  readonly body: Part;
  readonly least: number;
  readonly most: number;
  readonly source: string;
}
type Part = Single | Sequence | Choice | Look | Repetition;

const NOTHING: Part = { kind: 'sequence', parts: [] };

type CharactersOf = (part: Single) => ReadonlySet<string>;

function harmfulGroup(part: Part, charactersOfPart: CharactersOf): string | null {
  if (part.kind === 'repetition' && part.most > FEW_TIMES) {
    if (hasChoice(part, charactersOfPart)) return part.source;
  }
  for (const child of childrenOf(part)) {
    const harmful = harmfulGroup(child, charactersOfPart);
    if (harmful !== null) return harmful;
  }
  return null;
}

function childrenOf(part: Part): readonly Part[] {
  if (part.kind === 'sequence') return part.parts;
  if (part.kind === 'choice') return part.branches;
  return part.kind === 'single' ? [] : [part.body];
}

/** Whether some character may lead on in two ways. */
function hasChoice(repetition: Repetition, charactersOfPart: CharactersOf): boolean {
  const follow = new Map<Single, Single[]>();
  const { first } = waysThrough(repetition, follow);
  return [first, ...follow.values()].some((ways) => overlap(ways, charactersOfPart));
}

function overlap(ways: readonly Single[], charactersOfPart: CharactersOf): boolean {
  if (ways.length < 2) return false;
  const taken = new Set<string>();
  for (const way of ways) {
    const characters = charactersOfPart(way);
    // Characters beyond the alphabet may be any, of another way too.
    if (characters.size === 0) return true;
    for (const character of characters) {
      if (taken.has(character)) return true;
      taken.add(character);
    }
  }
  return false;
}

const escapedCharacters = (pattern: string): string[] =>
  Array.from(pattern.matchAll(/\\u(?:\{([\da-f]+)\}|([\da-f]{4}))/gi), ([, long, short = '']) =>
    String.fromCodePoint(parseInt(long ?? short, 16)),
  );

function charactersOf({ source }: Single, alphabet: readonly string[]): ReadonlySet<string> {
  if (source === null) return new Set();
  const single = new RegExp(`^${source}$`, 'u');
  return new Set(alphabet.filter((character) => single.test(character)));
}

/** Where a text may enter and leave a part, each way listed, two of them to one place twice. */
interface Ways {
  readonly first: readonly Single[];
  readonly last: readonly Single[];
  /** Whether a text may pass without a character. */
  readonly mayBeEmpty: boolean;
}

const NO_WAYS: Ways = { first: [], last: [], mayBeEmpty: true };

/** @param follow gets the ways on from each single part */
function waysThrough(part: Part, follow: Map<Single, Single[]>): Ways {
  switch (part.kind) {
    case 'single':
      return { first: [part], last: [part], mayBeEmpty: false };
    case 'look':
      return NO_WAYS;
    case 'sequence':
      return part.parts.reduce<Ways>(
        (before, next) => joined(before, waysThrough(next, follow), follow),
        NO_WAYS,
      );
    case 'choice':
      return part.branches.map((branch) => waysThrough(branch, follow)).reduce(either);
    case 'repetition':
      return repeated(part, waysThrough(part.body, follow), follow);
  }
}

function joined(a: Ways, b: Ways, follow: Map<Single, Single[]>): Ways {
  connect(a.last, b.first, follow);
  return {
    first: a.mayBeEmpty ? [...a.first, ...b.first] : a.first,
    last: b.mayBeEmpty ? [...a.last, ...b.last] : b.last,
    mayBeEmpty: a.mayBeEmpty && b.mayBeEmpty,
  };
}

const either = (a: Ways, b: Ways): Ways => ({
  first: [...a.first, ...b.first],
  last: [...a.last, ...b.last],
  mayBeEmpty: a.mayBeEmpty || b.mayBeEmpty,
});

/** A fixed number of times there is no choice between another time and going on. */
function repeated(
  { body, least, most }: Repetition,
  ways: Ways,
  follow: Map<Single, Single[]>,
): Ways {
  const isFixed = least === most && body.kind === 'single';
  if (most > 1 && !isFixed) connect(ways.last, ways.first, follow);
  return { ...ways, mayBeEmpty: ways.mayBeEmpty || least === 0 };
}

function connect(
  from: readonly Single[],
  to: readonly Single[],
  follow: Map<Single, Single[]>,
): void {
  for (const part of from) follow.set(part, [...(follow.get(part) ?? []), ...to]);
}

const OPENING = /\((?:\?(?:[=!:]|<[=!]|<[^>]*>|[a-z-]*:))?/y;
const LOOK = /^\(\?<?[=!]$/;
const QUANTIFIER = /(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/y;
const NO_CHARACTER = /[\^$]|\\[bB]/y;
const REFERENCE = /\\(?:[1-9]\d*|k<[^>]*>)/y;
const SINGLE =
  /\[(?:\\.|[^\]\\])*\]|\\(?:[pPu]\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|.)|./suy;

/** Reads a regular expression, as far as it matters here. */
class PatternParser {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): Part {
    const branches = [this.#sequence()];
    while (this.#pattern[this.#at] === '|') {
      this.#at += 1;
      branches.push(this.#sequence());
    }
    return branches.length === 1 ? (branches[0] ?? NOTHING) : { kind: 'choice', branches };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern[this.#at] ?? '')) {
      const start = this.#at;
      parts.push(this.#quantified(this.#term(), start));
    }
    return { kind: 'sequence', parts };
  }

  #term(): Part {
    const opening = this.#take(OPENING);
    if (opening !== null) return this.#group(opening[0]);
    if (this.#take(NO_CHARACTER) !== null) return NOTHING;
    if (this.#take(REFERENCE) !== null) return { kind: 'single', source: null };
    return { kind: 'single', source: this.#take(SINGLE)?.[0] ?? null };
  }

  #group(opening: string): Part {
    const body = this.parse();
    this.#at += 1;
    return LOOK.test(opening) ? { kind: 'look', body } : body;
  }

  #quantified(body: Part, start: number): Part {
    const quantifier = this.#take(QUANTIFIER);
    if (quantifier === null) return body;
    const source = this.#pattern.slice(start, this.#at);
    return { kind: 'repetition', body, source, ...timesOf(quantifier) };
  }

  #take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#pattern);
    this.#at += match?.[0].length ?? 0;
    return match;
  }
}

function timesOf([text, least, comma, most]: RegExpExecArray): { least: number; most: number } {
  if (text.startsWith('?')) return { least: 0, most: 1 };
  if (least === undefined) return { least: text.startsWith('*') ? 0 : 1, most: Infinity };
  if (comma === undefined) return { least: Number(least), most: Number(least) };
  return { least: Number(least), most: most === '' ? Infinity : Number(most) };
}
