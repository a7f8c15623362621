import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ENGINE = join(import.meta.dirname, '../../infra/local/engine');
const packages = mkdtempSync(join(tmpdir(), 'millrace-packages-'));
afterAll(() => rmSync(packages, { recursive: true }));

/** Runs the launcher with the system's Python, which sees the packages of a folder of ours. */
function launch(): { status: number | null; stderr: string } {
  const env = { PATH: process.env.PATH ?? '', PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' };
  return spawnSync('python3', [ENGINE], { env, encoding: 'utf8', timeout: 10_000 });
}

it('refuses a Python without MiniStack, and says how to install it', () => {
  const { status, stderr } = launch();

  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^The local AWS needs ministack \d+\.\d+\.\d+, but this Python has none\./,
  );
  expect(stderr).toContain('pip install --require-hashes -r infra/local/engine/requirements.txt');
});

it('refuses a release that its patches were not written for', () => {
  const info = join(packages, 'ministack-1.5.0.dist-info');
  mkdirSync(info);
  writeFileSync(join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: ministack\nVersion: 1.5.0\n');

  const { status, stderr } = launch();

  expect(status).toBe(1);
  expect(stderr).toContain('but this Python has 1.5.0.');
});
