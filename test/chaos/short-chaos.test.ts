import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { runChaos, SERVICES, type ChaosResult } from './chaos-run.ts';

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

  it('did meet faults at every service, and the kill in the middle', () => {
    // How many there are of a kind is chance; whether a function's process was killed, too, in so short a run.
    const { calls, injected } = result.injected;
    const sum = (counts: readonly number[]): number =>
      counts.reduce((total, each) => total + each, 0);
    const faultsOf = (service: string): number => sum(Object.values(injected[service] ?? {}));
    const countOf = (...kinds: string[]): number =>
      sum(Object.values(injected).flatMap((counts) => kinds.map((kind) => counts[kind] ?? 0)));

    const called = SERVICES.map((service) => calls[service] ?? 0);
    expect(Math.min(...called)).toBeGreaterThan(0);
    expect(sum(SERVICES.map(faultsOf))).toBeGreaterThan((OPTIONS.faults / 2) * sum(called));
    expect(countOf('refuse')).toBeGreaterThan(0);
    expect(countOf('lose')).toBeGreaterThan(0);
    expect(countOf('delay')).toBeGreaterThan(0);
    expect(countOf('duplicate delivery', 'late delivery', 'redelivery')).toBeGreaterThan(0);
    expect(countOf('wrong clock')).toBeGreaterThan(0);
    expect(result.killedAt).toHaveLength(OPTIONS.kills);
    expect(Math.min(...result.killedAt)).toBeGreaterThan(0);
  });
});
