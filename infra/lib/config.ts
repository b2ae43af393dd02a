/**
 * Everything that can be set, and what it is set to in each environment. The only place with
 * numbers; constructs read them from here.
 */

/** Environments, in the order in which a change passes through them. */
export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** How long things are kept, in days. */
export interface Keep {
  /** Raw mail as received. */
  readonly rawMail: number;
  /** Files uploaded because they were too large to mail, should nobody be able to take them; else seconds. */
  readonly uploads: number;
  /** What one stage hands to the next. */
  readonly temporary: number;
  /** Archived jobs go to Standard-IA after so many days. S3 wants at least 30. */
  readonly archiveUntilInfrequent: number;
  /** …to Glacier Instant Retrieval after so many. */
  readonly archiveUntilGlacier: number;
  /** …and are deleted after so many. */
  readonly archive: number;
  /** Replaced or deleted versions of archived objects. */
  readonly oldVersions: number;
  /** Files and messages of conversations; above the 90 days that a conversation itself lives. */
  readonly conversations: number;
  /** Logs. */
  readonly logs: number;
  /** Daily backups of the tables. */
  readonly backups: number;
}

/** Size of a function. */
export interface FunctionSize {
  /** Memory in MB; CPU comes with it: 1769 MB is one whole core. */
  readonly memory: number;
  /** Seconds after which an invocation is killed. */
  readonly timeout: number;
  /** Invocations at the same time at most, reserved. */
  readonly concurrency: number;
  /** p99 of the duration in ms above which a deployment is rolled back and a warning raised. */
  readonly p99: number;
}

/** When alarms sound. */
export interface Thresholds {
  /** Share of failed invocations in %. */
  readonly errorPercent: number;
  /** Failed executions of the state machine in an hour. */
  readonly executionsFailed: number;
  /** Share of bounced answers in a day, in %. */
  readonly bouncePercent: number;
  /** Share of complaints in a day, in %: SES reviews an account from 0.1 %. */
  readonly complaintPercent: number;
  /** Share of bounces by SES's own count, in %: SES reviews an account from 5 % and pauses it at 10 %. */
  readonly reputationBouncePercent: number;
  /** Share of complaints by SES's own count, in %: it reviews an account from 0.1 % and pauses it at 0.5 %. */
  readonly reputationComplaintPercent: number;
  /** Share of failed requests to NBP in %. */
  readonly nbpErrorPercent: number;
  /** Mails that wait. */
  readonly pendingMails: number;
  /** Average seconds that handling a mail takes; of a large one, seconds since it came. */
  readonly averageSeconds: number;
  /** Answered mails a day below which something is wrong with the way to us; 0 where nobody writes. */
  readonly mailsPerDay: number;
  /** Minutes that the oldest mail may wait. */
  readonly oldestMailMinutes: number;
}

/** A private network for the functions. None by default: its NAT gateway costs more than all the rest. */
export interface Network {
  /** Gateways to the internet; without one, NBP cannot be asked and only stored rates are used. */
  readonly natGateways: number;
}

