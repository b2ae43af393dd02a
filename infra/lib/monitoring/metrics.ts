/** The metrics that the functions write, by the names that both sides use. */
import { Duration, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { Settings } from '../config.ts';

export const NAMESPACE = 'InvestTax';

export type OwnMetric =
  | 'JobsProcessed'
  | 'ProcessingTime'
  | 'StageDuration'
  | 'OutcomeCount'
  | 'Rows'
  | 'NbpCacheHitRate'
  | 'NbpRequests'
  | 'NbpErrors'
  | 'RepliesGivenUp'
  | 'ValidationErrors'
  | 'CanaryRoundTrip';

/** A metric of ours in this environment. */
export function own(
  settings: Settings,
  metricName: OwnMetric,
  statistic: string,
  period: Duration,
  more: Readonly<Record<string, string>> = {},
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: NAMESPACE,
    metricName,
    statistic,
    period,
    dimensionsMap: { Stage: settings.environment, ...more },
  });
}

/** A metric of SES over the whole account: events that no configuration set is needed for. */
export function ses(metricName: string, period: Duration, statistic = 'Sum'): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: 'AWS/SES', metricName, statistic, period });
}
