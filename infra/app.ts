import { App, Tags } from 'aws-cdk-lib';
import { InvalidContractError } from '../src/datasets/contract.ts';
import { ContractRegistry } from '../src/datasets/registry.ts';
import { stackNameOf } from '../src/shared/stack-outputs.ts';
import { contractsFolderOf, InvalidConfigError, readConfig } from './config.ts';
import { MillraceStack } from './millrace-stack.ts';

const app = new App();
const config = orEnd(() => readConfig(app.node));
// A contract that cannot be used must stop the deployment, not the first file.
const { contracts } = orEnd(() => ContractRegistry.read(contractsFolderOf(config)));

new MillraceStack(app, stackNameOf(config.stage), {
  config,
  contracts,
  description: 'Millrace: turns files dropped into a bucket into clean records, one execution each',
});
Tags.of(app).add('application', 'millrace');
Tags.of(app).add('stage', config.stage);

/** What `read` returns; what the user can mend ends the synthesis in its own words, without a stack. */
function orEnd<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isExpected = error instanceof InvalidConfigError || error instanceof InvalidContractError;
    if (!isExpected) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
