/**
 * Names that can be known without asking. Stacks refer to each other by them and not by exports, so
 * that each can be deployed by itself, a restored table can take the place of a lost one, and the
 * commands of the runbook can be copied.
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from './config.ts';

export type BucketKind = 'mail' | 'temp' | 'archive' | 'logs' | 'trail';
export type TableKind = 'jobs' | 'mailbox' | 'rates';
export type QueueKind = 'intake' | 'intake-dead' | 'tasks-dead';
export type TopicKind =
  | 'critical'
  | 'warnings'
  | 'received'
  | 'bounces'
  | 'complaints'
  | 'deliveries'
  | 'canary';

/** Names of one environment, as seen from one stack. */
export class Names {
  private readonly stack: Stack;
  private readonly settings: Settings;

  constructor(scope: Construct, settings: Settings) {
    this.stack = Stack.of(scope);
    this.settings = settings;
  }

  /** A name with the environment in it: `investtax-dev-worker`. */
  of(what: string): string {
    return `investtax-${this.settings.environment}-${what}`;
  }

  /** Bucket names are shared by the whole world, hence account and region. */
  bucket(kind: BucketKind, region: string = this.settings.region): string {
    return `${this.of(kind)}-${this.stack.account}-${region}`;
  }

  bucketArn(kind: BucketKind, region?: string): string {
    return `arn:aws:s3:::${this.bucket(kind, region)}`;
  }

  /** The table in use: the one of the stack, or the one restored in its place. */
  table(kind: TableKind): string {
    return this.settings.restored[kind] ?? this.of(kind);
  }

  tableArn(kind: TableKind): string {
    return this.arn('dynamodb', 'table', this.table(kind));
  }

  queueArn(kind: QueueKind): string {
    return this.stack.formatArn({
      service: 'sqs',
      resource: this.of(kind),
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
  }

  queueUrl(kind: QueueKind): string {
    return `https://sqs.${this.stack.region}.${this.stack.urlSuffix}/${this.stack.account}/${this.of(kind)}`;
  }

  topicArn(kind: TopicKind): string {
    return this.stack.formatArn({
      service: 'sns',
      resource: this.of(kind),
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
  }

  functionArn(name: string): string {
    return this.stack.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: this.of(name),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  stateMachineArn(): string {
    return this.stack.formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: this.of('large-work'),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** SES names identities by their domain. */
  identityArn(domain: string): string {
    return this.arn('ses', 'identity', domain);
  }

  configurationSetArn(): string {
    return this.arn('ses', 'configuration-set', this.of('answers'));
  }

  /** The mailbox. */
  get address(): string {
    return `${this.settings.localPart}@${this.settings.domain}`;
  }

  private arn(service: string, resource: string, resourceName: string): string {
    return this.stack.formatArn({ service, resource, resourceName });
  }
}
