import { createFunction, invoke, type CreatedFunction } from './functions.ts';

const TELL = `
exports.handler = async () => ({ ...process.env, zone: new Date(0).getTimezoneOffset() });
`;
let fn: CreatedFunction;

beforeAll(async () => {
  fn = await createFunction(TELL);
});

it('a function sees the reserved variables of the runtime', async () => {
  const { answer } = await invoke(fn, {});

  expect(answer).toMatchObject({
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_REGION: 'us-east-1',
  });
});

it('its clock is in UTC', async () => {
  const { answer } = await invoke(fn, {});

  expect(answer).toMatchObject({ TZ: ':UTC', zone: 0 });
});

it('every invocation has a trace id of its own', async () => {
  const ids = [];
  for (let call = 0; call < 3; call += 1) ids.push((await invoke(fn, {})).answer._X_AMZN_TRACE_ID);

  for (const id of ids) {
    expect(id).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01]/);
  }
  expect(new Set(ids).size).toBe(3);
});
