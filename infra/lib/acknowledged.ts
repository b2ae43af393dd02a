/** Findings of cdk-nag that are as they should be, each with its reason. */
import { Validations } from 'aws-cdk-lib';
import type { Stacks } from './app.ts';

export function acknowledge(_stacks: Stacks): void {
  void Validations;
}
