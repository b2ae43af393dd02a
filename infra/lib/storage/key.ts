/** The optional key of our own, and the services that must be able to use it. */
import { Duration, RemovalPolicy, Stack, aws_iam as iam, aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { Names } from '../names.ts';

/** Services that put something into a bucket, topic or queue of ours by themselves. */
const SERVICES = [
  'ses.amazonaws.com',
  'sns.amazonaws.com',
  's3.amazonaws.com',
  'cloudwatch.amazonaws.com',
  'budgets.amazonaws.com',
  'scheduler.amazonaws.com',
] as const;

/** @returns the key, or nothing if the services' own keys are enough. */
export function customerKey(scope: Construct, settings: Settings, names: Names): kms.Key | undefined {
  if (!settings.customerKey) return undefined;
  const key = new kms.Key(scope, 'Key', {
    alias: names.of('data'),
    description: 'Mail, jobs and archive',
    enableKeyRotation: true,
    rotationPeriod: Duration.days(365),
    pendingWindow: Duration.days(30),
    removalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'ServicesThatDeliver',
      principals: SERVICES.map((service) => new iam.ServicePrincipal(service)),
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  return key;
}
