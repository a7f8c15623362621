import { ENCODINGS, type Encoding } from '../../../src/datasets/contract.ts';
import { byteOrderMarkOf, sourceBytes } from '../../../src/pipeline/encoding.ts';
import { detectEncoding } from '../../../src/pipeline/validate/detect-encoding.ts';
import { rejection } from '../../support/rejection.ts';

const text = Buffer.from('id,name\n1,ü\n');
const MARKED = ['utf-8', 'utf-16le', 'utf-16be'] as const;

describe('detectEncoding', () => {
  it.each(MARKED)('recognises %s by its byte order mark', (encoding) => {
    const content = Buffer.concat([byteOrderMarkOf(encoding), sourceBytes(encoding, text)]);
    const expected = { encoding, byteOrderMark: true, isStated: false };
    for (const stated of [undefined, ...ENCODINGS]) {
      expect(detectEncoding(content, stated)).toEqual(expected);
      expect(detectEncoding(byteOrderMarkOf(encoding), stated)).toEqual(expected);
    }
  });

  it.each(ENCODINGS)('takes %s as stated where there is no byte order mark', (encoding) => {
    const expected = { encoding, byteOrderMark: false, isStated: true };
    expect(detectEncoding(sourceBytes(encoding, text), encoding)).toEqual(expected);
    expect(detectEncoding(Buffer.alloc(0), encoding)).toEqual(expected);
  });

  it.each<[string, Buffer]>([
    ['ASCII', Buffer.from('id,name\n')],
    ['other bytes', Buffer.from('id,größe\n', 'latin1')],
    ['stray NULs', Buffer.from('a,b\n1,\0\n\0')],
    ['stray NULs at every other byte', Buffer.from('a,b\n\0,\0\n2,3\n')],
    ['NULs only', Buffer.alloc(100)],
    [
      'small numbers of two bytes',
      Buffer.from(Uint16Array.from({ length: 200 }, (_, i) => i).buffer),
    ],
    ['nothing', Buffer.alloc(0)],
  ])('takes %s for UTF-8 where nothing is stated', (_, content) => {
    const expected = { encoding: 'utf-8', byteOrderMark: false, isStated: false };
    expect(detectEncoding(content, undefined)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['ASCII', 'id,name\n1,Smith\n'],
    ['Cyrillic letters', 'id;имя;город\n1;Иван;Москва\n2;Пётр;Тверь\n'],
    ['one line without an end', 'id'],
  ])('recognises UTF-16 with %s that is not stated, and says how to state it', (_, content) => {
    for (const encoding of ['utf-16le', 'utf-16be'] as const) {
      const bytes = sourceBytes(encoding, Buffer.from(content));
      const detect = (stated?: Encoding) => () => detectEncoding(bytes, stated);
      expect(detect()).toThrow(rejection('BINARY_CONTENT'));
      expect(detect()).toThrow(
        `looks like ${encoding.toUpperCase()} without a byte order mark: every other byte is a NUL, the first at byte ${bytes.indexOf(0)}; state "encoding": "${encoding}" in the "millrace" block of a contract`,
      );
      const other = encoding === 'utf-16le' ? 'utf-16be' : 'utf-16le';
      expect(detect(other)).toThrow(`the contract states "${other}"`);
      expect(detect('windows-1252')).toThrow('the contract states "windows-1252"');
      expect(detect(encoding)).not.toThrow();
    }
  });

  it.each(['utf-16le', 'utf-16be'] as const)('rejects ASCII that is stated to be %s', (stated) => {
    const detect = () => detectEncoding(Buffer.from('id,name\n'), stated);
    expect(detect).toThrow(rejection('INVALID_ENCODING'));
    expect(detect).toThrow(`the contract states "${stated}", but no byte is a NUL`);
  });

  it.each(['fffe000061000000', '0000feff00000061'])('refuses UTF-32: %s', (hex) => {
    const detect = () => detectEncoding(Buffer.from(hex, 'hex'), undefined);
    expect(detect).toThrow(rejection('UNSUPPORTED_FORMAT'));
    expect(detect).toThrow('the content is UTF-32: its byte order mark is at byte 0');
  });
});
