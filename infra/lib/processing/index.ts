/** The worker: one mail in, one answer or a hand-over out; and what it does by the clock. */
import {
  CfnOutput,
  Duration,
  Stack,
  TimeZone,
  aws_codedeploy as codedeploy,
  aws_cloudwatch as cloudwatch,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_scheduler as scheduler,
  aws_scheduler_targets as targets,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import { USE_KEY } from '../grants.ts';
import type { Alarms } from '../monitoring/alarms.ts';
import { own } from '../monitoring/metrics.ts';
import type { Names } from '../names.ts';
import { RustFunction, type RustFunctionProps } from './rust-function.ts';

export interface ProcessingProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly alarms: Alarms;
  readonly application: codedeploy.ILambdaApplication;
  readonly network?: NonNullable<RustFunctionProps['network']>;
  readonly key?: kms.IKey;
}

export class Processing extends Construct {
  readonly worker: RustFunction;

  constructor(scope: Construct, id: string, props: ProcessingProps) {
    super(scope, id);
    const { settings, names } = props;
    // A mail that fails is named in the answer to its batch, which Lambda counts as a success. One that cannot be
    // handled comes again every six minutes: two within five are two mails, and one bad mail stops no deployment,
    // not even that of its repair. So few mails come that a share of them means nothing.
    const broken = props.alarms.critical('broken-mails', {
      title: 'Two mails or more broke in the worker within five minutes',
      metric: own(settings, 'OutcomeCount', 'Sum', Duration.minutes(5), { Code: 'broken' }),
      above: 1,
    });
    const deadTasks = sqs.Queue.fromQueueArn(this, 'DeadTasks', names.queueArn('tasks-dead'));
    this.worker = new RustFunction(this, 'Worker', {
      ...props,
      program: 'worker',
      name: 'worker',
      description: 'Answers a mail, or hands it to the state machine if it is large',
      size: settings.worker,
      deadTasks,
      alsoBack: [broken],
      // A mail that waits for NBP goes through the worker's own queue every quarter of an hour. Lambda would take
      // that for a loop and drop it after four hours; the brake is the worker's own: 48 hours.
      recursiveLoop: lambda.RecursiveLoop.ALLOW,
    });
    this.worker.rights
      .read('mail', 'in/', 'upload/', 'uploaded/')
      .write('mail', 'uploaded/')
      .offerUploads()
      .eraseSenders()
      .read('archive', '')
      .write('archive', '')
      .keepJobs()
      .keepMailbox()
      .scanMailbox()
      .keepRates()
      .sendTo('intake')
      .startLargeWork()
      .answer(settings.domain);
    this.feed(props);
    this.schedule(props, deadTasks);
    this.watch(props);
  }

  private feed(props: ProcessingProps): void {
    const { settings, names } = props;
    const queueArn = names.queueArn('intake');
    this.worker.function.role?.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resources: [queueArn],
      }),
    );
    const feed = new lambda.EventSourceMapping(this, 'Feed', {
      target: this.worker.alias,
      eventSourceArn: queueArn,
      batchSize: settings.batchSize,
      reportBatchItemFailures: true,
      // Below the reserved concurrency, so that the queue waits instead of being refused, and the tasks of the
      // clock, two of which may meet, find room.
      maxConcurrency: Math.max(2, settings.worker.concurrency - 2),
    });
    new CfnOutput(Stack.of(this), 'WorkerFeed', {
      value: feed.eventSourceMappingId,
      description: 'What brings mail to the worker; switched off, mail waits in the queue',
    });
  }

  private schedule(props: ProcessingProps, deadTasks: sqs.IQueue): void {
    const { names } = props;
    const role = new iam.Role(this, 'Clock', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com'),
      description: 'Calls the worker by the clock',
    });
    props.key?.grant(role, ...USE_KEY);
    const task = (id: string, name: string, what: string, schedule: scheduler.ScheduleExpression): void => {
      new scheduler.Schedule(this, id, {
        scheduleName: names.of(name),
        description: what,
        schedule,
        target: new targets.LambdaInvoke(this.worker.alias, {
          role,
          input: scheduler.ScheduleTargetInput.fromObject({ task: name }),
          deadLetterQueue: deadTasks,
          maxEventAge: Duration.hours(1),
          retryAttempts: 3,
        }),
      });
    };
    task(
      'Rates',
      'rates',
      'Fetches what NBP published up to yesterday',
      scheduler.ScheduleExpression.cron({
        // The day that ended was a business day; the first mail of the new one need not wait.
        weekDay: 'TUE-SAT',
        hour: '0',
        minute: '20',
        timeZone: TimeZone.EUROPE_WARSAW,
      }),
    );
    task(
      'Outbox',
      'outbox',
      'Sends answers that were written but not sent',
      scheduler.ScheduleExpression.rate(Duration.minutes(5)),
    );
    task(
      'Forget',
      'forget',
      'Forgets what is past its time, files of conversations included',
      scheduler.ScheduleExpression.cron({ hour: '3', minute: '15', timeZone: TimeZone.EUROPE_WARSAW }),
    );
  }

  private watch(props: ProcessingProps): void {
    const { alarms, settings } = props;
    const { thresholds } = settings;
    alarms.critical('nbp-errors', {
      title: `More than ${thresholds.nbpErrorPercent} % of the requests to NBP fail`,
      metric: alarms.share(
        own(settings, 'NbpErrors', 'Sum', Duration.minutes(2)),
        own(settings, 'NbpRequests', 'Sum', Duration.minutes(2)),
        Duration.minutes(2),
      ),
      above: thresholds.nbpErrorPercent,
      points: [3, 5],
    });
    alarms.warning('slow-answers', {
      title: `Handling a mail takes more than ${thresholds.averageSeconds} seconds on average`,
      metric: own(settings, 'ProcessingTime', 'Average', Duration.minutes(15)),
      above: 1000 * thresholds.averageSeconds,
    });
    alarms.critical('replies-given-up', {
      title: 'An answer was written and will not be sent any more',
      metric: own(settings, 'RepliesGivenUp', 'Sum', Duration.minutes(5)),
      above: 0,
    });
    alarms.warning('full-day', {
      title: 'The day has had all its answers; mails wait for tomorrow',
      // Each comes again every quarter of an hour.
      metric: own(settings, 'OutcomeCount', 'Sum', Duration.hours(1), { Code: 'waiting-for-tomorrow' }),
      above: 0,
    });
    if (thresholds.mailsPerDay === 0) return;
    // The hourly test mail is answered, too.
    const own24 = settings.canaryDomain ? 24 : 0;
    alarms.warning('quiet-day', {
      title: `Fewer than ${thresholds.mailsPerDay} mails answered in a day`,
      metric: own(settings, 'OutcomeCount', 'Sum', Duration.days(1), { Code: 'answered' }),
      below: thresholds.mailsPerDay + own24,
      silence: cloudwatch.TreatMissingData.BREACHING,
    });
  }
}