/** Settings of one environment. */
export interface Settings {
  readonly environment: Environment;
  /** Where everything is; Frankfurt, so that data stays in the EU. */
  readonly region: string;
  /** Domain of the mailbox; MX and DKIM belong to it. */
  readonly domain: string;
  /** What stands before the @. */
  readonly localPart: string;
  /** Route 53 zone of the domain; without it the records are outputs to be set by hand. */
  readonly hostedZoneId?: string;
  /** Another domain of ours from which the hourly test mail comes; without it there is none. */
  readonly canaryDomain?: string;
  /** Who gets alarms by mail. */
  readonly operatorEmail?: string;
  /**
   * Who gets what other mail servers report on DMARC; without it nobody does. At a domain that says it takes them:
   * `<domain>._report._dmarc.<its domain> TXT "v=DMARC1"`.
   */
  readonly dmarcReports?: string;
  /** arm64 costs 20 % less; x86_64 is for machines that cannot build for arm64. */
  readonly architecture: 'arm64' | 'x86_64';
  /** Folder with worker/bootstrap and stage/bootstrap. */
  readonly artefacts: string;
  /** Keep data when a stack is deleted, and refuse to delete stacks. */
  readonly retain: boolean;
  /** Encrypt with a key of our own (1 USD a month) instead of the services' keys. */
  readonly customerKey: boolean;
  /** Shift 10 % of the work for 10 minutes to a new version first. */
  readonly gradual: boolean;
  /** Daily backups beside point-in-time recovery. */
  readonly backups: boolean;
  /** A trail of who changed what. An account needs one; the first is free. */
  readonly trail: boolean;
  readonly network?: Network;
  /** Region that the archive is copied to. */
  readonly replicaRegion?: string;
  /** Names of restored tables that replace the ones of the stack. */
  readonly restored: Readonly<Partial<Record<'jobs' | 'mailbox' | 'rates', string>>>;
  /** What stands before /exchangerates at NBP, if not NBP's own address. */
  readonly nbpUrl?: string;
  /** Bucket in the path: for emulators. */
  readonly pathStyle: boolean;
  readonly logLevel: string;
  /** Raw mail of more bytes than this goes to the state machine. */
  readonly largeBytes: number;
  /** A ledger of more events than this is worked out in parts. */
  readonly eventsPerPart: number;
  readonly worker: FunctionSize;
  /** The stage artefact is deployed three times, with three roles. */
  readonly stages: Readonly<Record<'compute' | 'rates' | 'deliver', FunctionSize>>;
  /** Parts of a large calculation at the same time. */
  readonly partsAtOnce: number;
  /** Mails given to the worker in one go. */
  readonly batchSize: number;
  /** Deliveries of a message before it is a dead letter. */
  readonly deliveries: number;
  readonly keep: Keep;
  readonly thresholds: Thresholds;
  /** USD a month for the whole account; told of at 50, 80 and 100 % and when 100 % is forecast. */
  readonly budget: number;
  /** Where the runbook can be read; alarm descriptions point to its chapters. */
  readonly runbook: string;
}

/** What all environments have in common. */
const COMMON = {
  region: 'eu-central-1',
  localPart: 'calc',
  architecture: 'arm64',
  artefacts: '../target/functions',
  customerKey: false,
  restored: {},
  pathStyle: false,
  logLevel: 'info',
  largeBytes: 8_000_000,
  eventsPerPart: 100_000,
  // One whole core: the same work takes half the time of 885 MB at the same price, and the time is
  // 0.4 % of the bill.
  worker: { memory: 1769, timeout: 60, concurrency: 10, p99: 20_000 },
  stages: {
    compute: { memory: 1769, timeout: 180, concurrency: 10, p99: 60_000 },
    // Waits for NBP more than it computes.
    rates: { memory: 512, timeout: 120, concurrency: 2, p99: 60_000 },
    // Holds a mail of 40 MB with everything that it becomes.
    deliver: { memory: 1769, timeout: 120, concurrency: 10, p99: 60_000 },
  },
  partsAtOnce: 8,
  batchSize: 1,
  deliveries: 5,
  keep: {
    rawMail: 30,
    uploads: 7,
    temporary: 1,
    archiveUntilInfrequent: 30,
    archiveUntilGlacier: 90,
    archive: 365,
    oldVersions: 30,
    conversations: 120,
    logs: 30,
    backups: 7,
  },
  thresholds: {
    errorPercent: 5,
    executionsFailed: 10,
    bouncePercent: 10,
    complaintPercent: 0.1,
    reputationBouncePercent: 4,
    reputationComplaintPercent: 0.08,
    nbpErrorPercent: 20,
    pendingMails: 1000,
    averageSeconds: 30,
    mailsPerDay: 0,
    oldestMailMinutes: 15,
  },
  runbook: 'infra/RUNBOOK.md',
} as const satisfies Partial<Settings>;

/** The settings of an environment before anything is overridden from the command line. */
export const DEFAULTS: Readonly<Record<Environment, Settings>> = {
  dev: {
    ...COMMON,
    environment: 'dev',
    domain: 'dev.investtax.example',
    retain: false,
    gradual: false,
    backups: false,
    trail: false,
    budget: 5,
  },
  staging: {
    ...COMMON,
    environment: 'staging',
    domain: 'staging.investtax.example',
    retain: false,
    gradual: true,
    backups: true,
    trail: false,
    budget: 10,
  },
  prod: {
    ...COMMON,
    environment: 'prod',
    domain: 'investtax.example',
    canaryDomain: 'canary-investtax.example',
    retain: true,
    gradual: true,
    backups: true,
    trail: true,
    worker: { ...COMMON.worker, concurrency: 20 },
    stages: {
      ...COMMON.stages,
      compute: { ...COMMON.stages.compute, concurrency: 20 },
    },
    thresholds: { ...COMMON.thresholds, mailsPerDay: 5 },
    budget: 25,
  },
};
