/**
 * The state machine for large mail, as the Amazon States Language has it. Written as data and not with
 * CDK's chain of classes, so that the linters see the very text that is deployed.
 *
 * Stages hand over through the temp bucket; what travels here is the job and a few flags, far below the
 * 256 KB that a state may have.
 */
import { STAGES } from '../contract.ts';

/** Which of the three functions does a stage; each has the rights of its stages only. */
export const RUNS: Readonly<Record<string, 'Compute' | 'Rates' | 'Deliver'>> = {
  // Mail that needs no calculation is answered at once, which is written to the mailbox's memory.
  validate: 'Deliver',
  normalise: 'Compute',
  rates: 'Rates',
  calculate: 'Compute',
  'calculate-part': 'Compute',
  report: 'Compute',
  reply: 'Deliver',
  archive: 'Deliver',
  promise: 'Deliver',
  apologise: 'Deliver',
};

/** Seconds that a stage may take; all of them in a row stay below 15 minutes. */
export const SECONDS: Readonly<Record<string, number>> = {
  validate: 120,
  normalise: 180,
  rates: 120,
  calculate: 180,
  'calculate-part': 180,
  report: 120,
  reply: 60,
  archive: 60,
  promise: 60,
  apologise: 60,
};

/** Faults of Lambda itself and of a program that ended or was ended, which may pass. */
export const LAMBDA_FAULTS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Runtime.ExitError',
  'Sandbox.Timedout',
  'States.Timeout',
];

/**
 * All of the function's concurrency is taken: others are at work, and the turn comes. Twenty tries within 17
 * minutes at most, at random moments, so that a burst does not knock in step. An entry of its own and the first
 * one, because each entry counts for itself and an error takes the first that names it.
 */
export const RETRY_THROTTLED = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 5,
  MaxAttempts: 20,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};

/**
 * 2, 4, 8 seconds: an environment that died. A function that was killed for its memory or its time, or that ended
 * itself, comes as one of these names and gets the same three chances.
 */
export const RETRY_FAULTS = {
  ErrorEquals: LAMBDA_FAULTS,
  IntervalSeconds: 2,
  MaxAttempts: 3,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};

/** 5, 10, 20 seconds for what the stage itself calls passing: a throttled table, a full mail queue. */
export const RETRY_LATER = {
  ErrorEquals: ['TryLater'],
  IntervalSeconds: 5,
  MaxAttempts: 3,
  BackoffRate: 2,
};

/**
 * NBP may be away for hours: 1, 2, 4, 8, 16 minutes and then every half an hour, 28 times in all. That is
 * 31 minutes and 23 × 30 minutes, about 12 hours: a night's maintenance.
 */
export const RETRY_NBP = {
  ErrorEquals: ['NbpAway'],
  IntervalSeconds: 60,
  MaxAttempts: 28,
  BackoffRate: 2,
  MaxDelaySeconds: 1800,
};

/**
 * The machine's own limit: 12 hours between the tries at NBP, an hour for 29 tries that all hang until their time
 * is over, the work, and a quarter of an hour for a turn. Below the day that the hand-over lives.
 */
export const MACHINE_SECONDS = 14 * 3600;

/** What every stage gets besides its name. */
const JOB = ['format', 'job', 'bucket', 'key', 'trust', 'received'] as const;

type State = Record<string, unknown>;

function pascal(stage: string): string {
  return stage
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** The name of a stage's state: `calculate-part` is `CalculatePart`. */
export const stateName = pascal;

function payload(stage: string, more: State = {}): State {
  const job = Object.fromEntries(JOB.map((field) => [`${field}.$`, `$.${field}`]));
  return { stage, ...job, ...more };
}

function task(stage: string, more: State): State {
  const runs = RUNS[stage];
  if (!runs) throw new Error(`nobody runs ${stage}`);
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: `\${${runs}}`, Payload: payload(stage) },
    ResultSelector: { 'out.$': '$.Payload' },
    ResultPath: '$.made',
    TimeoutSeconds: SECONDS[stage],
    Retry: [RETRY_THROTTLED, RETRY_LATER, RETRY_FAULTS],
    ...more,
  };
}

