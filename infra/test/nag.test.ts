/** cdk-nag has nothing to say that is not acknowledged, with any combination of options. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { build } from '../lib/app.ts';
import { override } from '../lib/context.ts';
import { ACCOUNT, artefacts, flags } from './templates.ts';

const OPTIONS: Record<string, Record<string, string>> = {
  'as it is': {},
  'with everything but a key': {
    natGateways: '1',
    operatorEmail: 'operator@example.com',
    dmarcReports: 'dmarc@example.com',
    replicaRegion: 'eu-west-1',
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  },
  'with a key of our own': { customerKey: 'true', natGateways: '1', operatorEmail: 'operator@example.com' },
  'with a network that has no way out': { natGateways: '0' },
};

test.each(Object.keys(OPTIONS))('production %s', (name) => {
  const app = new App({ context: flags() });
  const folder = artefacts();
  const settings = override('prod', (option) => (option === 'artefacts' ? folder : OPTIONS[name]![option]));
  build(app, settings, ACCOUNT);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  // Throws when there is a finding.
  expect(() => app.synth()).not.toThrow();
});
