/** Both sides of the border agree, and stacks that know each other by name only agree as well. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { environmentFor, STAGES, VARIABLES } from '../lib/contract.ts';
import { override } from '../lib/context.ts';
import { RUNS, SECONDS } from '../lib/large-work/definition.ts';
import { built, INFRA, text } from './templates.ts';

const prod = built('prod', { nbpUrl: 'https://nbp.example/api', pathStyle: 'true' });
const fn = (name: string) =>
  prod.of('AWS::Lambda::Function').find((each) => each.Properties['FunctionName'] === `investtax-prod-${name}`)!;

describe('variables', () => {
  test.each([
    ['worker', 'worker'],
    ['stage', 'stage-compute'],
    ['stage', 'stage-rates'],
    ['stage', 'stage-deliver'],
  ] as const)('%s: %s gets exactly those of the contract', (reader, name) => {
    const expected = Object.keys(VARIABLES).filter((each) => VARIABLES[each]!.for.includes(reader));
    expect(Object.keys(fn(name).Properties['Environment'].Variables).sort()).toEqual(expected.sort());
  });

  test('a variable that the contract does not know is refused', () => {
    expect(() => environmentFor('worker', { INVESTTAX_COLOUR: 'blue' })).toThrow();
    expect(() => environmentFor('worker', {})).toThrow(/INVESTTAX_STAGE is missing/);
  });

  test('each says what it means', () => {
    for (const variable of Object.values(VARIABLES)) expect(variable.means.length).toBeGreaterThan(20);
  });
});

describe('stages', () => {
  const all = [...STAGES.stages, ...STAGES.extra].sort();
  test('each has a function and a time, all in a row below 15 minutes', () => {
    expect(Object.keys(RUNS).sort()).toEqual(all);
    expect(Object.keys(SECONDS).sort()).toEqual(all);
    expect(STAGES.stages.reduce((sum, stage) => sum + SECONDS[stage]!, 0)).toBeLessThanOrEqual(900);
  });

  test('the function that runs a stage lives as long as the stage may take', () => {
    const sizes = { Compute: 'compute', Rates: 'rates', Deliver: 'deliver' } as const;
    for (const [stage, runs] of Object.entries(RUNS)) {
      expect(prod.settings.stages[sizes[runs]].timeout).toBeGreaterThanOrEqual(SECONDS[stage]!);
    }
  });
});

test('the worker is called by the clock for what it knows', () => {
  const tasks = prod
    .of('AWS::Scheduler::Schedule')
    .filter((each) => each.stack.endsWith('application'))
    .map((each) => JSON.parse(String(each.Properties['Target'].Input)) as unknown);
  expect(tasks).toEqual([{ task: 'rates' }, { task: 'outbox' }, { task: 'forget' }]);
  const rates = prod.of('AWS::Scheduler::Schedule').find((each) => each.Properties['Name'] === 'investtax-prod-rates')!;
  // NBP publishes between 11:45 and 12:15 in Warsaw.
  expect(rates.Properties).toMatchObject({
    ScheduleExpression: 'cron(20 0 ? * TUE-SAT *)',
    ScheduleExpressionTimezone: 'Europe/Warsaw',
  });
});

describe('names', () => {
  const made = new Set(
    prod.resources.flatMap((each) =>
      ['BucketName', 'TableName', 'QueueName', 'TopicName', 'StateMachineName', 'FunctionName', 'Name', 'LogGroupName', 'RuleSetName']
        .map((property) => each.Properties?.[property] as unknown)
        .filter((name): name is string => typeof name === 'string'),
    ),
  );

  test('what the functions are told exists', () => {
    const variables = fn('worker').Properties['Environment'].Variables as Record<string, unknown>;
    for (const [name, value] of Object.entries(variables)) {
      if (/_(BUCKET|TABLE|CONFIGURATION_SET)$/.test(name)) expect(made).toContain(value);
    }
    expect(made).toContain(text(variables['INVESTTAX_QUEUE_URL']).split('/').at(-1));
    expect(made).toContain(text(variables['INVESTTAX_STATE_MACHINE_ARN']).split(':').at(-1));
  });

  test('what policies and alarms point at exists', () => {
    const topics = prod
      .of('AWS::CloudWatch::Alarm')
      .flatMap((each) => each.Properties['AlarmActions'] as unknown[])
      .map((arn) => text(arn).split(':').at(-1));
    for (const topic of topics) expect(made).toContain(topic);
    const policies = JSON.stringify(prod.of('AWS::IAM::Policy').map((each) => each.Properties));
    for (const [, table] of policies.matchAll(/:table\/(investtax-prod-[a-z]+)/g)) expect(made).toContain(table);
    for (const [, bucket] of policies.matchAll(/arn:aws:s3:::(investtax-prod-[a-z0-9-]+)/g)) expect(made).toContain(bucket);
  });

  test('rates of closed years are outside of what the archive deletes', () => {
    const means = VARIABLES['INVESTTAX_ARCHIVE_BUCKET']!.means;
    expect(means).toContain('rates/');
  });
});

describe('settings', () => {
  const given = (values: Record<string, string>) => (name: string) => values[name];
  test('what cannot be understood is refused', () => {
    expect(() => override('dev', given({ architecture: 'mips' }))).toThrow();
    expect(() => override('dev', given({ customerKey: 'maybe' }))).toThrow();
    expect(() => override('prod', given({ canaryDomain: 'investtax.example' }))).toThrow();
    expect(override('dev', given({ canaryDomain: 'none' })).canaryDomain).toBeUndefined();
  });

  test('who deploys to a domain of their own says from which other one the test mail comes', () => {
    expect(() => override('prod', given({ domain: 'real.example' }))).toThrow(/canaryDomain/);
    expect(override('prod', given({ domain: 'real.example', canaryDomain: 'none' })).canaryDomain).toBeUndefined();
    expect(override('prod', given({ domain: 'real.example', canaryDomain: 'other.example' })).canaryDomain).toBe('other.example');
    expect(override('dev', given({ domain: 'dev.real.example' })).canaryDomain).toBeUndefined();
  });

  test('arm64 unless the machine cannot build it', () => {
    expect(fn('worker').Properties['Architectures']).toEqual(['arm64']);
    expect(built('dev', { architecture: 'x86_64' }).of('AWS::Lambda::Function')[0]!.Properties['Architectures']).toEqual(['x86_64']);
  });

  test('the lock file names no registry', () => {
    const lock = readFileSync(join(INFRA, 'package-lock.json'), 'utf8');
    expect([...lock.matchAll(/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/g)]).toEqual([]);
  });
});
