/**
 * The way in: SES stores a mail and tells a topic, the topic fills a queue, the queue feeds the worker.
 * What cannot be handled after five deliveries waits among the dead letters and wakes somebody.
 *
 * Bounces and complaints come the same way. A queue of their own would be polled day and night for
 * 0.26 USD a month, half of what a thousand jobs cost.
 */
import {
  Duration,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  aws_sns as sns,
  aws_sns_subscriptions as subscriptions,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { Alarms } from '../monitoring/alarms.ts';
import type { Names, QueueKind, TopicKind } from '../names.ts';

export interface IntakeProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly alarms: Alarms;
  readonly mail: s3.Bucket;
  /** Key of our own. @default keys of the services */
  readonly key?: kms.IKey;
}

export class Intake extends Construct {
  readonly queue: sqs.Queue;
  readonly deadLetters: sqs.Queue;
  /** Where failed scheduled tasks end. */
  readonly deadTasks: sqs.Queue;
  readonly topics: Readonly<Record<'received' | 'bounces' | 'complaints' | 'deliveries', sns.Topic>>;

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    const { settings } = props;
    this.deadLetters = this.newQueue('DeadLetters', 'intake-dead', props, {});
    this.deadTasks = this.newQueue('DeadTasks', 'tasks-dead', props, {});
    this.queue = this.newQueue('Queue', 'intake', props, {
      // Six times the worker's time, as Lambda asks: a mail must not come again while it is worked on.
      visibilityTimeout: Duration.seconds(6 * settings.worker.timeout),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: settings.deliveries },
    });

    this.topics = {
      received: this.newTopic('Received', 'received', props),
      bounces: this.newTopic('Bounces', 'bounces', props),
      complaints: this.newTopic('Complaints', 'complaints', props),
      deliveries: this.newTopic('Deliveries', 'deliveries', props),
    };
    for (const topic of Object.values(this.topics)) {
      // What the queue does not take is put where the queue puts it, too: one alarm, one way back.
      topic.addSubscription(new subscriptions.SqsSubscription(this.queue, { deadLetterQueue: this.deadLetters }));
    }
    if (settings.canaryDomain) this.letTestMailEnd(props);
    this.letSesStore(props);
    this.notifyOfUploads(props);
    this.watch(props);
  }

  private newQueue(id: string, kind: QueueKind, props: IntakeProps, more: sqs.QueueProps): sqs.Queue {
    return new sqs.Queue(this, id, {
      queueName: props.names.of(kind),
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      ...(props.key
        ? { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: props.key }
        : { encryption: sqs.QueueEncryption.SQS_MANAGED }),
      ...more,
    });
  }

  /** What the topic of the test mail cannot deliver; its subscription is another stack's and knows this queue by name. */
  private letTestMailEnd(props: IntakeProps): void {
    this.deadTasks.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'TestMailEnds',
        principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.deadTasks.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': props.names.topicArn('canary') } },
      }),
    );
  }

  private newTopic(id: string, kind: TopicKind, props: IntakeProps): sns.Topic {
    return newTopic(this, id, kind, props.names, props.key);
  }

  /** SES writes under in/ and canary/, for this account only. */
  private letSesStore(props: IntakeProps): void {
    const account = props.mail.stack.account;
    props.mail.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'SesStoresMail',
        principals: [new iam.ServicePrincipal('ses.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [props.mail.arnForObjects('in/*'), props.mail.arnForObjects('canary/*')],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
  }

  /**
   * Uploaded files ring the same bell. The property is set on the bucket itself: CDK's own way is a
   * function with rights on every bucket of the account.
   */
  private notifyOfUploads(props: IntakeProps): void {
    const permission = this.queue.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'UploadsRing',
        principals: [new iam.ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: {
          // By its name: the bucket waits for this policy and cannot be referred to.
          ArnEquals: { 'aws:SourceArn': props.names.bucketArn('mail') },
          StringEquals: { 'aws:SourceAccount': props.mail.stack.account },
        },
      }),
    );
    const bucket = props.mail.node.defaultChild as s3.CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: this.queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: 'upload/' }] } },
        },
      ],
    };
    if (permission.policyDependable) props.mail.node.addDependency(permission.policyDependable);
  }

  private watch(props: IntakeProps): void {
    const { alarms, settings } = props;
    const { thresholds } = settings;
    const minute = Duration.minutes(1);
    alarms.critical('dead-letters', {
      title: 'A mail could not be handled and lies among the dead letters',
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
      above: 0,
    });
    alarms.critical('queue-depth', {
      title: `More than ${thresholds.pendingMails} mails have waited for ten minutes`,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
      above: thresholds.pendingMails,
      points: [10, 10],
    });
    alarms.critical('oldest-mail', {
      title: `A mail has waited for more than ${thresholds.oldestMailMinutes} minutes`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: minute, statistic: 'Maximum' }),
      above: 60 * thresholds.oldestMailMinutes,
      points: [3, 5],
    });
    alarms.warning('dead-tasks', {
      title: 'A scheduled task failed for good',
      metric: this.deadTasks.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
      above: 0,
    });
    alarms.warning('pending-mails', {
      title: `More than ${thresholds.pendingMails} mails are waiting or being put off`,
      metric: alarms.sum({
        waiting: this.queue.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
        inwork: this.queue.metricApproximateNumberOfMessagesNotVisible({ period: minute, statistic: 'Maximum' }),
        delayed: this.queue.metricApproximateNumberOfMessagesDelayed({ period: minute, statistic: 'Maximum' }),
      }),
      above: thresholds.pendingMails,
    });
  }
}

/** A topic that speaks TLS only and lets SES and CloudWatch of this account publish; to warnings, budgets too. */
export function newTopic(
  scope: Construct,
  id: string,
  kind: TopicKind,
  names: Names,
  key?: kms.IKey,
): sns.Topic {
  const topic = new sns.Topic(scope, id, {
    topicName: names.of(kind),
    enforceSSL: true,
    ...(key && { masterKey: key }),
  });
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'ServicesPublish',
      principals: [
        new iam.ServicePrincipal('ses.amazonaws.com'),
        new iam.ServicePrincipal('cloudwatch.amazonaws.com'),
        ...(kind === 'warnings' ? [new iam.ServicePrincipal('budgets.amazonaws.com')] : []),
      ],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': topic.stack.account } },
    }),
  );
  return topic;
}
