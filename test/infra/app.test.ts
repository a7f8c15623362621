import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const APP = join(__dirname, '../../infra/app.ts');

describe('the synthesis', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-app-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the app writes when it ends without a template. */
  function failureWith(context: object): string {
    const { status, stderr } = spawnSync(process.execPath, [APP], {
      env: {
        PATH: process.env.PATH,
        CDK_OUTDIR: folder,
        CDK_CONTEXT_JSON: JSON.stringify(context),
      },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    return stderr;
  }

  it('ends with one sentence where the folder of the contracts has none', () => {
    expect(failureWith({ 'millrace.contractsFolder': folder })).toBe(
      `INVALID_CONTRACT: ${folder}:\n  - has no file *.contract.json; the setting millrace.contractsFolder names the folder of the contracts\n`,
    );
  }, 30_000);

  it('ends with one sentence where a setting cannot be used', () => {
    expect(failureWith({ 'millrace.maxColumns': 0 })).toBe(
      'INVALID_CONFIG:\n  - millrace.maxColumns: must be a whole number from 1 to 100000, got 0\n',
    );
  }, 30_000);
});
