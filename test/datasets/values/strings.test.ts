import { stringType, type StringFormat } from '../../../src/datasets/values/strings.ts';

const UUID = '123e4567-e89b-12d3-a456-426614174000';

describe('stringType', () => {
  it.each<[StringFormat, string, boolean]>([
    ['email', 'a@example.com', true],
    ['email', "o'neill+x@mail.example.co.uk", true],
    ['email', 'root@localhost', true],
    ['email', 'jürgen@müller.example', true],
    ['email', '@example.com', false],
    ['email', 'a@', false],
    ['email', 'a@b@c', false],
    ['email', 'a b@example.com', false],
    ['email', 'a@example..com', false],
    ['email', 'a@-example.com', false],
    ['email', 'A <a@example.com>', false],
    ['email', 'a@example.com\n', false],
    ['uri', 'https://example.com/a?b=c&d=%20#e', true],
    ['uri', 'http://user:secret@[2001:db8::1]:8080/', true],
    ['uri', 'mailto:a@example.com', true],
    ['uri', 'urn:isbn:0451450523', true],
    ['uri', 'file:///etc/hosts', true],
    ['uri', 's3://bucket/key', true],
    ['uri', 'example.com', false],
    ['uri', '/a/b', false],
    ['uri', 'https://example.com/a b', false],
    ['uri', 'https://example.com/%zz', false],
    ['uri', 'https://example.com/%2', false],
    ['uri', 'https://example.com/[a]', false],
    ['uri', 'https://example.com/#a#b', false],
    ['uri', 'https://example.com/"', false],
    ['uri', 'https://example.com/<a>', false],
    ['uri', 'https://münchen.example', false],
    ['uri', 'https://example.com:80a/', false],
    ['uri', '1a:b', false],
    ['uuid', UUID, true],
    ['uuid', UUID.toUpperCase(), true],
    ['uuid', UUID.replaceAll('-', ''), false],
    ['uuid', `{${UUID}}`, false],
    ['uuid', UUID.replace('1', 'g'), false],
    ['binary', '', true],
    ['binary', 'AA==', true],
    ['binary', 'AAA=', true],
    ['binary', '+/+/', true],
    ['binary', 'AA', false],
    ['binary', 'A===', false],
    ['binary', 'AA=A', false],
    ['binary', '-_-_', false],
    ['binary', 'AAA\n', false],
    ['default', '\0\n"', true],
  ])('judges as %s %j: %s', (format, text, isOfFormat) => {
    expect(stringType(format).read(text)).toBe(isOfFormat ? JSON.stringify(text) : null);
  });

  it('judges megabytes at once', () => {
    const started = performance.now();
    for (const piece of ['a', 'a.', '@', 'a@', '%20', 'a:', '//', '[', '?', 'A', '=']) {
      for (const format of ['email', 'uri', 'uuid', 'binary'] as const) {
        stringType(format).read(`http://${piece.repeat(1 << 20)}`);
        stringType(format).read(piece.repeat(1 << 20));
      }
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('takes no value that JSON holds as another type', () => {
    expect(stringType().readJson('1')).toBeNull();
  });
});
