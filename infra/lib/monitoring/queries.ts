/** Questions that are asked of the logs again and again, saved under their names. */
import { aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { logField } from '../contract.ts';
import type { Names } from '../names.ts';

/** The functions whose logs are searched. */
export const FUNCTIONS = ['worker', 'stage-compute', 'stage-rates', 'stage-deliver'] as const;

const [JOB, CODE, COMPONENT] = ['job', 'code', 'component'].map(logField) as [string, string, string];

/** What fails most, for the dashboard; line by line, as its widget wants it. */
export const TOP_ERRORS: readonly string[] = [
  `filter level in ["ERROR", "WARN"] and ispresent(${CODE})`,
  `stats count(*) as times by ${CODE}`,
  'sort times desc',
  'limit 5',
];

/** Each by its name; fields of log lines are those of the contract, the others those of metrics. */
export const QUERIES: Readonly<Record<string, string>> = {
  'failed jobs by error': `fields @timestamp, @message
| filter level in ["ERROR", "WARN"] and ispresent(${CODE})
| stats count(*) as failures, count_distinct(${JOB}) as jobs, latest(@timestamp) as last by ${CODE}, ${COMPONENT}
| sort failures desc
| limit 50`,
  'slow functions': `filter @type = "REPORT"
| stats count(*) as calls, avg(@duration) as average_ms, pct(@duration, 95) as p95_ms, pct(@duration, 99) as p99_ms, max(@maxMemoryUsed / 1000 / 1000) as memory_mb, count(@initDuration) as cold, avg(@initDuration) as init_ms by @log
| sort p99_ms desc`,
  'cache hits': `filter ispresent(NbpCacheHitRate) or ispresent(NbpRequests)
| stats avg(NbpCacheHitRate) as hit_percent, sum(NbpRequests) as requests, sum(NbpErrors) as errors by bin(1h)
| sort @timestamp desc`,
  'one job': `fields @timestamp, level, message, ${COMPONENT}, ${CODE}
| filter ${JOB} = "PUT-THE-JOB-HERE"
| sort @timestamp asc`,
  'what came of mails': `filter ispresent(OutcomeCount)
| stats sum(OutcomeCount) as mails by Code
| sort mails desc`,
};

export class Queries extends Construct {
  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    for (const [name, queryString] of Object.entries(QUERIES)) {
      new logs.CfnQueryDefinition(this, name.replaceAll(' ', '-'), {
        name: `${names.of('queries')}/${name}`,
        queryString,
        logGroupNames: FUNCTIONS.map((each) => `/aws/lambda/${names.of(each)}`),
      });
    }
  }
}
