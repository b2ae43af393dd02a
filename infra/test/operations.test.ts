/** Nothing is lost, everything is watched, and what wakes somebody has a chapter that helps. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LEVELS } from '../lib/monitoring/budget.ts';
import { LOG_FIELDS } from '../lib/contract.ts';
import { QUERIES, TOP_ERRORS } from '../lib/monitoring/queries.ts';
import { built, INFRA, statements, text } from './templates.ts';

const prod = built('prod', { operatorEmail: 'operator@example.com' });
const dev = built('dev');
const runbook = readFileSync(join(INFRA, 'RUNBOOK.md'), 'utf8');
const chapters = [...runbook.matchAll(/^## `([a-z0-9-]+)`/gm)].map((match) => match[1]!);
const bucket = (kind: string) =>
  prod.of('AWS::S3::Bucket').find((each) => String(each.Properties['BucketName']).startsWith(`investtax-prod-${kind}-`))!;

/** What an alarm measures, as `namespace metric dimension=value…`, and over how many seconds. */
function measured(id: string, of = prod): { metrics: string[]; period: number; expression: string } {
  const { Properties } = of.of('AWS::CloudWatch::Alarm').find((each) => String(each.Properties['AlarmName']).endsWith(`-${id}`))!;
  const named = (stat: Record<string, any>) =>
    [
      stat['Namespace'],
      stat['MetricName'],
      ...((stat['Dimensions'] ?? []) as { Name: string; Value: string }[]).map((each) => `${each.Name}=${text(each.Value)}`).sort(),
    ].join(' ');
  const parts = (Properties['Metrics'] ?? []) as Record<string, any>[];
  const stats = parts.filter((each) => each['MetricStat']);
  return {
    metrics: stats.length ? stats.map((each) => named(each['MetricStat'].Metric)) : [named(Properties)],
    period: Number(stats[0]?.['MetricStat'].Period ?? Properties['Period']),
    expression: parts.map((each) => String(each['Expression'] ?? '')).join(''),
  };
}

