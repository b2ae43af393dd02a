/** Daily backups of the tables, beside point-in-time recovery: they survive the table's deletion. */
import {
  Duration,
  RemovalPolicy,
  aws_backup as backup,
  aws_dynamodb as dynamodb,
  aws_events as events,
  aws_iam as iam,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { Names } from '../names.ts';

export interface BackupsProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly tables: readonly dynamodb.ITableV2[];
}

export class Backups extends Construct {
  constructor(scope: Construct, id: string, props: BackupsProps) {
    super(scope, id);
    const { settings, names } = props;
    const vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: names.of('backups'),
      removalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: names.of('daily'),
      backupVault: vault,
      backupPlanRules: [
        new backup.BackupPlanRule({
          ruleName: 'daily',
          // 02:30 UTC: after the day's mail, before anybody is awake.
          scheduleExpression: events.Schedule.cron({ hour: '2', minute: '30' }),
          startWindow: Duration.hours(1),
          completionWindow: Duration.hours(3),
          deleteAfter: Duration.days(settings.keep.backups),
        }),
      ],
    });
    plan.addSelection('Tables', {
      role: new iam.Role(this, 'Role', {
        assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
        managedPolicies: [
          iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSBackupServiceRolePolicyForBackup'),
        ],
      }),
      disableDefaultBackupPolicy: true,
      resources: props.tables.map((table) => backup.BackupResource.fromArn(table.tableArn)),
    });
  }
}
