/** What an operator looks at: dashboard, saved queries, budget, the hourly test mail. */
import type { aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from '../monitoring/alarms.ts';
import { Budget } from '../monitoring/budget.ts';
import { Canary } from '../monitoring/canary.ts';
import { Dashboard } from '../monitoring/dashboard.ts';
import { Queries } from '../monitoring/queries.ts';
import { Base, type BaseProps } from './base.ts';

export class ObservabilityStack extends Base {
  constructor(scope: Construct, props: BaseProps & { readonly key?: kms.IKey }) {
    super(scope, 'observability', props);
    const { settings, names } = this;
    new Dashboard(this, 'Dashboard', settings, names);
    new Queries(this, 'Queries', names);
    new Budget(this, 'Budget', settings, names);
    if (settings.canaryDomain) {
      new Canary(this, 'Canary', {
        settings,
        names,
        alarms: new Alarms(this, { settings, names }),
        canaryDomain: settings.canaryDomain,
        ...(props.key && { key: props.key }),
      });
    }
  }
}