describe('queues', () => {
  test('every queue has dead letters, or is where they end', () => {
    for (const queue of prod.of('AWS::SQS::Queue')) {
      const name = String(queue.Properties['QueueName']);
      if (!name.endsWith('-dead')) expect(queue.Properties['RedrivePolicy'].maxReceiveCount).toBe(5);
    }
  });

  test('a mail does not come again while it is worked on', () => {
    const queue = prod.of('AWS::SQS::Queue').find((each) => each.Properties['QueueName'] === 'investtax-prod-intake')!;
    const worker = prod.of('AWS::Lambda::Function').find((each) => each.Properties['FunctionName'] === 'investtax-prod-worker')!;
    expect(queue.Properties['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * Number(worker.Properties['Timeout']));
  });

  test('one bad mail does not bring the others of its batch back', () => {
    const [feed] = prod.of('AWS::Lambda::EventSourceMapping');
    expect(feed!.Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
    expect(feed!.Properties['ScalingConfig'].MaximumConcurrency).toBeLessThan(20);
  });

  test('a mail that the worker puts off into its own queue is not taken for a loop', () => {
    const worker = prod.of('AWS::Lambda::Function').find((each) => each.Properties['FunctionName'] === 'investtax-prod-worker')!;
    expect(worker.Properties['RecursiveLoop']).toBe('Allow');
    const others = prod.of('AWS::Lambda::Function').filter((each) => each !== worker);
    for (const other of others) expect(other.Properties['RecursiveLoop']).toBeUndefined();
  });

  test('received mail, bounces, complaints and deliveries reach the queue', () => {
    const subscribed = prod
      .of('AWS::SNS::Subscription')
      .filter((each) => each.Properties['Protocol'] === 'sqs')
      .map((each) => text(each.Properties['TopicArn']));
    expect(subscribed).toHaveLength(4);
    expect(new Set(subscribed).size).toBe(4);
  });

  test('what a topic cannot deliver ends where it is seen and can be given back', () => {
    const policies = prod.of('AWS::SQS::QueuePolicy').map((each) => [text(each.Properties['Queues']), statements(each)] as const);
    const ends = prod
      .of('AWS::SNS::Subscription')
      .filter((each) => each.Properties['Protocol'] !== 'email')
      .map((each) => {
        const dead = text(each.Properties['RedrivePolicy']?.deadLetterTargetArn);
        const queue = prod.of('AWS::SQS::Queue').find((queue) => dead.includes(queue.id) || dead.endsWith(String(queue.Properties['QueueName'])));
        const let_in = policies.some(
          ([queues, all]) =>
            queue && queues.includes(queue.id) && all.some((one) => text(one.Principal).includes('sns.amazonaws.com') && text(one.Condition).includes('aws:SourceArn')),
        );
        return [each.Properties['Protocol'], queue?.Properties['QueueName'], let_in];
      });
    expect(ends.sort()).toEqual([
      ['lambda', 'investtax-prod-tasks-dead', true],
      ...Array.from({ length: 4 }, () => ['sqs', 'investtax-prod-intake-dead', true]),
    ]);
  });

  test('the queue leaves the worker room for the tasks of the clock', () => {
    const [feed] = prod.of('AWS::Lambda::EventSourceMapping');
    const worker = prod.of('AWS::Lambda::Function').find((each) => each.Properties['FunctionName'] === 'investtax-prod-worker')!;
    const room = Number(worker.Properties['ReservedConcurrentExecutions']) - Number(feed!.Properties['ScalingConfig'].MaximumConcurrency);
    expect(room).toBe(2);
  });

  test('uploads ring the queue, and the bucket waits for the permission', () => {
    const mail = bucket('mail');
    const [rule] = mail.Properties['NotificationConfiguration'].QueueConfigurations;
    expect(rule.Filter.S3Key.Rules).toEqual([{ Name: 'prefix', Value: 'upload/' }]);
    expect([mail.DependsOn].flat().join()).toContain('IntakeQueuePolicy');
    const upload = prod.of('AWS::SQS::QueuePolicy').flatMap(statements).find((each) => each.Sid === 'UploadsRing')!;
    expect(upload.Condition!['ArnEquals']!['aws:SourceArn']).toBe(`arn:aws:s3:::${String(mail.Properties['BucketName'])}`);
  });
});

describe('how long things are kept', () => {
  const days = (kind: string) =>
    bucket(kind).Properties['LifecycleConfiguration'].Rules as Record<string, any>[];

  test('raw mail 30 days, uploads 7, test mail 1', () => {
    const rules = Object.fromEntries(days('mail').map((rule) => [rule['Prefix'], rule['ExpirationInDays']]));
    expect(rules).toMatchObject({ 'in/': 30, 'uploaded/': 30, 'upload/': 7, 'offer/': 7, 'canary/': 1 });
  });

  test('what stages hand over: a day', () => {
    expect(days('temp').map((rule) => rule['ExpirationInDays'])).toEqual([1]);
  });

  test('the archive: Standard 30 days, IA until 90, Glacier IR until 365, then gone, versions too', () => {
    const rules = days('archive');
    const jobs = rules.find((rule) => rule['Prefix'] === '20')!;
    expect(jobs['Transitions']).toEqual([
      { StorageClass: 'STANDARD_IA', TransitionInDays: 30 },
      { StorageClass: 'GLACIER_IR', TransitionInDays: 90 },
    ]);
    expect(jobs['ExpirationInDays']).toBe(365);
    expect(rules.some((rule) => rule['NoncurrentVersionExpiration']?.NoncurrentDays === 30)).toBe(true);
    expect(rules.some((rule) => rule['ExpiredObjectDeleteMarker'])).toBe(true);
    expect(rules.filter((rule) => String(rule['Prefix']).startsWith('rates'))).toEqual([]);
    expect(bucket('archive').Properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' });
  });

  test('every log group has an end, and every function a log group', () => {
    const groups = prod.of('AWS::Logs::LogGroup');
    for (const group of groups) expect(group.Properties['RetentionInDays']).toBe(30);
    for (const each of prod.of('AWS::Lambda::Function')) {
      expect(each.Properties['LoggingConfig']?.LogGroup).toBeDefined();
    }
  });

  test('tables: on demand, encrypted, to any second of 35 days, daily copies for 7', () => {
    const tables = prod.of('AWS::DynamoDB::GlobalTable');
    expect(tables.map((each) => each.Properties['TableName'])).toEqual([
      'investtax-prod-jobs',
      'investtax-prod-mailbox',
      'investtax-prod-rates',
    ]);
    for (const table of tables) {
      expect(table.Properties['BillingMode']).toBe('PAY_PER_REQUEST');
      expect(table.Properties['TimeToLiveSpecification']).toEqual({ AttributeName: 'expires', Enabled: true });
      expect(table.Properties['Replicas'][0]).toMatchObject({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      });
    }
    const [plan] = prod.of('AWS::Backup::BackupPlan');
    expect(plan!.Properties['BackupPlan'].BackupPlanRule[0].Lifecycle).toEqual({ DeleteAfterDays: 7 });
    const [selection] = prod.of('AWS::Backup::BackupSelection');
    expect(selection!.Properties['BackupSelection'].Resources).toHaveLength(3);
  });

  test('production keeps its data when a stack is deleted, and stacks refuse to be', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::GlobalTable']) {
      for (const each of prod.of(type)) expect(each.DeletionPolicy).toBe('Retain');
      for (const each of dev.of(type)) expect(each.DeletionPolicy).toBe('Delete');
    }
    expect(prod.stacks.stateful.terminationProtection).toBe(true);
    expect(dev.stacks.stateful.terminationProtection).toBe(false);
  });
});

describe('alarms', () => {
  const alarms = prod.of('AWS::CloudWatch::Alarm');
  const ids = alarms.map((each) => String(each.Properties['AlarmName']).replace('investtax-prod-', ''));

  test('each has a chapter in the runbook, and each chapter of an alarm has one', () => {
    expect([...new Set([...ids, 'budget'])].sort()).toEqual([...chapters].sort());
  });

  test('each says what happened, links its chapter, and tells a topic', () => {
    for (const alarm of alarms) {
      const id = String(alarm.Properties['AlarmName']).replace('investtax-prod-', '');
      expect(alarm.Properties['AlarmDescription']).toContain(`RUNBOOK.md#${id}`);
      expect(text(alarm.Properties['AlarmActions'])).toMatch(/investtax-prod-(critical|warnings)/);
      expect(alarm.Properties['TreatMissingData']).toMatch(/breaching/i);
    }
  });

  const alarm = (id: string) => alarms.find((each) => each.Properties['AlarmName'] === `investtax-prod-${id}`)!.Properties;
  test('they sound when asked to', () => {
    expect(alarm('worker-errors')).toMatchObject({ Threshold: 5, DatapointsToAlarm: 3, EvaluationPeriods: 5 });
    expect(alarm('large-work-failures')).toMatchObject({ Threshold: 10 });
    expect(alarm('table-throttles')).toMatchObject({ Threshold: 0, DatapointsToAlarm: 2, EvaluationPeriods: 5 });
    expect(alarm('bounce-rate')).toMatchObject({ Threshold: 10 });
    expect(alarm('nbp-errors')).toMatchObject({ Threshold: 20, DatapointsToAlarm: 3, EvaluationPeriods: 5 });
    expect(alarm('worker-throttles')).toMatchObject({ Threshold: 0 });
    expect(alarm('queue-depth')).toMatchObject({ Threshold: 1000, DatapointsToAlarm: 10, EvaluationPeriods: 10 });
    expect(alarm('pending-mails')).toMatchObject({ Threshold: 1000 });
    expect(alarm('quiet-day')).toMatchObject({ Threshold: 29, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' });
    expect(alarm('dead-letters')).toMatchObject({ Threshold: 0 });
    expect(alarm('complaint-rate')).toMatchObject({ Threshold: 0.1 });
    expect(alarm('slow-answers')).toMatchObject({ Threshold: 30_000 });
  });

  test('a reply that was given up wakes somebody', () => {
    expect(measured('replies-given-up').metrics).toEqual(['InvestTax RepliesGivenUp Stage=prod']);
    expect(alarm('replies-given-up')).toMatchObject({ Threshold: 0, Statistic: 'Sum' });
    expect(text(alarm('replies-given-up')['AlarmActions'])).toContain('investtax-prod-critical');
  });

  test('mails that break are seen though Lambda counts no error, two within five minutes', () => {
    expect(measured('broken-mails')).toMatchObject({ metrics: ['InvestTax OutcomeCount Code=broken Stage=prod'], period: 300 });
    expect(alarm('broken-mails')).toMatchObject({ Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Sum' });
    expect(text(alarm('broken-mails')['AlarmActions'])).toContain('investtax-prod-critical');
  });

  test('a day that is full is told of', () => {
    expect(measured('full-day').metrics).toEqual(['InvestTax OutcomeCount Code=waiting-for-tomorrow Stage=prod']);
    expect(text(alarm('full-day')['AlarmActions'])).toContain('investtax-prod-warnings');
  });

  test('a refused mail is seen by whichever dimensions SES reports it', () => {
    const { metrics, expression } = measured('mail-refused');
    const [set, rule] = ['RuleSetName=investtax-prod-receiving', 'RuleName=investtax-prod-answer'];
    const by = [rule, set, `${rule} ${set}`].flatMap((dimensions) =>
      ['PublishFailure', 'PublishExpired'].map((name) => `AWS/SES ${name} ${dimensions}`),
    );
    expect([...metrics].sort()).toEqual(by.sort());
    expect(expression).toContain('MAX([');
    expect(expression.match(/FILL\(/g)).toHaveLength(6);
  });

  test('bounces are counted over a day, since an hour has one answer or two', () => {
    expect(measured('bounce-rate')).toMatchObject({ period: 86_400, metrics: ['AWS/SES Bounce', 'AWS/SES Send'] });
    expect(measured('bounce-rate').expression).toContain('>= 10');
  });

  test("SES's own figures are read before SES acts on them: review at 5 % and 0.1 %", () => {
    expect(measured('reputation-bounces').metrics).toEqual(['AWS/SES Reputation.BounceRate']);
    expect(alarm('reputation-bounces')['Threshold']).toBeLessThan(0.05);
    expect(measured('reputation-complaints').metrics).toEqual(['AWS/SES Reputation.ComplaintRate']);
    expect(alarm('reputation-complaints')['Threshold']).toBeLessThan(0.001);
  });

  test('a quiet day is one with few answers, whatever spam came, and only people make it loud', () => {
    expect(measured('quiet-day').metrics).toEqual(['InvestTax OutcomeCount Code=answered Stage=prod']);
    for (const name of ['dev', 'staging'] as const) {
      const ids = built(name).of('AWS::CloudWatch::Alarm').map((each) => String(each.Properties['AlarmName']));
      expect(ids).toContain(`investtax-${name}-dead-letters`);
      expect(ids).not.toContain(`investtax-${name}-quiet-day`);
    }
  });

  test('throttles of indexes are throttles', () => {
    const indexes = prod
      .of('AWS::DynamoDB::GlobalTable')
      .flatMap((table) =>
        ((table.Properties['GlobalSecondaryIndexes'] ?? []) as { IndexName: string }[]).map(
          (index) => `GlobalSecondaryIndexName=${index.IndexName} TableName=${String(table.Properties['TableName'])}`,
        ),
      );
    expect(indexes).toEqual(['GlobalSecondaryIndexName=by-owner TableName=investtax-prod-jobs']);
    for (const index of indexes) {
      expect(measured('table-throttles').metrics).toContain(`AWS/DynamoDB ReadThrottleEvents ${index}`);
      expect(measured('table-throttles').metrics).toContain(`AWS/DynamoDB WriteThrottleEvents ${index}`);
    }
  });

  test('the time of handling is below what the worker may take at all', () => {
    const worker = prod.of('AWS::Lambda::Function').find((each) => each.Properties['FunctionName'] === 'investtax-prod-worker')!;
    expect(alarm('slow-answers')['Threshold']).toBeLessThan(1000 * Number(worker.Properties['Timeout']));
  });

  test('the budget is that of the account, and its messages get through', () => {
    const [budget] = prod.of('AWS::Budgets::Budget');
    expect(budget!.Properties['Budget'].CostFilters).toBeUndefined();
    // Without an operator's address it speaks to a topic.
    const told = text(dev.of('AWS::Budgets::Budget')[0]!.Properties['NotificationsWithSubscribers']);
    expect(told).toContain('investtax-dev-warnings');
    const policies = dev.of('AWS::SNS::TopicPolicy').filter((each) => text(statements(each)).includes('budgets.amazonaws.com'));
    expect(policies.map((each) => text(each.Properties['Topics']))).toEqual([expect.stringMatching(/^<Warnings/)]);
    const keyed = built('prod', { customerKey: 'true' }).of('AWS::KMS::Key')[0]!;
    expect(text(keyed.Properties['KeyPolicy'])).toContain('budgets.amazonaws.com');
  });

  test('a second region takes no names that an account has only once', () => {
    const there = built('prod', { region: 'eu-west-1', replicaRegion: 'none' });
    const names = (of: typeof prod) => [
      String(of.of('AWS::Budgets::Budget')[0]!.Properties['Budget'].BudgetName),
      String(of.of('AWS::CloudTrail::Trail')[0]!.Properties['TrailName']),
      String(of.of('AWS::CloudWatch::Dashboard')[0]!.Properties['DashboardName']),
    ];
    for (const name of names(there)) expect(name).toContain('eu-west-1');
    expect(names(prod).filter((name) => names(there).includes(name))).toEqual([]);
  });

  test('the budget tells at three levels and of a forecast', () => {
    const [budget] = prod.of('AWS::Budgets::Budget');
    const told = budget!.Properties['NotificationsWithSubscribers'] as { Notification: { Threshold: number } }[];
    expect(told.map((each) => each.Notification.Threshold)).toEqual([...LEVELS, 100]);
  });

  test('the operator hears of alarms, bounces and complaints', () => {
    const mails = prod.of('AWS::SNS::Subscription').filter((each) => each.Properties['Protocol'] === 'email');
    expect(mails).toHaveLength(4);
  });
});

describe('what is seen', () => {
  test('the dashboard has every widget that was asked for', () => {
    const [dashboard] = prod.of('AWS::CloudWatch::Dashboard');
    expect(dashboard!.Properties['DashboardName']).toBe('InvestTax-Overview');
    const body = text(dashboard!.Properties['DashboardBody']);
    for (const title of ['Success and failure, 24 h', 'Mails per hour, 7 days', 'Time per stage', 'Top 5 errors', 'NBP:', 'Estimated cost', 'dead letters']) {
      expect(body).toContain(title);
    }
  });

  test('queries ask for fields that the lines have', () => {
    const known = new Set<string>([...LOG_FIELDS, 'level', 'message', 'failures', 'jobs', 'last', 'times']);
    const asked = [QUERIES['failed jobs by error']!, QUERIES['one job']!, ...TOP_ERRORS];
    for (const query of asked) {
      const words = query.replaceAll(/"[^"]*"|@\w+/g, '').match(/\b[a-z_]+\b(?!\()/gi)!;
      const grammar = new Set(['filter', 'in', 'and', 'stats', 'as', 'by', 'sort', 'desc', 'asc', 'limit', 'fields']);
      expect(words.filter((word) => !grammar.has(word) && !known.has(word))).toEqual([]);
    }
    const all = asked.join(' ');
    for (const field of LOG_FIELDS) expect(all).toMatch(new RegExp(`\\b${field}\\b`));
    expect(LOG_FIELDS).toEqual(['job', 'code', 'component']);
  });

  test('queries are saved', () => {
    expect(prod.of('AWS::Logs::QueryDefinition')).toHaveLength(Object.keys(QUERIES).length);
  });

  test('functions and the state machine are traced', () => {
    for (const each of prod.of('AWS::Lambda::Function')) {
      if (String(each.Properties['FunctionName']).endsWith('activation')) continue;
      expect(each.Properties['TracingConfig']).toEqual({ Mode: 'Active' });
    }
    expect(prod.of('AWS::StepFunctions::StateMachine')[0]!.Properties['TracingConfiguration']).toEqual({ Enabled: true });
  });

  test('everything that can be billed says for what', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::Lambda::Function', 'AWS::SQS::Queue']) {
      for (const each of prod.of(type)) {
        const tags = JSON.stringify(each.Properties['Tags']);
        expect(tags).toContain('"Key":"Environment","Value":"prod"');
        expect(tags).toContain('"Key":"Project"');
        expect(tags).toContain('"Key":"Component"');
      }
    }
  });
});

describe('deployment', () => {
  test('production moves 10 % for 10 minutes and goes back on an alarm', () => {
    const groups = prod.of('AWS::CodeDeploy::DeploymentGroup');
    expect(groups).toHaveLength(4);
    for (const group of groups) {
      expect(group.Properties['DeploymentConfigName']).toBe('CodeDeployDefault.LambdaCanary10Percent10Minutes');
      expect(group.Properties['AutoRollbackConfiguration']).toEqual({
        Enabled: true,
        Events: expect.arrayContaining(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']),
      });
      const alarms = (group.Properties['AlarmConfiguration'].Alarms as { Name: unknown }[]).map((each) => text(each.Name));
      const worker = String(group.Properties['DeploymentGroupName']).endsWith('-worker');
      expect(alarms).toHaveLength(worker ? 3 : 2);
      // What fails in a batch is no error to Lambda.
      expect(alarms.some((name) => name.includes('brokenmails'))).toBe(worker);
    }
  });

  test('old versions stay, so that going back is moving a pointer', () => {
    for (const version of prod.of('AWS::Lambda::Version')) expect(version.DeletionPolicy).toBe('Retain');
  });

  test('everything calls the alias', () => {
    const [feed] = prod.of('AWS::Lambda::EventSourceMapping');
    expect(text(feed!.Properties['FunctionName'])).toContain('Alias');
    const [machine] = prod.of('AWS::StepFunctions::StateMachine');
    for (const arn of Object.values(machine!.Properties['DefinitionSubstitutions'])) {
      expect(text(arn)).toContain('Alias');
    }
  });

  test('a restored table takes the place of a lost one', () => {
    const restored = built('prod', { 'restored-mailbox': 'investtax-prod-mailbox-restored' });
    const worker = restored.of('AWS::Lambda::Function').find((each) => each.Properties['FunctionName'] === 'investtax-prod-worker')!;
    expect(worker.Properties['Environment'].Variables.INVESTTAX_MAILBOX_TABLE).toBe('investtax-prod-mailbox-restored');
    const names = restored.of('AWS::DynamoDB::GlobalTable').map((each) => each.Properties['TableName']);
    expect(names).toContain('investtax-prod-mailbox');
    expect(text(restored.of('AWS::IAM::Policy').map((each) => each.Properties))).toContain('table/investtax-prod-mailbox-restored');
  });
});

describe('the runbook', () => {
  test('stops the worker so that nothing becomes a dead letter', () => {
    const [feed] = prod.of('AWS::Lambda::EventSourceMapping');
    const outputs = prod.templates['investtax-prod-application']!.toJSON()['Outputs'] as Record<string, { Value: unknown }>;
    expect(text(outputs['WorkerFeed']!.Value)).toContain(feed!.id);
    expect(runbook).toContain("OutputKey=='WorkerFeed'");
    expect(runbook).toContain('update-event-source-mapping');
    expect(runbook).not.toContain('put-function-concurrency');
  });

  test('starts a large mail anew and does not send it back to its end', () => {
    expect(runbook).toContain('redo-large <job>');
    expect(runbook).not.toContain('→ *Redrive*');
  });
});

describe('receiving', () => {
  test("reports on DMARC go to who asked for them, and not to the mailbox", () => {
    const dmarc = (of: typeof prod) =>
      Object.entries(of.templates[`investtax-prod-stateful`]!.toJSON()['Outputs'] as Record<string, { Value: unknown }>)
        .filter(([name]) => name.includes('Dmarc'))
        .map(([, output]) => text(output.Value));
    expect(dmarc(prod)).toHaveLength(2);
    for (const record of dmarc(prod)) expect(record).not.toContain('rua=');
    const asked = built('prod', { dmarcReports: 'dmarc@example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' });
    expect(dmarc(asked)[0]).toContain('rua=mailto:dmarc@example.com');
    const records = asked.of('AWS::Route53::RecordSet').map((each) => text(each.Properties['ResourceRecords']));
    expect(records.filter((each) => each.includes('v=DMARC1'))).toEqual([expect.stringContaining('rua=mailto:dmarc@example.com')]);
    expect(() => built('prod', { dmarcReports: 'postmaster@investtax.example' })).toThrow(/DMARC/);
  });

  test('mail for the domain is stored under in/ and told of with its verdicts', () => {
    const rules = prod.of('AWS::SES::ReceiptRule').map((each) => each.Properties['Rule']);
    expect(rules.map((rule) => rule.Actions[0].S3Action.ObjectKeyPrefix)).toEqual(['in/', 'canary/']);
    for (const rule of rules) {
      expect(rule).toMatchObject({ Enabled: true, ScanEnabled: true });
      expect(text(rule.Actions[0].S3Action.TopicArn)).toMatch(/investtax-prod-(received|canary)/);
    }
    expect(rules[0].Recipients).toEqual(['investtax.example']);
  });

  test('the rule set is switched on, which CloudFormation cannot do', () => {
    const [activation] = prod.of('Custom::AWS');
    expect(text(activation!.Properties['Create'])).toContain('setActiveReceiptRuleSet');
  });

  test('a bounce, a complaint and a delivery are told of', () => {
    const told = prod
      .of('AWS::SES::ConfigurationSetEventDestination')
      .map((each) => text(each.Properties['EventDestination'].MatchingEventTypes));
    expect(told.sort()).toEqual(['bounce reject', 'complaint', 'send delivery']);
    const [set] = prod.of('AWS::SES::ConfigurationSet');
    expect(set!.Properties['SuppressionOptions'].SuppressedReasons).toEqual(['BOUNCE', 'COMPLAINT']);
    expect(set!.Properties['DeliveryOptions'].TlsPolicy).toBe('REQUIRE');
  });

  test('the domain signs with DKIM and has a MAIL FROM of its own', () => {
    const [identity] = prod.of('AWS::SES::EmailIdentity');
    expect(identity!.Properties).toMatchObject({
      EmailIdentity: 'investtax.example',
      MailFromAttributes: { MailFromDomain: 'bounce.investtax.example', BehaviorOnMxFailure: 'REJECT_MESSAGE' },
      DkimAttributes: { SigningEnabled: true },
    });
  });
});
