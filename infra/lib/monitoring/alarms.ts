/**
 * Alarms, born with the resource that they watch. Each has an id, and each id has a chapter in
 * RUNBOOK.md; a test holds both lists together.
 */
import {
  Duration,
  aws_cloudwatch as cloudwatch,
  aws_cloudwatch_actions as actions,
  aws_sns as sns,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { Names } from '../names.ts';

const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;

/** What an alarm watches and when it sounds. */
export interface Watch {
  /** What has happened, as the person who is woken should read it. */
  readonly title: string;
  readonly metric: cloudwatch.IMetric;
  /** Sounds above this… */
  readonly above?: number;
  /** …or below this. */
  readonly below?: number;
  /** So many points of so many. @default 1 of 1 */
  readonly points?: readonly [number, number];
  /** What no data means. @default nothing happened, hence all is well */
  readonly silence?: cloudwatch.TreatMissingData;
}

export interface AlarmsProps {
  readonly settings: Settings;
  readonly names: Names;
}

/** Makes the alarms of one stack. */
export class Alarms {
  private readonly scope: Construct;
  private readonly props: AlarmsProps;

  constructor(scope: Construct, props: AlarmsProps) {
    this.scope = scope;
    this.props = props;
  }

  /** Wakes somebody. */
  critical(id: string, watch: Watch): cloudwatch.Alarm {
    return this.alarm(id, watch, 'critical');
  }

  /** Is read in the morning. */
  warning(id: string, watch: Watch): cloudwatch.Alarm {
    return this.alarm(id, watch, 'warnings');
  }

  /** The sum of some metrics; what is missing counts as nothing. */
  sum(
    metrics: Record<string, cloudwatch.IMetric>,
    period: Duration = Duration.minutes(1),
  ): cloudwatch.MathExpression {
    return this.math(
      Object.keys(metrics)
        .map((name) => `FILL(${name}, 0)`)
        .join(' + '),
      metrics,
      period,
    );
  }

  /** The sum over groups of the largest of each group, for one and the same count under several names. */
  largest(
    groups: Readonly<Record<string, readonly cloudwatch.IMetric[]>>,
    period: Duration,
  ): cloudwatch.MathExpression {
    const named = Object.entries(groups).map(([group, metrics]) =>
      metrics.map((metric, at) => [`${group}${at}`, metric] as const),
    );
    return this.math(
      named.map((group) => `MAX([${group.map(([name]) => `FILL(${name}, 0)`).join(', ')}])`).join(' + '),
      Object.fromEntries(named.flat()),
      period,
    );
  }

  /**
   * `part` of `whole` in %. Below `least` of the whole the share is 0: one failure of two is no trend.
   */
  share(
    part: cloudwatch.IMetric,
    whole: cloudwatch.IMetric,
    period: Duration,
    least = 1,
  ): cloudwatch.MathExpression {
    return this.math(
      `IF(FILL(whole, 0) >= ${least}, 100 * FILL(part, 0) / whole, 0)`,
      { part, whole },
      period,
    );
  }

  private math(
    expression: string,
    usingMetrics: Record<string, cloudwatch.IMetric>,
    period: Duration,
  ): cloudwatch.MathExpression {
    return new cloudwatch.MathExpression({ expression, usingMetrics, period });
  }

  private alarm(id: string, watch: Watch, topic: 'critical' | 'warnings'): cloudwatch.Alarm {
    const { names, settings } = this.props;
    const [points, of] = watch.points ?? [1, 1];
    const threshold = watch.above ?? watch.below;
    if (threshold === undefined) throw new Error(`alarm ${id} has no threshold`);
    const alarm = new cloudwatch.Alarm(this.scope, `Alarm-${id}`, {
      alarmName: names.of(id),
      alarmDescription: [watch.title, '', `Runbook: ${settings.runbook}#${id}`].join('\n'),
      metric: watch.metric,
      threshold,
      comparisonOperator: watch.above === undefined ? LESS_THAN_THRESHOLD : GREATER_THAN_THRESHOLD,
      datapointsToAlarm: points,
      evaluationPeriods: of,
      treatMissingData: watch.silence ?? cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    const target = new actions.SnsAction(
      sns.Topic.fromTopicArn(this.scope, `Topic-${id}`, names.topicArn(topic)),
    );
    alarm.addAlarmAction(target);
    alarm.addOkAction(target);
    return alarm;
  }
}
