import { App, Tags } from 'aws-cdk-lib';
import { ContractRegistry } from '../src/datasets/registry.ts';
import { stackNameOf } from '../src/shared/stack-outputs.ts';
import { contractsFolderOf, readConfig } from './config.ts';
import { MillraceStack } from './millrace-stack.ts';

const app = new App();
const config = readConfig(app.node);
// A contract that cannot be used must stop the deployment, not the first file.
ContractRegistry.read(contractsFolderOf(config));

new MillraceStack(app, stackNameOf(config.stage), {
  config,
  description: 'Millrace: turns files dropped into a bucket into clean records, one execution each',
});
Tags.of(app).add('application', 'millrace');
Tags.of(app).add('stage', config.stage);
