/** Questions that are asked of the logs again and again, saved under their names. */
import { aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** The functions whose logs are searched. */
export const FUNCTIONS = ['worker', 'stage-compute', 'stage-rates', 'stage-deliver'] as const;

/** Each by its name; fields are those of `src/telemetry.rs`. */
export const QUERIES: Readonly<Record<string, string>> = {
  'failed jobs by error': `fields @timestamp, @message
| filter level in ["ERROR", "WARN"] and ispresent(code)
| stats count(*) as failures, count_distinct(job) as jobs, latest(@timestamp) as last by code, stage
| sort failures desc
| limit 50`,
  'slow functions': `filter @type = "REPORT"
| stats count(*) as calls, avg(@duration) as average_ms, pct(@duration, 95) as p95_ms, pct(@duration, 99) as p99_ms, max(@maxMemoryUsed / 1000 / 1000) as memory_mb, count(@initDuration) as cold, avg(@initDuration) as init_ms by @log
| sort p99_ms desc`,
  'cache hits': `filter ispresent(NbpCacheHitRate) or ispresent(NbpRequests)
| stats avg(NbpCacheHitRate) as hit_percent, sum(NbpRequests) as requests, sum(NbpErrors) as errors by bin(1h)
| sort @timestamp desc`,
  'one job': `fields @timestamp, level, message, stage, code
| filter job = "PUT-THE-JOB-HERE"
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
