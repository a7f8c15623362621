import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { runChaos, type ChaosResult } from './chaos-run.ts';

/** `npm run chaos -- --files 24 --kills 1 --seed 7` does the same. */
const OPTIONS = { files: 24, faults: 0.1, kills: 1, seed: 7 };

let result: ChaosResult;

beforeAll(async () => {
  result = await runChaos(new LocalAws(LocalHome.ofClone('chaos-test')), OPTIONS);
}, 600_000);

describe('two dozen files, while every tenth call fails and everything is killed once', () => {
  it('are neither lost, nor doubled, nor cut short, and every failure is explained', () => {
    expect(result.violations).toEqual([]);
  });

  it('did meet faults at every service, and the kill', () => {
    const faults = Object.values(result.injected.injected).flatMap((kinds) => Object.values(kinds));
    expect(Object.keys(result.injected.injected)).toEqual(
      expect.arrayContaining(['dynamodb', 'functions', 'lambda', 's3', 'sns', 'sqs', 'states']),
    );
    expect(faults.reduce((sum, times) => sum + times, 0)).toBeGreaterThan(OPTIONS.files);
    expect(result.killedAt).toHaveLength(1);
  });
});
