/**
 * Rights, action by action. The grant methods of CDK give `s3:GetObject*` and its like; here every action
 * is named, and a test refuses stars.
 */
import { Stack, aws_iam as iam } from 'aws-cdk-lib';
import type { BucketKind, Names, QueueKind, TableKind } from './names.ts';
import { BY_OWNER } from './storage/tables.ts';

const READ_TABLE = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const WRITE_TABLE = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
];

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

  readTable(table: TableKind): this {
    return this.table(READ_TABLE, table);
  }

  writeTable(table: TableKind): this {
    return this.table([...READ_TABLE, ...WRITE_TABLE], table);
  }

  /** Go through a whole table: the daily look for what is past its time. */
  scanTable(table: TableKind): this {
    return this.allow(['dynamodb:Scan'], [this.names.tableArn(table)]);
  }

  /** Read the one item that every program needs to start, the key of the tokens, and no other. */
  readSecret(): this {
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['dynamodb:GetItem'],
        resources: [this.names.tableArn('mailbox')],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['secret'] } },
      }),
    );
    return this;
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

  private table(actions: string[], table: TableKind): this {
    const arn = this.names.tableArn(table);
    const index = { jobs: BY_OWNER, mailbox: undefined, rates: undefined }[table];
    return this.allow(actions, index ? [arn, `${arn}/index/${index}`] : [arn]);
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
