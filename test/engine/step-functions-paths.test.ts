import { run } from './state-machines.ts';

const pass = (parameters: object): Record<string, object> => ({
  Look: { Type: 'Pass', Parameters: parameters, End: true },
});

it('a path that leads nowhere fails the execution', async () => {
  const { status, error, cause } = await run(pass({ 'value.$': '$.missing.field' }), { other: 1 });

  expect([status, error]).toEqual(['FAILED', 'States.Runtime']);
  expect(cause).toContain('$.missing.field');
});

it.each([
  ['null', { value: null }, '$.value', null],
  ['false', { value: false }, '$.value', false],
  ['an empty text', { value: '' }, '$.value', ''],
  ['a field in a list', { list: [{ value: 7 }] }, '$.list[0].value', 7],
])('a path leads to %s', async (_what, input, path, expected) => {
  expect(await run(pass({ 'value.$': path }), input)).toMatchObject({
    output: { value: expected },
  });
});

it.each([
  ['a field with a value', { field: 1 }, true],
  ['a field that is null', { field: null }, true],
  ['no field', {}, false],
])('IsPresent tells whether there is %s', async (_what, input, expected) => {
  const { output } = await run(
    {
      Ask: {
        Type: 'Choice',
        Choices: [{ Variable: '$.field', IsPresent: true, Next: 'Yes' }],
        Default: 'No',
      },
      Yes: { Type: 'Pass', Result: true, End: true },
      No: { Type: 'Pass', Result: false, End: true },
    },
    input,
  );

  expect(output).toBe(expected);
});

it('an intrinsic function that cannot work is a States.IntrinsicFailure', async () => {
  const { status, error } = await run(pass({ 'value.$': 'States.StringToJson($.text)' }), {
    text: 'not JSON',
  });

  expect([status, error]).toEqual(['FAILED', 'States.IntrinsicFailure']);
});