const TO_APOLOGY = [
  // There is no such work: nobody to tell.
  { ErrorEquals: ['Rejected'], ResultPath: '$.fault', Next: 'Refused' },
  { ErrorEquals: ['States.ALL'], ResultPath: '$.fault', Next: 'Apologise' },
];

/** Where a stage's answer decides what comes next. */
const CHOICES: Readonly<Record<string, { name: string; flag: string; then: string; why: string }>> = {
  validate: {
    name: 'IsDone',
    flag: 'done',
    then: 'Reply',
    why: 'A question for help or a command needs no calculation; its answer is written already',
  },
  rates: {
    name: 'IsLarge',
    flag: 'large',
    then: 'CalculateParts',
    why: 'A large ledger is worked out in parts, which calculate puts together',
  },
};

/** The stages in a row, with the large calculation's parts beside it. */
function line(partsAtOnce: number): Record<string, State> {
  const states: Record<string, State> = {};
  STAGES.stages.forEach((stage, index) => {
    const next = STAGES.stages[index + 1];
    const choice = CHOICES[stage];
    const where: State = choice ? { Next: choice.name } : next ? { Next: pascal(next) } : { End: true };
    states[pascal(stage)] = task(stage, { Catch: TO_APOLOGY, ...where });
    if (!choice) return;
    states[choice.name] = {
      Type: 'Choice',
      Comment: choice.why,
      Choices: [{ Variable: `$.made.out.${choice.flag}`, BooleanEquals: true, Next: choice.then }],
      Default: pascal(next ?? ''),
    };
  });
  states['CalculateParts'] = parts(partsAtOnce);
  return { ...states, ...withoutNbp(states['Rates'] ?? {}) };
}

/**
 * When NBP does not answer: the sender is told once, then the rates are asked for again through the night. What
 * stands in the way of telling does not stand in the way of that.
 */
function withoutNbp(rates: State): Record<string, State> {
  return {
    Rates: {
      ...rates,
      Catch: [{ ErrorEquals: ['NbpAway'], ResultPath: '$.fault', Next: 'Promise' }, ...TO_APOLOGY],
    },
    Promise: {
      ...task('promise', { Next: 'RatesLater' }),
      ResultPath: null,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.fault', Next: 'RatesLater' }],
    },
    RatesLater: { ...rates, Retry: [RETRY_THROTTLED, RETRY_NBP, RETRY_LATER, RETRY_FAULTS] },
  };
}

function parts(partsAtOnce: number): State {
  return {
    Type: 'Map',
    ItemsPath: '$.made.out.parts',
    ItemSelector: {
      ...Object.fromEntries(JOB.map((field) => [`${field}.$`, `$.${field}`])),
      'part.$': '$$.Map.Item.Value',
    },
    MaxConcurrency: partsAtOnce,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'CalculatePart',
      States: {
        CalculatePart: {
          ...task('calculate-part', { End: true }),
          Parameters: {
            FunctionName: '${Compute}',
            Payload: payload('calculate-part', { 'part.$': '$.part' }),
          },
          // The result lies in the temp bucket; nothing comes back through the machine.
          ResultSelector: undefined,
          ResultPath: null,
        },
      },
    },
    ResultPath: null,
    Catch: TO_APOLOGY,
    Next: 'Calculate',
  };
}

/** The definition; `${Compute}`, `${Rates}` and `${Deliver}` stand for the functions. */
export function definition(partsAtOnce: number): State {
  const made = {
    Comment: 'Large mail, stage by stage',
    StartAt: pascal(STAGES.stages[0] ?? ''),
    TimeoutSeconds: MACHINE_SECONDS,
    States: {
      ...line(partsAtOnce),
      Apologise: {
        ...task('apologise', {
          // If even this fails, the execution fails and an alarm sounds; the mail stays in the bucket.
          Next: 'Failed',
        }),
        ResultPath: null,
      },
      Refused: {
        Type: 'Fail',
        Error: 'Rejected',
        Cause: 'There is no such work; see the log of the stage',
      },
      Failed: {
        Type: 'Fail',
        Error: 'Apologised',
        Cause: 'The sender was told that the mail could not be handled; see the log of the failed stage',
      },
    },
  };
  // Leaves out what is undefined.
  return JSON.parse(JSON.stringify(made)) as State;
}
