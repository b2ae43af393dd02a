/** What every stack has: its environment, its tags, its protection. */
import { Stack, Tags, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import { Names } from '../names.ts';

export interface BaseProps extends StackProps {
  readonly settings: Settings;
}

export class Base extends Stack {
  protected readonly settings: Settings;
  protected readonly names: Names;

  constructor(scope: Construct, part: string, props: BaseProps) {
    const { settings } = props;
    super(scope, `investtax-${settings.environment}-${part}`, {
      ...props,
      env: {
        region: props.env?.region ?? settings.region,
        ...(props.env?.account && { account: props.env.account }),
      },
      terminationProtection: settings.retain,
    });
    this.settings = settings;
    this.names = new Names(this, settings);
    // For the bill: cost allocation by these.
    Tags.of(this).add('Project', 'InvestTax');
    Tags.of(this).add('Environment', settings.environment);
    Tags.of(this).add('Component', part);
  }
}
