import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { runChaos, type ChaosResult } from '../chaos/chaos-run.ts';

/** The short form of `npm run chaos`; on a local AWS of its own, because others share that of the tests. */
const aws = new LocalAws(LocalHome.ofClone('e2e-chaos'));
const SEED = 20_261_120;
const FILES = 60;

let result: ChaosResult;

beforeAll(async () => {
  result = await runChaos(aws, { files: FILES, faults: 0.1, kills: 1, seed: SEED });
}, 900_000);

afterAll(() => aws.reset());

describe(`${FILES} files, a tenth of all service calls failing, everything killed once (seed ${SEED})`, () => {
  it('meet faults of every service', () => {
    const services = ['dynamodb', 'functions', 'lambda', 's3', 'sns', 'sqs', 'states'];
    expect(Object.keys(result.injected.injected)).toEqual(expect.arrayContaining(services));
    expect(result.killedAt).toHaveLength(1);
    expect(result.repeatedAttempts).toBeGreaterThan(0);
  });

  it('lose nothing, double nothing, leave nothing partial and nothing unexplained', () => {
    expect(result.violations).toEqual([]);
  });

  it('have the outputs of a run without faults', () => {
    expect(result.outputs).toBeGreaterThan(FILES);
  });
});
