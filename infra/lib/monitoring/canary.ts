/**
 * A test mail every hour, through everything that a person's mail goes through: from another domain, over
 * SES in, the worker, SES out. It carries a purchase and a sale in złoty whose tax is known beforehand.
 */
import {
  Duration,
  RemovalPolicy,
  Stack,
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_scheduler as scheduler,
  aws_scheduler_targets as targets,
  aws_sns as sns,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../config.ts';
import { Rights, USE_KEY, bareRole } from '../grants.ts';
import type { Names } from '../names.ts';
import type { Alarms } from './alarms.ts';
import { own } from './metrics.ts';

export interface CanaryProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly alarms: Alarms;
  /** The domain that the test mail comes from and its answer goes to. */
  readonly canaryDomain: string;
  /** Key of our own, under which its answers lie. @default the key of S3 */
  readonly key?: kms.IKey;
}

export class Canary extends Construct {
  constructor(scope: Construct, id: string, props: CanaryProps) {
    super(scope, id);
    const { settings, names, alarms, canaryDomain } = props;
    const functionName = names.of('canary');
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: settings.keep.logs,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = bareRole(
      Stack.of(this),
      new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }),
      logGroup.logGroupName,
    );
    new Rights(role, names).read('mail', 'canary/');
    props.key?.grant(role, ...USE_KEY);
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['ses:SendEmail', 'ses:SendRawEmail'],
        resources: [names.identityArn(canaryDomain), names.configurationSetArn()],
        conditions: { StringEquals: { 'ses:FromAddress': `canary@${canaryDomain}` } },
      }),
    );
    const dead = sqs.Queue.fromQueueArn(this, 'DeadTasks', names.queueArn('tasks-dead'));
    const canary = new lambda.Function(this, 'Function', {
      functionName,
      description: 'Sends a test mail every hour and reads its answer',
      runtime: lambda.Runtime.PYTHON_3_14,
      architecture: lambda.Architecture.ARM_64,
      handler: 'canary.handle',
      code: lambda.Code.fromAsset(fileURLToPath(new URL('./canary', import.meta.url)), {
        exclude: ['test_*', '__pycache__'],
      }),
      role,
      logGroup,
      memorySize: 256,
      timeout: Duration.seconds(30),
      reservedConcurrentExecutions: 1,
      tracing: lambda.Tracing.ACTIVE,
      deadLetterQueue: dead,
      environment: {
        ENVIRONMENT: settings.environment,
        FROM: `canary@${canaryDomain}`,
        TO: names.address,
        CONFIGURATION_SET: names.of('answers'),
      },
    });
    sns.Topic.fromTopicArn(this, 'Answers', names.topicArn('canary')).addSubscription(
      new LambdaSubscription(canary, { deadLetterQueue: dead }),
    );
    new scheduler.Schedule(this, 'Hourly', {
      scheduleName: names.of('canary'),
      description: 'A test mail, seven minutes past the hour: not when everybody else sends',
      schedule: scheduler.ScheduleExpression.cron({ minute: '7' }),
      target: new targets.LambdaInvoke(canary, {
        input: scheduler.ScheduleTargetInput.fromObject({ task: 'send' }),
        deadLetterQueue: dead,
        retryAttempts: 2,
      }),
    });
    alarms.critical('test-mail-lost', {
      title: 'Two test mails in a row got no right answer',
      metric: own(settings, 'CanaryRoundTrip', 'SampleCount', Duration.hours(1)),
      below: 1,
      points: [2, 2],
      silence: cloudwatch.TreatMissingData.BREACHING,
    });
  }
}
