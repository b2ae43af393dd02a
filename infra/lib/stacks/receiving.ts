/**
 * SES receives. A stack of its own: an account has one active rule set, and switching it off is how mail
 * is stopped at the door while everything else stays.
 */
import { Duration, RemovalPolicy, aws_cloudwatch as cloudwatch, aws_iam as iam, aws_logs as logs, aws_ses as ses } from 'aws-cdk-lib';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import { Alarms } from '../monitoring/alarms.ts';
import { Base, type BaseProps } from './base.ts';

export class ReceivingStack extends Base {
  constructor(scope: Construct, props: BaseProps) {
    super(scope, 'receiving', props);
    const { settings, names } = this;
    const set = new ses.CfnReceiptRuleSet(this, 'Rules', { ruleSetName: names.of('receiving') });
    // The domain and not the address: SES compares the whole left side, and replies come to calc+token@.
    const answer = this.rule(set, 'Answer', settings.domain, 'in/', names.topicArn('received'));
    if (settings.canaryDomain) {
      const test = this.rule(set, 'Canary', settings.canaryDomain, 'canary/', names.topicArn('canary'));
      test.addResourceDependency(answer);
    }
    this.activate(set);
    this.watch();
  }

  private rule(
    set: ses.CfnReceiptRuleSet,
    id: string,
    domain: string,
    prefix: string,
    topicArn: string,
  ): ses.CfnReceiptRule {
    return new ses.CfnReceiptRule(this, id, {
      ruleSetName: set.ref,
      rule: {
        name: this.names.of(id.toLowerCase()),
        enabled: true,
        recipients: [domain],
        scanEnabled: true,
        // Optional, not Require: a sender's old server should get through, and it is the answer that has
        // figures in it; that one requires TLS.
        tlsPolicy: 'Optional',
        actions: [
          {
            s3Action: {
              bucketName: this.names.bucket('mail'),
              objectKeyPrefix: prefix,
              // With the topic, the verdicts on spam, viruses, SPF, DKIM and DMARC come along.
              topicArn,
            },
          },
        ],
      },
    });
  }

  /** CloudFormation can write a rule set but not switch it on. */
  private activate(set: ses.CfnReceiptRuleSet): void {
    const call = (RuleSetName?: string) => ({
      service: 'SES',
      action: 'setActiveReceiptRuleSet',
      parameters: RuleSetName ? { RuleSetName } : {},
      physicalResourceId: PhysicalResourceId.of(this.names.of('receiving')),
    });
    const resource = new AwsCustomResource(this, 'Activation', {
      onUpdate: call(set.ref),
      // A rule set that is active cannot be deleted.
      onDelete: call(),
      installLatestAwsSdk: false,
      timeout: Duration.minutes(2),
      logGroup: new logs.LogGroup(this, 'ActivationLogs', {
        logGroupName: `/aws/lambda/${this.names.of('activation')}`,
        retention: this.settings.keep.logs,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      functionName: this.names.of('activation'),
      policy: AwsCustomResourcePolicy.fromStatements([
        // SES knows no resources for this action.
        new iam.PolicyStatement({ actions: ['ses:SetActiveReceiptRuleSet'], resources: ['*'] }),
      ]),
    });
    resource.node.addDependency(set);
  }

  private watch(): void {
    const alarms = new Alarms(this, { settings: this.settings, names: this.names });
    const period = Duration.minutes(5);
    const [RuleSetName, RuleName] = [this.names.of('receiving'), this.names.of('answer')];
    // SES writes of "rule set and rule" without saying whether together or each for itself; a metric that nobody
    // writes would be silent for ever.
    const sets: readonly Record<string, string>[] = [{ RuleSetName, RuleName }, { RuleSetName }, { RuleName }];
    const reported = (metricName: string) =>
      sets.map(
        (dimensionsMap) =>
          new cloudwatch.Metric({ namespace: 'AWS/SES', metricName, statistic: 'Sum', period, dimensionsMap }),
      );
    alarms.critical('mail-refused', {
      title: 'SES could not store a mail; it tries for four hours, then the mail is lost',
      metric: alarms.largest({ failed: reported('PublishFailure'), lost: reported('PublishExpired') }, period),
      above: 0,
    });
  }
}
