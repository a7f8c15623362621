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

  it('did meet faults of every kind, and the kill in the middle', () => {
    const { injected } = result.injected;
    const some = expect.any(Number) as number;
    const anyFault = { refuse: some, lose: some };
    expect(injected).toMatchObject({
      dynamodb: anyFault,
      lambda: anyFault,
      s3: anyFault,
      functions: { 'wrong clock': some },
    });
    const kinds = Object.values(injected).flatMap((ofService) => Object.keys(ofService));
    expect(kinds).toEqual(
      expect.arrayContaining([
        'delay',
        'kill',
        'duplicate delivery',
        'late delivery',
        'redelivery',
      ]),
    );
    expect(Object.keys(injected)).toEqual(
      expect.arrayContaining(['kinesis', 'sns', 'sqs', 'states']),
    );
    expect(result.killedAt).toHaveLength(OPTIONS.kills);
    expect(Math.min(...result.killedAt)).toBeGreaterThan(0);
  });
});
