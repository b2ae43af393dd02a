/** The state machine: every stage once, retried by name, and an apology at the end of every dead end. */
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { STAGES } from '../lib/contract.ts';
import { definition, LAMBDA_FAULTS, MACHINE_SECONDS, RETRY_NBP, RETRY_THROTTLED, SECONDS, stateName } from '../lib/large-work/definition.ts';
import { built, text } from './templates.ts';

type State = Record<string, any>;
const machine = definition(8);
const states = machine['States'] as Record<string, State>;
const tasks = Object.entries(states).filter(([, state]) => state['Type'] === 'Task');

/** The names of states from the start, along Next. */
function line(): string[] {
  const names = [];
  for (let at: string | undefined = String(machine['StartAt']); at; at = states[at]!['Next'] ?? states[at]!['Default']) {
    names.push(at);
  }
  return names;
}

test('the stages of the contract stand in their order', () => {
  expect(line().filter((name) => states[name]!['Type'] === 'Task')).toEqual(STAGES.stages.map(stateName));
});

test('what is deployed is this definition, with the aliases put in', () => {
  const [resource] = built('prod').of('AWS::StepFunctions::StateMachine');
  expect(JSON.parse(text(resource!.Properties['DefinitionString']))).toEqual(machine);
  expect(Object.keys(resource!.Properties['DefinitionSubstitutions']).sort()).toEqual(['Compute', 'Deliver', 'Rates']);
  expect(resource!.Properties['LoggingConfiguration'].IncludeExecutionData).toBe(false);
});

test('an independent validator finds it well-formed', () => {
  const validate = createRequire(import.meta.url)('asl-validator') as (
    definition: unknown,
  ) => { isValid: boolean; errorsText(separator?: string): string };
  const whole = JSON.parse(
    JSON.stringify(machine).replace(/\$\{(\w+)\}/g, 'arn:aws:lambda:eu-central-1:123456789012:function:$1:live'),
  ) as unknown;
  const found = validate(whole);
  expect(found.isValid, found.errorsText('\n')).toBe(true);
  const broken = structuredClone(whole) as { States: Record<string, State> };
  broken.States['Report']!['Next'] = 'Nowhere';
  expect(validate(broken).isValid).toBe(false);
});

describe('every stage', () => {
  test.each(tasks)('%s is told its name and the job, and has a limit', (name, state) => {
    expect(stateName(state['Parameters'].Payload.stage)).toBe(name.replace(/Later$/, ''));
    expect(Object.keys(state['Parameters'].Payload)).toEqual(
      expect.arrayContaining(['format.$', 'job.$', 'bucket.$', 'key.$', 'trust.$', 'received.$']),
    );
    expect(state['TimeoutSeconds']).toBeLessThanOrEqual(180);
  });

  test.each(tasks)('%s is tried again when it asks for it or Lambda stumbles, and never when it refuses', (_, state) => {
    const retried = (state['Retry'] as State[]).flatMap((retry) => retry['ErrorEquals'] as string[]);
    expect(retried).toContain('TryLater');
    expect(retried).toContain('Lambda.TooManyRequestsException');
    expect(retried).not.toContain('Rejected');
    expect(retried).not.toContain('Broken');
    expect(retried).not.toContain('States.ALL');
    for (const retry of state['Retry'] as State[]) expect(retry['MaxAttempts']).toBeGreaterThanOrEqual(3);
  });

  const asides = ['Apologise', 'Promise'];
  test.each(tasks.filter(([name]) => !asides.includes(name)))('%s ends in an apology when it cannot be helped', (_, state) => {
    expect((state['Catch'] as State[]).slice(-2)).toEqual([
      { ErrorEquals: ['Rejected'], ResultPath: '$.fault', Next: 'Refused' },
      { ErrorEquals: ['States.ALL'], ResultPath: '$.fault', Next: 'Apologise' },
    ]);
  });
});

test('after an apology the execution counts as failed', () => {
  expect(states['Apologise']!['Next']).toBe('Failed');
  expect(states['Failed']!['Type']).toBe('Fail');
});

