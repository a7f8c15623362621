import { deployLocal } from '../../infra/local/deploy-local.ts';
import { LocalAws } from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';
import { openDeployment, type Deployment } from '../../src/cli/deployment.ts';
import { INTERRUPTED_EXIT_CODE } from '../../src/cli/interrupt.ts';
import { localTarget } from '../../src/cli/target.ts';

const HOME = 'bench';
const STAGE = 'bench';

/** The real app as `cdk.json` configures it, deployed to a local AWS of the benchmarks' own. */
export class BenchApp {
  readonly deployment: Deployment;
  readonly endpoint: string;
  readonly #aws: LocalAws;

  private constructor(aws: LocalAws, endpoint: string, deployment: Deployment) {
    this.#aws = aws;
    this.endpoint = endpoint;
    this.deployment = deployment;
  }

  /**
   * Runs a measurement on an app of its own: nothing is stored and no function's process runs when it
   * starts, and nothing is left when it ends, be it by Ctrl-C. The local AWS holds what it stores in
   * memory, so that large files should not share one.
   *
   * @param settings what differs from `cdk.json`, see `infra/config.ts`
   */
  static async use<T>(
    settings: Readonly<Record<string, string | number>>,
    measure: (app: BenchApp) => Promise<T>,
  ): Promise<T> {
    const aws = new LocalAws(LocalHome.ofClone(HOME));
    const interrupt = (): void =>
      void aws.reset().finally(() => process.exit(INTERRUPTED_EXIT_CODE));
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    try {
      return await measure(await BenchApp.#start(aws, settings));
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      await aws.reset();
    }
  }

  static async #start(
    aws: LocalAws,
    settings: Readonly<Record<string, string | number>>,
  ): Promise<BenchApp> {
    await aws.reset();
    await aws.start();
    await deployLocal(aws, { stage: STAGE, settings });
    const endpoint = aws.status().endpoint ?? '';
    return new BenchApp(aws, endpoint, await openDeployment(localTarget(STAGE, endpoint)));
  }

  /**
   * Process id of the local AWS, whose children are the functions' processes.
   *
   * @throws Error when it has ended
   */
  get enginePid(): number {
    const { pid } = this.#aws.status();
    if (pid === undefined) throw new Error('the local AWS has ended');
    return pid;
  }
}
