import { deployLocal } from '../../../infra/local/deploy-local.ts';
import type { LocalAws } from '../../../infra/local/local-aws.ts';
import type { Console } from '../console.ts';

/** Starts the local AWS and deploys the app to it. */
export async function localUp(
  aws: LocalAws,
  { stage, signal }: { readonly stage: string; readonly signal?: AbortSignal },
  console: Console,
): Promise<void> {
  const options = { stage, ...(signal !== undefined && { signal }) };
  console.note('Starting the local AWS; the first time it is installed, which takes a while ...');
  const started = await aws.start(signal);
  const { endpoint } = aws.status();
  console.note(
    `${started ? 'Started' : 'Running'} at ${endpoint ?? ''}. Deploying with the CDK ...`,
  );
  await deployLocal(aws, options);
  console.note(`Deployed. Logs are in ${aws.home.folder('logs')}.`);
}

/**
 * Does work that may start the local AWS. Where Ctrl-C ends it, nothing is left running that was not
 * running before.
 */
export async function stoppedOnInterrupt<T>(
  aws: Pick<LocalAws, 'status' | 'stop'>,
  signal: AbortSignal,
  console: Console,
  work: () => Promise<T>,
): Promise<T> {
  const ranBefore = aws.status().running;
  try {
    return await work();
  } catch (error) {
    if (signal.aborted && !ranBefore && (await aws.stop())) {
      console.note('\nInterrupted. The local AWS has been stopped.');
    }
    throw error;
  }
}

/** Stops the local AWS; what it holds is kept for the next start. */
export async function localDown(aws: LocalAws, console: Console): Promise<void> {
  const stopped = await aws.stop();
  console.note(stopped ? 'Stopped. What it holds is kept.' : 'The local AWS was not running.');
}

/** Says whether the local AWS runs, and where. */
export function localStatus(aws: LocalAws, json: boolean, console: Console): void {
  const status = aws.status();
  if (json) return console.result(JSON.stringify(status, null, 2));
  const { running, endpoint, pid, home } = status;
  const state = running ? `running at ${endpoint ?? ''} (process ${pid ?? 0})` : 'stopped';
  console.result(`The local AWS is ${state}.\nState and logs: ${home}`);
}

/** Stops the local AWS and deletes everything it holds. */
export async function localReset(aws: LocalAws, console: Console): Promise<void> {
  await aws.reset();
  console.note('The local AWS is empty. Deploy again with "npx millrace local up".');
}

/** Prints what points other programs, such as the CDK and the AWS CLI, to the local AWS. */
export function localEnvironment(aws: LocalAws, json: boolean, console: Console): void {
  const variables = aws.environment();
  if (json) return console.result(JSON.stringify(variables, null, 2));
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  console.result(lines.join('\n'));
}
