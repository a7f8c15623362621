import { randomUUID } from 'node:crypto';
import {
  LOCAL_ACCOUNT,
  LOCAL_CREDENTIALS,
  LOCAL_REGION,
  LocalAws,
} from '../../infra/local/local-aws.ts';
import { LocalHome } from '../../infra/local/local-home.ts';

/** A role for whatever needs one: the local AWS checks no permissions. */
export const ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/any`;

/** The local AWS that the contract tests share: started before the first, stopped after the last. */
export function engineUnderTest(): LocalAws {
  return new LocalAws(LocalHome.ofClone('engine-test'));
}

/**
 * Settings for SDK clients of a local AWS. They are given to each client and not put into
 * `process.env`, which all test projects of a Jest run share.
 */
export function clientConfig(aws = engineUnderTest()) {
  return {
    endpoint: aws.status().endpoint!,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  };
}

/** A name that no other test uses. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 8)}`;
