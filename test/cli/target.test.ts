import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { chooseTarget } from '../../src/cli/target.ts';

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'millrace-target-'));
});

afterAll(() => rmSync(home, { recursive: true }));

/** A local AWS that does not run, after it has run on a port or before. */
function stoppedAws(port?: number): LocalAws {
  const local = new LocalHome(home);
  if (port !== undefined) local.writeEngine({ port });
  return new LocalAws(local);
}

describe('the target of a command', () => {
  it.each([undefined, 20_000])(
    'is never the AWS account unasked, with the local AWS stopped (last port %s)',
    (port) => {
      expect(() => chooseTarget({ stage: 'dev' }, stoppedAws(port))).toThrow(
        expect.objectContaining({
          name: 'UserError',
          hint: expect.stringMatching(/npx millrace local up.*--aws/) as string,
        }) as Error,
      );
    },
  );

  it('is the AWS account of the environment when asked for', () => {
    const target = chooseTarget({ stage: 'dev', aws: true }, stoppedAws());
    expect(target).toMatchObject({ stage: 'dev', clientConfig: {} });
  });
});