test('what needs no calculation goes straight to its answer', () => {
  expect(states['Validate']!['Next']).toBe('IsDone');
  expect(states['IsDone']!['Choices']).toEqual([
    { Variable: '$.made.out.done', BooleanEquals: true, Next: 'Reply' },
  ]);
});

test('without NBP the sender is told once, and nothing that happens to the telling stops the work', () => {
  expect(states['Rates']!['Catch'][0]).toEqual({ ErrorEquals: ['NbpAway'], ResultPath: '$.fault', Next: 'Promise' });
  expect((states['Rates']!['Retry'] as State[]).flatMap((retry) => retry['ErrorEquals'] as string[])).not.toContain('NbpAway');
  expect(states['Promise']!['Next']).toBe('RatesLater');
  expect(states['Promise']!['Catch']).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.fault', Next: 'RatesLater' }]);
  expect(states['RatesLater']!['Retry'].slice(0, 2)).toEqual([RETRY_THROTTLED, RETRY_NBP]);
  expect(states['RatesLater']!['Next']).toBe(states['Rates']!['Next']);
  expect(states['RatesLater']!['Parameters']).toEqual(states['Rates']!['Parameters']);
});

interface Retried {
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
}

/** Seconds between the tries of a state, if all fail and none is early by its jitter. */
function waits(retry: Retried): number {
  let waited = 0;
  for (let attempt = 0; attempt < retry.MaxAttempts; attempt += 1) {
    waited += Math.min(retry.IntervalSeconds * retry.BackoffRate ** attempt, retry.MaxDelaySeconds);
  }
  return waited;
}

test('a night without NBP is waited out, tries that take their time included, within the limit of the machine', () => {
  // 60 + 120 + 240 + 480 + 960 = 1860, and 23 × 1800 = 41 400.
  expect(waits(RETRY_NBP)).toBe(43_260);
  // A try may hang until its time is over: once, and again after each wait.
  const tries = (RETRY_NBP.MaxAttempts + 1) * SECONDS['rates']!;
  expect(tries).toBe(3480);
  const work = STAGES.stages.length * 180 + SECONDS['calculate-part']! + SECONDS['promise']!;
  expect(waits(RETRY_NBP) + tries + work + waits(RETRY_THROTTLED)).toBeLessThan(MACHINE_SECONDS);
  // What the stages hand over is still there in the end.
  expect(MACHINE_SECONDS).toBeLessThan(built('prod').settings.keep.temporary * 24 * 3600);
});

test('a burst of large mails waits for its turn instead of being apologised for', () => {
  const everywhere = [...tasks.map(([, state]) => state), states['CalculateParts']!['ItemProcessor'].States.CalculatePart as State];
  expect(everywhere.length).toBeGreaterThan(STAGES.stages.length);
  for (const state of everywhere) expect(state['Retry'][0]).toEqual(RETRY_THROTTLED);
  expect(RETRY_THROTTLED).toEqual({
    ErrorEquals: ['Lambda.TooManyRequestsException'],
    IntervalSeconds: 5,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    MaxAttempts: 20,
    JitterStrategy: 'FULL',
  });
  // 5 + 10 + 20 + 40 and 16 × 60 seconds, half of it on average.
  expect(waits(RETRY_THROTTLED)).toBe(1035);
});

test('a program that ends or is ended gets further chances', () => {
  expect(LAMBDA_FAULTS).toEqual(expect.arrayContaining(['Sandbox.Timedout', 'Runtime.ExitError', 'Lambda.Unknown']));
  expect(LAMBDA_FAULTS).not.toContain('Lambda.TooManyRequestsException');
});

test('a large ledger is worked out in parts, side by side, each tried again by itself', () => {
  const parts = states['CalculateParts']!;
  expect(parts['ItemProcessor'].ProcessorConfig.Mode).toBe('DISTRIBUTED');
  expect(parts['MaxConcurrency']).toBe(8);
  expect(parts['Next']).toBe('Calculate');
  const part = parts['ItemProcessor'].States.CalculatePart as State;
  expect(part['Parameters'].Payload['part.$']).toBe('$.part');
  expect(part['Retry']).toHaveLength(3);
});
