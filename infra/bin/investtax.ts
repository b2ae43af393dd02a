/** The app: settings from the command line, stacks in the order in which they are deployed. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { settingsFrom } from '../lib/context.ts';
import { build } from '../lib/app.ts';

const app = new App();
build(app, settingsFrom(app.node), process.env['CDK_DEFAULT_ACCOUNT']);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
