import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { environmentWithoutAws, LOCAL_ACCOUNT, LOCAL_REGION } from '../../infra/local/local-aws.ts';
import { clientConfig, engineUnderTest } from './engine.ts';

const ROOT = join(__dirname, '../..');
const CDK = join(dirname(createRequire(__filename).resolve('aws-cdk/package.json')), 'bin/cdk');
const STAGE = 'passing';

let assembly: string;

beforeAll(() => {
  assembly = mkdtempSync(join(tmpdir(), 'millrace-cdk-'));
});

afterAll(() => rmSync(assembly, { recursive: true }));

/** Runs the CDK CLI as a user does, against the local AWS. */
function cdk(...args: string[]): Promise<{ exitCode: number; output: string }> {
  const env = {
    ...environmentWithoutAws(),
    ...engineUnderTest().environment(),
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    CI: 'true',
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CDK, ...args], { cwd: ROOT, env }, (_, out, err) =>
      resolve({ exitCode: child.exitCode ?? -1, output: out + err }),
    );
  });
}

async function stackExists(): Promise<boolean> {
  const client = new CloudFormationClient(clientConfig());
  return client.send(new DescribeStacksCommand({ StackName: `Millrace-${STAGE}` })).then(
    () => true,
    () => false,
  );
}

describe("the CDK's own commands", () => {
  it('synth without a warning', async () => {
    const context = ['-c', `millrace.stage=${STAGE}`, '--output', assembly];
    const { exitCode, output } = await cdk('synth', '--quiet', ...context);
    expect(output.toLowerCase()).not.toContain('warning');
    expect(exitCode).toBe(0);
  });

  it('deploy what was synthesized and destroy it', async () => {
    const app = ['--app', assembly, '--all'];
    const bootstrap = await cdk('bootstrap', `aws://${LOCAL_ACCOUNT}/${LOCAL_REGION}`);
    expect(bootstrap).toMatchObject({ exitCode: 0 });
    const deploy = await cdk('deploy', ...app, '--require-approval', 'never');
    expect(deploy).toMatchObject({ exitCode: 0 });
    expect(await stackExists()).toBe(true);
    expect(await cdk('destroy', ...app, '--force')).toMatchObject({ exitCode: 0 });
    expect(await stackExists()).toBe(false);
  }, 300_000);

  it('refuse a setting that does not exist', async () => {
    const { exitCode, output } = await cdk('synth', '-c', 'millrace.logLvel=DEBUG');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('millrace.logLvel is not a setting');
  });
});
