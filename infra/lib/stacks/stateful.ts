/** What must not be lost: mail, tables, archive, the queue with what is under way, the mail domain. */
import { Duration, aws_cloudwatch as cloudwatch, aws_kms as kms } from 'aws-cdk-lib';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { Audit } from '../audit/index.ts';
import { Intake, newTopic } from '../intake/index.ts';
import { Alarms } from '../monitoring/alarms.ts';
import { Outbound } from '../outbound/index.ts';
import { Backups } from '../storage/backups.ts';
import { Buckets } from '../storage/buckets.ts';
import { customerKey } from '../storage/key.ts';
import { BY_OWNER, Tables } from '../storage/tables.ts';
import type { TableKind } from '../names.ts';
import { Base, type BaseProps } from './base.ts';

export class StatefulStack extends Base {
  readonly key: kms.Key | undefined;

  constructor(scope: Construct, props: BaseProps) {
    super(scope, 'stateful', props);
    const { settings, names } = this;
    this.key = customerKey(this, settings, names);
    const common = { settings, names, ...(this.key && { key: this.key }) };
    const alarms = new Alarms(this, common);

    const critical = newTopic(this, 'Critical', 'critical', names, this.key);
    const warnings = newTopic(this, 'Warnings', 'warnings', names, this.key);
    const buckets = new Buckets(this, 'Buckets', common);
    const tables = new Tables(this, 'Tables', common);
    const intake = new Intake(this, 'Intake', { ...common, alarms, mail: buckets.mail });
    const { bounces, complaints, deliveries } = intake.topics;
    new Outbound(this, 'Outbound', { ...common, alarms, topics: { bounces, complaints, deliveries } });
    if (settings.canaryDomain) newTopic(this, 'Canary', 'canary', names, this.key);
    if (settings.backups) new Backups(this, 'Backups', { ...common, tables: tables.all });
    if (settings.trail) new Audit(this, 'Audit', settings, names);

    if (settings.operatorEmail) {
      for (const topic of [critical, warnings, bounces, complaints]) {
        topic.addSubscription(new EmailSubscription(settings.operatorEmail));
      }
    }
    this.watchTables(alarms);
  }

  private watchTables(alarms: Alarms): void {
    const metrics: Record<string, cloudwatch.IMetric> = {};
    const of = (name: string, table: TableKind, more: Record<string, string> = {}): void => {
      for (const what of ['Read', 'Write'] as const) {
        metrics[`${name}${what}`] = new cloudwatch.Metric({
          namespace: 'AWS/DynamoDB',
          metricName: `${what}ThrottleEvents`,
          statistic: 'Sum',
          period: Duration.minutes(1),
          dimensionsMap: { TableName: this.names.table(table), ...more },
        });
      }
    };
    for (const table of ['jobs', 'mailbox', 'rates'] as const) of(table, table);
    // An index is counted for itself.
    of('owners', 'jobs', { GlobalSecondaryIndexName: BY_OWNER });
    alarms.critical('table-throttles', {
      title: 'DynamoDB refuses reads or writes',
      metric: alarms.sum(metrics),
      above: 0,
      points: [2, 5],
    });
  }
}
