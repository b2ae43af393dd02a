/** Reads what the command line (`-c name=value`) sets over the defaults of an environment. */
import type { Node } from 'constructs';
import { DEFAULTS, ENVIRONMENTS, type Environment, type Settings } from './config.ts';

type Write<T> = { -readonly [K in keyof T]: T[K] };

/** What can be set from outside; anything else belongs into `config.ts`, where it is reviewed. */
const TEXT = [
  'region',
  'domain',
  'localPart',
  'hostedZoneId',
  'canaryDomain',
  'operatorEmail',
  'dmarcReports',
  'artefacts',
  'replicaRegion',
  'nbpUrl',
  'runbook',
  'logLevel',
] as const;
const FLAGS = ['customerKey', 'pathStyle', 'trail', 'backups', 'gradual'] as const;
const NUMBERS = ['largeBytes', 'eventsPerPart', 'budget'] as const;

function flag(name: string, value: unknown): boolean {
  if (value === true || value === 'true' || value === '1') return true;
  if (value === false || value === 'false' || value === '0') return false;
  throw new Error(`-c ${name} is true or false, not ${String(value)}`);
}

function positive(name: string, value: unknown): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) {
    throw new Error(`-c ${name} is a whole number, not ${String(value)}`);
  }
  return number;
}

/**
 * The settings for this run.
 *
 * @throws if a value cannot be understood; nothing is deployed with a guess.
 */
export function settingsFrom(node: Node): Settings {
  const stage: unknown = node.tryGetContext('stage') ?? 'dev';
  const environment = ENVIRONMENTS.find((name) => name === stage);
  if (!environment) {
    throw new Error(`-c stage is one of ${ENVIRONMENTS.join(', ')}, not ${String(stage)}`);
  }
  return override(environment, (name) => node.tryGetContext(name));
}

/** The settings of an environment with what `given` knows laid over them. */
export function override(
  environment: Environment,
  given: (name: string) => unknown,
): Settings {
  const settings: Write<Settings> = { ...DEFAULTS[environment] };
  for (const name of TEXT) {
    const value = given(name);
    if (value === 'none') delete (settings as Partial<Write<Settings>>)[name];
    else if (value !== undefined) settings[name] = String(value);
  }
  // The default belongs to the default of `domain`; nobody has it, and what is sent from it would never come.
  if (settings.canaryDomain && given('domain') !== undefined && given('canaryDomain') === undefined) {
    throw new Error('-c domain wants -c canaryDomain: another domain of yours for the test mail, or none');
  }
  for (const name of FLAGS) {
    const value = given(name);
    if (value !== undefined) settings[name] = flag(name, value);
  }
  for (const name of NUMBERS) {
    const value = given(name);
    if (value !== undefined) settings[name] = positive(name, value);
  }
  const architecture = given('architecture');
  if (architecture !== undefined) {
    if (architecture !== 'arm64' && architecture !== 'x86_64') {
      throw new Error(`-c architecture is arm64 or x86_64, not ${String(architecture)}`);
    }
    settings.architecture = architecture;
  }
  const nat = given('natGateways');
  if (nat !== undefined) settings.network = { natGateways: positive('natGateways', nat) };
  // Those of config.ts stay, or the next run of the pipeline would take the lost tables again.
  settings.restored = { ...settings.restored, ...restored(given) };
  check(settings);
  return settings;
}

function restored(given: (name: string) => unknown): Settings['restored'] {
  const names: Partial<Record<'jobs' | 'mailbox' | 'rates', string>> = {};
  for (const table of ['jobs', 'mailbox', 'rates'] as const) {
    const value = given(`restored-${table}`);
    if (value !== undefined) names[table] = String(value);
  }
  return names;
}

function check(settings: Settings): void {
  const { keep } = settings;
  if (keep.archiveUntilInfrequent < 30) throw new Error('S3 keeps objects 30 days before Standard-IA');
  if (keep.archiveUntilGlacier < keep.archiveUntilInfrequent + 30) {
    throw new Error('S3 bills 30 days of Standard-IA at least');
  }
  if (keep.archive <= keep.archiveUntilGlacier) throw new Error('archived objects are deleted too early');
  if (settings.customerKey && settings.replicaRegion) {
    // S3 would skip every object under the key without a word, and the copy would stay empty.
    throw new Error(
      'customerKey and replicaRegion do not go together: a key belongs to one region, and what it encrypts is not copied to another; choose one',
    );
  }
  // Reports to our own domain would be mail to the bot.
  const reports = settings.dmarcReports?.split('@').at(-1);
  if (reports !== undefined && (reports === settings.domain || reports === settings.canaryDomain)) {
    throw new Error('reports on DMARC want an address elsewhere: mail to our own domain goes to the bot');
  }
  // The Received headers of a mail that comes from our own domain would look like a loop.
  if (settings.canaryDomain === settings.domain) throw new Error('the test mail needs a domain of its own');
}
