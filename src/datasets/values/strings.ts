import { decimalKey } from './decimal.ts';
import { NO_JSON, SAME_TEXT, type ValueType } from './value-type.ts';

/** The formats of strings in Frictionless Table Schema; `binary` is base64. */
export const STRING_FORMATS = ['default', 'email', 'uri', 'uuid', 'binary'] as const;
export type StringFormat = (typeof STRING_FORMATS)[number];

// https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address, opened to letters beyond ASCII.
const LABEL = '[\\p{L}\\p{M}\\p{N}](?:[\\p{L}\\p{M}\\p{N}-]{0,61}[\\p{L}\\p{M}\\p{N}])?';
const EMAIL = new RegExp(
  `^[\\p{L}\\p{M}\\p{N}.!#$%&'*+/=?^_\`{|}~-]+@${LABEL}(?:\\.${LABEL})*$`,
  'u',
);
// RFC 3986, section 3: a scheme, then authority and path, query and fragment.
const CHARACTER = "\\w.~!$&'()*+,;=%\\-";
const AUTHORITY = `//(?:[${CHARACTER}:]*@)?(?:\\[[\\da-f:.]+\\]|[${CHARACTER}]*)(?::\\d*)?(?=[/?#]|$)`;
const URI = new RegExp(
  `^[a-z][a-z\\d+.-]*:(?:${AUTHORITY}|(?!//))[${CHARACTER}:@/]*(?:\\?[${CHARACTER}:@/?]*)?(?:#[${CHARACTER}:@/?]*)?$`,
  'i',
);
const BROKEN_ESCAPE = /%(?![\da-f]{2})/i;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const BASE64 = /^[A-Za-z\d+/]*={0,2}$/;

const TESTS: Readonly<Record<StringFormat, (text: string) => boolean>> = {
  default: () => true,
  email: (text) => EMAIL.test(text),
  uri: (text) => URI.test(text) && !BROKEN_ESCAPE.test(text),
  uuid: (text) => UUID.test(text),
  binary: (text) => text.length % 4 === 0 && BASE64.test(text),
};

/** Text of a format. */
export function stringType(format: StringFormat = 'default'): ValueType {
  const isOfFormat = TESTS[format];
  return {
    read: (text) => (isOfFormat(text) ? JSON.stringify(text) : null),
    readJson: NO_JSON,
    key: SAME_TEXT,
    compareWith: null,
  };
}

/** Values of any type, kept as they are. A text format has no 1 but "1": values compare as text. */
export const ANY_TYPE: ValueType = {
  read: (text) => JSON.stringify(text),
  readJson: (json) => json,
  key: (json) => (json.startsWith('"') ? (JSON.parse(json) as string) : usualSpelling(json)),
  compareWith: null,
};

/** Numbers as JavaScript writes them, in which an enum states them: `1e3` is 1000. */
function usualSpelling(json: string): string {
  if (!/^-?\d.*[eE]|^-0/.test(json)) return json;
  const usual = String(Number(json));
  return Number.isFinite(Number(json)) && decimalKey(usual) === decimalKey(json) ? usual : json;
}
