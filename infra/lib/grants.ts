/**
 * Rights, action by action. The grant methods of CDK give `s3:GetObject*` and its like; here every action
 * is named, and a test refuses stars.
 */
import { Stack, aws_iam as iam } from 'aws-cdk-lib';
import type { BucketKind, Names, QueueKind, TableKind } from './names.ts';
import { BY_OWNER } from './storage/tables.ts';

/** What a function needs of a key of our own to read and write what it protects. */
export const USE_KEY = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'];

/** What one function may do; each method adds one right. */
export class Rights {
  private readonly role: iam.Role;
  private readonly names: Names;

  constructor(role: iam.Role, names: Names) {
    this.role = role;
    this.names = names;
  }

  /** Read objects under these prefixes; listing is what makes a missing one a 404 and not a 403. */
  read(bucket: BucketKind, ...prefixes: string[]): this {
    this.objects(['s3:GetObject'], bucket, prefixes);
    return this.allow(['s3:ListBucket'], [this.names.bucketArn(bucket)]);
  }

  write(bucket: BucketKind, ...prefixes: string[]): this {
    return this.objects(['s3:PutObject'], bucket, prefixes);
  }

  remove(bucket: BucketKind, ...prefixes: string[]): this {
    return this.objects(['s3:DeleteObject'], bucket, prefixes);
  }

  /**
   * Delete everything of a sender who asks for it: kept jobs and files with all their versions, raw mail and
   * what was uploaded.
   */
  eraseSenders(): this {
    return this.remove('archive', '20', 'mailbox/', 'owners/')
      .objects(['s3:DeleteObjectVersion'], 'archive', ['20', 'mailbox/', 'owners/'])
      .allow(['s3:ListBucketVersions'], [this.names.bucketArn('archive')])
      .remove('mail', 'in/', 'uploaded/', 'upload/', 'offer/');
  }

  /**
   * Offer a place for a file too large for mail and take what comes. A signed link or form does what its
   * signer may do: read a page, and put a file under `upload/`, where nobody but the worker reads it.
   */
  offerUploads(): this {
    return this.read('mail', 'offer/').write('mail', 'offer/', 'upload/');
  }

  /** Remember conversations, senders, what was done and what waits to be sent. */
  keepMailbox(): this {
    return this.table('mailbox', 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem');
  }

  /** Go through the whole mailbox: the daily look for what is past its time. */
  scanMailbox(): this {
    return this.table('mailbox', 'Scan');
  }

  /** Read one by one what belongs to senders, and nothing else of the mailbox: not its secret, not its outbox. */
  readSenders(): this {
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['dynamodb:GetItem'],
        resources: [this.names.tableArn('mailbox')],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['owner#*'] } },
      }),
    );
    return this;
  }

  /** Note where a job stands. */
  noteJobs(): this {
    return this.table('jobs', 'UpdateItem');
  }

  /** Note where jobs stand, and list those of a sender. */
  keepJobs(): this {
    const owners = `${this.names.tableArn('jobs')}/index/${BY_OWNER}`;
    return this.noteJobs().allow(['dynamodb:Query'], [owners]);
  }

  /** Read rates and add to them; rates are never deleted. */
  keepRates(): this {
    return this.table('rates', 'GetItem', 'Query', 'PutItem');
  }

  /** Put messages of one's own queue off. */
  sendTo(queue: QueueKind): this {
    return this.allow(
      ['sqs:SendMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      [this.names.queueArn(queue)],
    );
  }

  startLargeWork(): this {
    return this.allow(['states:StartExecution'], [this.names.stateMachineArn()]);
  }

  /** Send mail, from the mailbox's address only. */
  answer(domain: string): this {
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['ses:SendEmail', 'ses:SendRawEmail'],
        resources: [this.names.identityArn(domain), this.names.configurationSetArn()],
        conditions: { StringEquals: { 'ses:FromAddress': this.names.address } },
      }),
    );
    return this;
  }

  private objects(actions: string[], bucket: BucketKind, prefixes: string[]): this {
    const arn = this.names.bucketArn(bucket);
    return this.allow(
      actions,
      prefixes.map((prefix) => `${arn}/${prefix}*`),
    );
  }

  private table(table: TableKind, ...actions: string[]): this {
    return this.allow(
      actions.map((action) => `dynamodb:${action}`),
      [this.names.tableArn(table)],
    );
  }

  private allow(actions: string[], resources: string[]): this {
    this.role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    return this;
  }
}

/** A role that may write to one log group and nothing else yet. */
export function bareRole(stack: Stack, role: iam.Role, logGroupName: string): iam.Role {
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [
        `arn:aws:logs:${stack.region}:${stack.account}:log-group:${logGroupName}:log-stream:*`,
      ],
    }),
  );
  return role;
}
