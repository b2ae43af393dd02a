/** The functions and the state machine. Can be deleted and deployed again without losing a mail. */
import { aws_codedeploy as codedeploy, aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LargeWork } from '../large-work/index.ts';
import { Alarms } from '../monitoring/alarms.ts';
import { Processing } from '../processing/index.ts';
import type { RustFunctionProps } from '../processing/rust-function.ts';
import { Base, type BaseProps } from './base.ts';

export interface ApplicationStackProps extends BaseProps {
  readonly key?: kms.IKey;
  readonly network?: NonNullable<RustFunctionProps['network']>;
}

export class ApplicationStack extends Base {
  constructor(scope: Construct, props: ApplicationStackProps) {
    super(scope, 'application', props);
    const { settings, names } = this;
    const common = {
      settings,
      names,
      alarms: new Alarms(this, { settings, names }),
      application: new codedeploy.LambdaApplication(this, 'Deployments', {
        applicationName: names.of('functions'),
      }),
      ...(props.key && { key: props.key }),
      ...(props.network && { network: props.network }),
    };
    new Processing(this, 'Processing', common);
    new LargeWork(this, 'LargeWork', common);
  }
}
