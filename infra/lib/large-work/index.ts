/** Large mail: one artefact behind three functions with three roles, and the machine that calls them. */
import {
  Duration,
  RemovalPolicy,
  aws_codedeploy as codedeploy,
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { Alarms } from '../monitoring/alarms.ts';
import type { Names } from '../names.ts';
import { RustFunction, type RustFunctionProps } from '../processing/rust-function.ts';
import { definition } from './definition.ts';

export interface LargeWorkProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly alarms: Alarms;
  readonly application: codedeploy.ILambdaApplication;
  readonly network?: NonNullable<RustFunctionProps['network']>;
  readonly key?: kms.IKey;
}

export class LargeWork extends Construct {
  readonly machine: sfn.StateMachine;
  readonly functions: readonly RustFunction[];

  constructor(scope: Construct, id: string, props: LargeWorkProps) {
    super(scope, id);
    const { settings } = props;
    const stage = (
      construct: string,
      name: 'compute' | 'rates' | 'deliver',
      description: string,
    ): RustFunction =>
      new RustFunction(this, construct, {
        ...props,
        program: 'stage',
        name: `stage-${name}`,
        description,
        size: settings.stages[name],
      });

    const compute = stage('Compute', 'compute', 'Reads files and calculates; sends nothing');
    compute.rights
      .read('temp', 'jobs/')
      .write('temp', 'jobs/')
      // The files of the conversation so far; rates come with the hand-over.
      .read('archive', 'mailbox/')
      .readSenders()
      .noteJobs();

    const rates = stage('Rates', 'rates', 'Asks NBP for the tables that a ledger needs');
    rates.rights
      .read('temp', 'jobs/')
      .write('temp', 'jobs/')
      .read('archive', 'rates/')
      .write('archive', 'rates/')
      .keepRates()
      .noteJobs();

    const deliver = stage(
      'Deliver',
      'deliver',
      'Takes the mail in, sends the answer, archives the job, says sorry',
    );
    deliver.rights
      .read('mail', 'in/', 'uploaded/')
      .offerUploads()
      .eraseSenders()
      .read('temp', 'jobs/')
      .write('temp', 'jobs/')
      .remove('temp', 'jobs/')
      .read('archive', '')
      .write('archive', '')
      .keepJobs()
      .keepMailbox()
      // If another mail of the conversation came first, everything is worked out anew, rates too.
      .keepRates()
      .answer(settings.domain);

    this.functions = [compute, rates, deliver];
    this.machine = this.newMachine(props, { Compute: compute, Rates: rates, Deliver: deliver });
    this.watch(props);
  }

  private newMachine(
    props: LargeWorkProps,
    functions: Readonly<Record<string, RustFunction>>,
  ): sfn.StateMachine {
    const { settings, names } = props;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      description: 'Calls the stages and starts the parts of a large calculation',
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(functions).map((each) => each.alias.functionArn),
      }),
    );
    // A distributed map starts executions of the machine itself, which is known by its name only.
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['states:StartExecution'],
        resources: [names.stateMachineArn()],
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
        resources: [`${names.stateMachineArn().replace(':stateMachine:', ':execution:')}*`],
      }),
    );
    return new sfn.StateMachine(this, 'Machine', {
      stateMachineName: names.of('large-work'),
      stateMachineType: sfn.StateMachineType.STANDARD,
      role,
      definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(definition(settings.partsAtOnce))),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(functions).map(([name, each]) => [name, each.alias.functionArn]),
      ),
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${names.of('large-work')}`,
          retention: settings.keep.logs,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: sfn.LogLevel.ALL,
        // Inputs name mails; names of states are enough to see where it broke.
        includeExecutionData: false,
      },
    });
  }

  private watch(props: LargeWorkProps): void {
    const { alarms, settings } = props;
    const failed = (period: Duration) =>
      alarms.sum(
        {
          failed: this.machine.metricFailed({ period }),
          late: this.machine.metricTimedOut({ period }),
          aborted: this.machine.metricAborted({ period }),
        },
        period,
      );
    alarms.critical('large-work-failures', {
      title: `More than ${settings.thresholds.executionsFailed} large mails failed within an hour`,
      metric: failed(Duration.hours(1)),
      above: settings.thresholds.executionsFailed,
    });
    alarms.warning('large-work-failed', {
      title: 'A large mail could not be handled; its sender was told',
      metric: failed(Duration.minutes(5)),
      above: 0,
    });
  }
}
