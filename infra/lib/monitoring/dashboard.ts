/** `InvestTax-Overview`: one page that says whether people get their answers, and at what price. */
import { Duration, Stack, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DEFAULTS, type Settings } from '../config.ts';
import { STAGES } from '../contract.ts';
import type { Names, QueueKind } from '../names.ts';
import { own, ses } from './metrics.ts';
import { FUNCTIONS, TOP_ERRORS } from './queries.ts';

const HOUR = Duration.hours(1);
const MINUTES = Duration.minutes(5);
const DAY = Duration.days(1);

export class Dashboard extends Construct {
  private readonly settings: Settings;
  private readonly names: Names;

  constructor(scope: Construct, id: string, settings: Settings, names: Names) {
    super(scope, id);
    this.settings = settings;
    this.names = names;
    // An account has its dashboards once for all regions.
    const elsewhere = settings.region === DEFAULTS[settings.environment].region ? [] : [settings.region];
    const suffix = [...(settings.environment === 'prod' ? [] : [settings.environment]), ...elsewhere]
      .map((part) => `-${part}`)
      .join('');
    new cloudwatch.Dashboard(this, 'Overview', {
      dashboardName: `InvestTax-Overview${suffix}`,
      defaultInterval: Duration.days(1),
      widgets: [
        [this.outcomes(), this.jobsPerHour(), this.queues()],
        [this.stageTimes(), this.topErrors()],
        [this.nbp(), this.answers()],
        [this.functions(), this.largeWork(), this.cost()],
      ],
    });
  }

  /** Success and failure in 24 hours. */
  private outcomes(): cloudwatch.IWidget {
    return new cloudwatch.SingleValueWidget({
      title: 'Success and failure, 24 h',
      width: 8,
      height: 6,
      metrics: [
        own(this.settings, 'JobsProcessed', 'Sum', DAY).with({ label: 'Mails' }),
        this.search('OutcomeCount', 'Code', 'Sum', 86_400),
        this.machine('ExecutionsFailed', DAY).with({ label: 'large mails failed' }),
      ],
    });
  }

  /** A metric by each value of its second dimension, whichever there are. */
  private search(metric: string, dimension: string, statistic: string, seconds: number): cloudwatch.MathExpression {
    return new cloudwatch.MathExpression({
      expression: `SEARCH('{InvestTax,Stage,${dimension}} MetricName="${metric}" Stage="${this.settings.environment}"', '${statistic}', ${seconds})`,
      usingMetrics: {},
      label: '',
      period: Duration.seconds(seconds),
    });
  }

  private jobsPerHour(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Mails per hour, 7 days',
      width: 8,
      height: 6,
      start: '-P7D',
      left: [own(this.settings, 'JobsProcessed', 'Sum', HOUR)],
      view: cloudwatch.GraphWidgetView.BAR,
    });
  }

  private queues(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Waiting mails, the oldest of them, dead letters',
      width: 8,
      height: 6,
      left: [
        this.queue('intake', 'ApproximateNumberOfMessagesVisible').with({ label: 'waiting' }),
        this.queue('intake', 'ApproximateNumberOfMessagesDelayed').with({ label: 'put off' }),
        this.queue('intake-dead', 'ApproximateNumberOfMessagesVisible').with({ label: 'dead letters' }),
      ],
      right: [this.queue('intake', 'ApproximateAgeOfOldestMessage').with({ label: 'oldest, s' })],
    });
  }

  private stageTimes(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Time per stage, average ms',
      width: 12,
      height: 6,
      left: [
        this.search('StageDuration', 'Step', 'Average', 300),
      ],
      right: [own(this.settings, 'ProcessingTime', 'p99', MINUTES).with({ label: 'whole mail, p99' })],
      leftAnnotations: [{ value: 60_000, label: `a minute (${STAGES.stages.length} stages)` }],
    });
  }

  private topErrors(): cloudwatch.IWidget {
    return new cloudwatch.LogQueryWidget({
      title: 'Top 5 errors',
      width: 12,
      height: 6,
      logGroupNames: FUNCTIONS.map((each) => `/aws/lambda/${this.names.of(each)}`),
      view: cloudwatch.LogQueryVisualizationType.TABLE,
      queryLines: [...TOP_ERRORS],
    });
  }

  private nbp(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'NBP: share of rates at hand, requests, errors, time',
      width: 12,
      height: 6,
      left: [
        own(this.settings, 'NbpCacheHitRate', 'Average', MINUTES).with({ label: 'at hand, %' }),
        own(this.settings, 'NbpRequests', 'Sum', MINUTES).with({ label: 'requests' }),
        own(this.settings, 'NbpErrors', 'Sum', MINUTES).with({ label: 'errors' }),
      ],
      right: [
        own(this.settings, 'StageDuration', 'p95', MINUTES, { Step: 'rates' }).with({
          label: 'rates stage p95, ms',
        }),
      ],
    });
  }

  private answers(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Answers: sent, delivered, bounced, complained of',
      width: 12,
      height: 6,
      left: ['Send', 'Delivery', 'Bounce', 'Complaint'].map((name) => ses(name, HOUR)),
      right: [
        own(this.settings, 'CanaryRoundTrip', 'Maximum', HOUR).with({ label: 'test mail, ms' }),
      ],
    });
  }

  private functions(): cloudwatch.IWidget {
    const metric = (name: string, metricName: string, statistic: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/Lambda',
        metricName,
        statistic,
        period: MINUTES,
        dimensionsMap: { FunctionName: this.names.of(name) },
        label: `${name} ${metricName.toLowerCase()}`,
      });
    return new cloudwatch.GraphWidget({
      title: 'Functions: errors, refusals, p99',
      width: 8,
      height: 6,
      left: FUNCTIONS.flatMap((name) => [metric(name, 'Errors', 'Sum'), metric(name, 'Throttles', 'Sum')]),
      right: FUNCTIONS.map((name) => metric(name, 'Duration', 'p99')),
    });
  }

  private largeWork(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Large mails',
      width: 8,
      height: 6,
      left: ['ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut'].map((name) =>
        this.machine(name, MINUTES),
      ),
      right: [this.machine('ExecutionTime', MINUTES).with({ statistic: 'p99' })],
    });
  }

  /** Billing figures exist in us-east-1 only. */
  private cost(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Estimated cost of the account, 30 days, USD',
      width: 8,
      height: 6,
      start: '-P30D',
      region: 'us-east-1',
      left: [
        new cloudwatch.Metric({
          namespace: 'AWS/Billing',
          metricName: 'EstimatedCharges',
          statistic: 'Maximum',
          period: Duration.hours(6),
          dimensionsMap: { Currency: 'USD' },
          region: 'us-east-1',
        }),
      ],
    });
  }

  private queue(kind: QueueKind, metricName: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/SQS',
      metricName,
      statistic: 'Maximum',
      period: MINUTES,
      dimensionsMap: { QueueName: this.names.of(kind) },
    });
  }

  private machine(metricName: string, period: Duration): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/States',
      metricName,
      statistic: 'Sum',
      period,
      dimensionsMap: { StateMachineArn: this.names.stateMachineArn() },
      region: Stack.of(this).region,
    });
  }
}
