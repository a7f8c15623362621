import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contractsFolderOf, readConfig } from '../../infra/config.ts';
import { MillraceStack } from '../../infra/millrace-stack.ts';
import type { Contract } from '../../src/datasets/contract.ts';
import { ContractRegistry } from '../../src/datasets/registry.ts';

const assemblies: string[] = [];
afterAll(() => assemblies.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const CDK_JSON = join(import.meta.dirname, '../../cdk.json');

/** What `cdk.json` says: above all the context, with feature flags and settings. */
export function readCdkJson(): { context: Record<string, unknown>; strict?: boolean } {
  return JSON.parse(readFileSync(CDK_JSON, 'utf8')) as ReturnType<typeof readCdkJson>;
}

/**
 * An app with the context of `cdk.json`. It bundles no functions and, unless it is asked to, leaves
 * out the validation of the template: both take longer than all the rest.
 */
export function createApp(settings: Record<string, unknown> = {}, props: AppProps = {}): App {
  const outdir = mkdtempSync(join(tmpdir(), 'millrace-assembly-'));
  assemblies.push(outdir);
  return new App({
    outdir,
    builtinCloudFormationValidation: false,
    ...props,
    context: { ...readCdkJson().context, 'aws:cdk:bundling-stacks': [], ...settings },
  });
}

/** The stack with the settings of the app's context, and with the shipped contracts or the given ones. */
export function createStack(app: App, contracts?: readonly Contract[]): MillraceStack {
  const config = readConfig(app.node);
  return new MillraceStack(app, 'Millrace-test', {
    config,
    contracts: contracts ?? ContractRegistry.read(contractsFolderOf(config)).contracts,
  });
}

/** The template of the stack with the given settings, over the defaults. */
export function synthesize(
  settings: Record<string, unknown> = {},
  contracts?: readonly Contract[],
): Template {
  return Template.fromStack(createStack(createApp(settings), contracts));
}
