/** The optional network, deployed before everything that stands in it. */
import type { Construct } from 'constructs';
import type { Network } from '../config.ts';
import { PrivateNetwork } from '../network/index.ts';
import { Base, type BaseProps } from './base.ts';

export class NetworkStack extends Base {
  readonly network: PrivateNetwork;

  constructor(scope: Construct, props: BaseProps & { readonly network: Network }) {
    super(scope, 'network', props);
    this.network = new PrivateNetwork(this, 'Network', {
      settings: this.settings,
      names: this.names,
      network: props.network,
    });
  }

  /** Named, because to look them up synthesis would need credentials. */
  override get availabilityZones(): string[] {
    return ['a', 'b'].map((zone) => `${this.region}${zone}`);
  }
}
