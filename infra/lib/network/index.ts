/**
 * The optional private network: two subnets in two zones, endpoints for what is used, and 443 as the only
 * way out. Off by default.
 */
import { aws_ec2 as ec2, aws_logs as logs, aws_iam as iam, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Network, Settings } from '../config.ts';
import type { Names } from '../names.ts';
import { privateSubnets } from '../processing/rust-function.ts';

export interface PrivateNetworkProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly network: Network;
}

/** What the functions talk to besides S3 and DynamoDB. */
const ENDPOINTS = {
  Ses: ec2.InterfaceVpcEndpointAwsService.EMAIL,
  Queue: ec2.InterfaceVpcEndpointAwsService.SQS,
  Machine: ec2.InterfaceVpcEndpointAwsService.STEP_FUNCTIONS,
} as const;

export class PrivateNetwork extends Construct {
  readonly vpc: ec2.Vpc;
  readonly group: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, props: PrivateNetworkProps) {
    super(scope, id);
    const { settings, names, network } = props;
    const subnetType = privateSubnets(settings);
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      vpcName: names.of('network'),
      maxAzs: 2,
      natGateways: network.natGateways,
      subnetConfiguration: [
        { name: 'functions', subnetType, cidrMask: 24 },
        ...(network.natGateways
          ? [{ name: 'way-out', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 28 }]
          : []),
      ],
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: {
        Objects: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        Tables: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    this.group = new ec2.SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'The functions: nothing in, TLS out',
      allowAllOutbound: false,
    });
    this.group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'TLS');
    const inside = new ec2.SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'The endpoints: TLS from the functions',
      allowAllOutbound: false,
    });
    inside.addIngressRule(this.group, ec2.Port.tcp(443), 'TLS');
    for (const [name, service] of Object.entries(ENDPOINTS)) {
      this.vpc.addInterfaceEndpoint(name, {
        service,
        subnets: { subnetType },
        securityGroups: [inside],
        // Otherwise CDK lets the whole network in.
        open: false,
      });
    }
    this.logFlows(props);
  }

  private logFlows(props: PrivateNetworkProps): void {
    const logGroup = new logs.LogGroup(this, 'Flows', {
      logGroupName: `/investtax/${props.settings.environment}/network`,
      retention: props.settings.keep.logs,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.vpc.addFlowLog('Rejected', {
      trafficType: ec2.FlowLogTrafficType.REJECT,
      destination: ec2.FlowLogDestination.toCloudWatchLogs(
        logGroup,
        new iam.Role(this, 'FlowRole', {
          assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com'),
        }),
      ),
    });
  }
}
