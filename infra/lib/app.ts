/** Wires the stacks; reads like the list of what is deployed, in order. */
import type { App } from 'aws-cdk-lib';
import { acknowledge } from './acknowledged.ts';
import type { Settings } from './config.ts';
import { ApplicationStack } from './stacks/application.ts';
import { NetworkStack } from './stacks/network.ts';
import { ObservabilityStack } from './stacks/observability.ts';
import { ReceivingStack } from './stacks/receiving.ts';
import { ReplicaStack } from './stacks/replica.ts';
import { StatefulStack } from './stacks/stateful.ts';

/** The stacks of one environment. */
export interface Stacks {
  readonly network: NetworkStack | undefined;
  readonly replica: ReplicaStack | undefined;
  readonly stateful: StatefulStack;
  readonly application: ApplicationStack;
  readonly receiving: ReceivingStack;
  readonly observability: ObservabilityStack;
}

/** Builds all stacks of an environment. */
export function build(app: App, settings: Settings, account?: string): Stacks {
  const common = { settings, ...(account && { env: { account } }) };
  const network = settings.network
    ? new NetworkStack(app, { ...common, network: settings.network })
    : undefined;
  const replica = settings.replicaRegion
    ? new ReplicaStack(app, { ...common, region: settings.replicaRegion })
    : undefined;
  const stateful = new StatefulStack(app, common);
  if (replica) stateful.addStackDependency(replica, 'replication wants its destination');

  const application = new ApplicationStack(app, {
    ...common,
    ...(stateful.key && { key: stateful.key }),
    ...(network && { network: { vpc: network.network.vpc, group: network.network.group } }),
  });
  application.addStackDependency(stateful, 'it knows the resources by their names only');

  const receiving = new ReceivingStack(app, common);
  receiving.addStackDependency(stateful, 'SES tries whether it may write');

  const observability = new ObservabilityStack(app, {
    ...common,
    ...(stateful.key && { key: stateful.key }),
  });
  observability.addStackDependency(application, 'queries name log groups');

  const stacks = { network, replica, stateful, application, receiving, observability };
  acknowledge(stacks);
  return stacks;
}
