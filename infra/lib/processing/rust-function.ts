/**
 * A Rust program as a function: its own role, its own log group, an alias that everything calls, and a
 * deployment that goes back by itself when the new version fails.
 */
import { join } from 'node:path';
import {
  Duration,
  RemovalPolicy,
  Stack,
  aws_cloudwatch as cloudwatch,
  aws_codedeploy as codedeploy,
  aws_ec2 as ec2,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_sqs as sqs,
  aws_lambda_destinations as destinations,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { FunctionSize, Settings } from '../config.ts';
import { environmentFor, type Reader } from '../contract.ts';
import { Rights, USE_KEY, bareRole } from '../grants.ts';
import type { Alarms } from '../monitoring/alarms.ts';
import type { Names } from '../names.ts';

export interface RustFunctionProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly alarms: Alarms;
  /** Which program: a folder of the artefacts, and a reader in the contract. */
  readonly program: Reader;
  /** Name after the environment. */
  readonly name: string;
  readonly size: FunctionSize;
  readonly description: string;
  readonly application: codedeploy.ILambdaApplication;
  /** Alarms of its own that a deployment goes back on, besides errors and time. @default none */
  readonly alsoBack?: readonly cloudwatch.IAlarm[];
  /** Where events end that were given up. @default they are not called without an answer */
  readonly deadTasks?: sqs.IQueue;
  /**
   * What to do about calls that come from its own messages. @default Lambda ends what looks like a loop, after
   * about 16 rounds
   */
  readonly recursiveLoop?: lambda.RecursiveLoop;
  readonly network?: { readonly vpc: ec2.IVpc; readonly group: ec2.ISecurityGroup };
  readonly key?: kms.IKey;
}

export class RustFunction extends Construct {
  readonly function: lambda.Function;
  /** What everything calls: the version in use. */
  readonly alias: lambda.Alias;
  readonly rights: Rights;

  constructor(scope: Construct, id: string, props: RustFunctionProps) {
    super(scope, id);
    const { settings, names, size } = props;
    const functionName = names.of(props.name);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: settings.keep.logs,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = bareRole(
      Stack.of(this),
      new iam.Role(this, 'Role', {
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
        description: `What ${functionName} may do`,
      }),
      logGroup.logGroupName,
    );
    this.rights = new Rights(role, names);
    props.key?.grant(role, ...USE_KEY);

    this.function = new lambda.Function(this, 'Function', {
      functionName,
      description: props.description,
      runtime: lambda.Runtime.PROVIDED_AL2023,
      architecture:
        settings.architecture === 'arm64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64,
      handler: 'bootstrap',
      code: lambda.Code.fromAsset(join(settings.artefacts, props.program)),
      role,
      logGroup,
      memorySize: size.memory,
      timeout: Duration.seconds(size.timeout),
      reservedConcurrentExecutions: size.concurrency,
      tracing: lambda.Tracing.ACTIVE,
      ...(props.recursiveLoop && { recursiveLoop: props.recursiveLoop }),
      environment: variables(props.program, settings, names),
      // Old versions stay, so that going back is moving a pointer.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(props.network && {
        vpc: props.network.vpc,
        vpcSubnets: { subnetType: privateSubnets(settings) },
        securityGroups: [props.network.group],
      }),
    });
    if (props.network) this.joinNetwork(role);

    this.alias = new lambda.Alias(this, 'Alias', {
      aliasName: 'live',
      version: this.function.currentVersion,
      ...(props.deadTasks && {
        maxEventAge: Duration.hours(1),
        retryAttempts: 2,
        onFailure: new destinations.SqsDestination(props.deadTasks),
      }),
    });
    this.deploy(props);
  }

  /** What Lambda asks for in a network. Interfaces cannot be named before they exist. */
  private joinNetwork(role: iam.Role): void {
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'ec2:CreateNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
      }),
    );
  }

  private deploy(props: RustFunctionProps): void {
    const { alarms, settings, size, name } = props;
    const { errorPercent } = settings.thresholds;
    const minute = Duration.minutes(1);
    const errors = alarms.critical(`${name}-errors`, {
      title: `More than ${errorPercent} % of the calls of ${name} fail`,
      metric: alarms.share(
        this.alias.metricErrors({ period: minute }),
        this.alias.metricInvocations({ period: minute }),
        minute,
      ),
      above: errorPercent,
      points: [3, 5],
    });
    const slow = alarms.warning(`${name}-p99`, {
      title: `The slowest hundredth of the calls of ${name} takes more than ${size.p99} ms`,
      metric: this.alias.metricDuration({ period: minute, statistic: 'p99' }),
      above: size.p99,
      points: [5, 5],
    });
    alarms.critical(`${name}-throttles`, {
      title: `Calls of ${name} are refused`,
      metric: this.function.metricThrottles({ period: minute }),
      above: 0,
    });
    new codedeploy.LambdaDeploymentGroup(this, 'Deployment', {
      application: props.application,
      alias: this.alias,
      deploymentGroupName: props.names.of(name),
      deploymentConfig: settings.gradual
        ? codedeploy.LambdaDeploymentConfig.CANARY_10PERCENT_10MINUTES
        : codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE,
      alarms: [errors, slow, ...(props.alsoBack ?? [])],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }
}

/** Which subnets the functions stand in: those with a way out, if there is one. */
export function privateSubnets(settings: Settings): ec2.SubnetType {
  return settings.network?.natGateways
    ? ec2.SubnetType.PRIVATE_WITH_EGRESS
    : ec2.SubnetType.PRIVATE_ISOLATED;
}

/** The variables of the contract, from what is known before anything is deployed. */
function variables(program: Reader, settings: Settings, names: Names): Record<string, string> {
  return environmentFor(program, {
    INVESTTAX_STAGE: settings.environment,
    INVESTTAX_ADDRESS: names.address,
    INVESTTAX_MAIL_BUCKET: names.bucket('mail'),
    INVESTTAX_TEMP_BUCKET: names.bucket('temp'),
    INVESTTAX_ARCHIVE_BUCKET: names.bucket('archive'),
    INVESTTAX_JOBS_TABLE: names.table('jobs'),
    INVESTTAX_MAILBOX_TABLE: names.table('mailbox'),
    INVESTTAX_RATES_TABLE: names.table('rates'),
    INVESTTAX_CONFIGURATION_SET: names.of('answers'),
    INVESTTAX_QUEUE_URL: names.queueUrl('intake'),
    INVESTTAX_STATE_MACHINE_ARN: names.stateMachineArn(),
    INVESTTAX_LARGE_BYTES: String(settings.largeBytes),
    INVESTTAX_EVENTS_PER_PART: String(settings.eventsPerPart),
    INVESTTAX_LOG: settings.logLevel,
    INVESTTAX_NBP_URL: settings.nbpUrl,
    INVESTTAX_PATH_STYLE: settings.pathStyle ? '1' : undefined,
  });
}
