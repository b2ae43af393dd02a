/** A restored table that stands in the configuration stays in use, whoever deploys. */
import { afterEach, expect, test } from 'vitest';
import { DEFAULTS, type Settings } from '../lib/config.ts';
import { override } from '../lib/context.ts';

const prod = DEFAULTS.prod as { restored: Settings['restored'] };
const usual = prod.restored;
afterEach(() => {
  prod.restored = usual;
});

test('the restored tables of the configuration hold without the command line', () => {
  prod.restored = { mailbox: 'investtax-prod-mailbox-20260203094000' };
  expect(override('prod', () => undefined).restored).toEqual(prod.restored);
});

test('the command line names others beside or instead of them', () => {
  prod.restored = { mailbox: 'old', jobs: 'jobs' };
  const given = (name: string): unknown => (name === 'restored-mailbox' ? 'new' : undefined);
  expect(override('prod', given).restored).toEqual({ mailbox: 'new', jobs: 'jobs' });
});
