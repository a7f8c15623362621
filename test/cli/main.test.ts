import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const BIN = join(__dirname, '../../src/cli/bin.mjs');

/** An environment in which the AWS SDK finds nothing but what is given. */
const NO_AWS = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
const REGION = { AWS_REGION: 'us-east-1' };

/** Runs the CLI in a process group of its own, as a terminal does. */
function spawnCli(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...NO_AWS, ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close').then(([exitCode]) => exitCode as number | null);
  return { pid: child.pid!, ended, notes: text(child.stderr) };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An endpoint at which nobody listens any more. */
async function closedEndpoint(): Promise<string> {
  const server = createServer();
  const endpoint = await listen(server);
  server.close();
  return endpoint;
}

describe('the process', () => {
  it('ends quietly when whoever reads its results has seen enough', async () => {
    const file = join(__dirname, '../../src/datasets/samples/commits.csv');
    const args = ['contract', 'check', '--json', ...Array<string>(500).fill(file)];
    const child = spawn(process.execPath, [BIN, ...args], { env: NO_AWS });
    child.stdout.destroy();
    const notes = text(child.stderr);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await notes).toBe('');
  }, 30_000);

  it('is ended by Ctrl-C while AWS does not answer, with 130', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    const AWS_ENDPOINT_URL = await listen(silent);
    const env = { ...CREDENTIALS, ...REGION, AWS_ENDPOINT_URL };
    const { pid, ended } = spawnCli(['status', '--aws'], env);
    await once(silent, 'connection');
    process.kill(-pid, 'SIGINT');
    expect(await ended).toBe(130);
    silent.close();
  }, 30_000);

  it.each([
    ['no region', () => CREDENTIALS, 'No AWS region is set.'],
    ['no credentials', () => REGION, 'There are no AWS credentials to use'],
    [
      'an endpoint where nobody listens',
      async () => ({ ...CREDENTIALS, ...REGION, AWS_ENDPOINT_URL: await closedEndpoint() }),
      'Nothing answers at the AWS endpoint.',
    ],
  ])(
    'says without a stack that there is %s',
    async (_, environment, message) => {
      const { ended, notes } = spawnCli(['status', '--aws'], await environment());
      expect(await ended).toBe(1);
      expect(await notes).toContain(message);
      expect(await notes).not.toContain('    at ');
    },
    30_000,
  );
});
