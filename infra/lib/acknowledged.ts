/**
 * Findings of cdk-nag that are as they should be, each with its reason. Stars in actions are not among
 * them: a test refuses those everywhere.
 */
import { Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { Stacks } from './app.ts';

/** Why a star at the end of a resource is right, by what stands before it. */
const STARS: readonly (readonly [RegExp, string])[] = [
  [/:log-stream:\*$/, 'A function names its log streams itself'],
  [/:s3:::[^*]+\/\*$/, 'Objects have names that are known only when they are made'],
  [/:s3:::[^*]+\/20\*$/, 'Kept jobs, which stand under their year'],
  [/:execution:[^*]+\*$/, 'Executions of this one machine, its distributed maps included'],
  [/^\*$/, 'X-Ray, network interfaces, log delivery and the active rule set know no resources'],
  [/\.Arn>:\*$/, 'The versions of this one function'],
  [/^<.*Arn>\/\*$/, 'Objects of this one bucket'],
];

const REASONS: readonly (readonly [keyof Stacks, readonly string[], string, string])[] = [
  [
    'stateful',
    ['Buckets/Logs', 'Buckets/Temp', 'Audit/Bucket'],
    'AwsSolutions-S1',
    'Holds logs itself, or what lives for a day and is written by the functions only',
  ],
  ['replica', ['Archive'], 'AwsSolutions-S1', 'Written by replication only; the source is logged'],
  ['stateful', ['Intake/DeadTasks'], 'AwsSolutions-SQS3', 'It is where the dead letters of tasks end'],
  [
    'stateful',
    ['Backups/Role'],
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup]',
    'The service keeps its own list of what a backup needs; it is assumed by the service only',
  ],
];

const CODE_DEPLOY =
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]';
const LAMBDA_LOGS =
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]';

/** Acknowledges what is listed above; cdk-nag fails on everything else. */
export function acknowledge(stacks: Stacks): void {
  for (const [stack, paths, id, reason] of REASONS) {
    for (const path of paths) {
      const found = path
        .split('/')
        .reduce<IConstruct | undefined>((at, part) => at?.node.tryFindChild(part), stacks[stack]);
      if (found) Validations.of(found).acknowledge({ id, reason });
    }
  }
  for (const stack of Object.values(stacks)) {
    for (const child of stack?.node.findAll() ?? []) {
      if (child.node.id === 'Deployment') {
        Validations.of(child).acknowledge({ id: CODE_DEPLOY, reason: 'CDK adds the limited policy itself' });
      }
      if (child.node.id.startsWith('AWS679f53fac002430cb0da5b7982bd2287')) {
        Validations.of(child).acknowledge({
          id: LAMBDA_LOGS,
          reason: "CDK's own function; its one right besides logs is to switch the rule set on",
        });
        Validations.of(child).acknowledge({ id: 'AwsSolutions-L1', reason: "CDK's own function" });
      }
      if (child instanceof CfnPolicy) stars(child);
    }
  }
}

function stars(policy: CfnPolicy): void {
  const document = Stack.of(policy).resolve(policy.policyDocument) as {
    readonly Statement: readonly { readonly Resource: unknown }[];
  };
  for (const { Resource } of document.Statement) {
    for (const resource of [Resource].flat().map(written)) {
      const why = STARS.find(([pattern]) => resource.includes('*') && pattern.test(resource));
      if (why) {
        const id = `AwsSolutions-IAM5[Resource::${resource}]`;
        Validations.of(policy).acknowledge({ id, reason: why[1] });
      }
    }
  }
}

/** A resource as cdk-nag writes it: references in angle brackets. */
function written(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const [[name, inner] = ['', undefined]] = Object.entries(value);
  if (name === 'Ref') return `<${String(inner)}>`;
  if (name === 'Fn::GetAtt') return `<${(inner as string[]).join('.')}>`;
  if (name === 'Fn::Join') return (inner as [string, unknown[]])[1].map(written).join('');
  return '';
}
