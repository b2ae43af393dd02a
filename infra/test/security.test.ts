/** Nobody gets in, nobody may do more than they must, nothing lies in the clear. */
import { describe, expect, test } from 'vitest';
import { actions, built, statements, text, type Resource } from './templates.ts';

const prod = built('prod', { replicaRegion: 'eu-west-1', natGateways: '1' });
const dev = built('dev');
const BUCKETS = prod.of('AWS::S3::Bucket');

function policiesOf(role: string): readonly Resource[] {
  return prod.of('AWS::IAM::Policy').filter((policy) => text(policy.Properties['Roles']).includes(role));
}

/** Everything that a function may do, as `action resource`. */
function rights(functionName: string): string[] {
  const fn = prod.of('AWS::Lambda::Function').find((each) => each.Properties['FunctionName'] === functionName);
  const role = text(fn?.Properties['Role']).replace(/^<|\.Arn>$/g, '');
  return policiesOf(role).flatMap((policy) =>
    statements(policy).flatMap((statement) =>
      actions(statement).flatMap((action) =>
        [statement.Resource].flat().map((resource) => `${action} ${text(resource)}`),
      ),
    ),
  );
}

describe('buckets', () => {
  test('there are the six that are expected', () => {
    expect(BUCKETS.map((bucket) => String(bucket.Properties['BucketName']).split('-')[2]).sort()).toEqual(
      ['archive', 'archive', 'logs', 'mail', 'temp', 'trail'],
    );
  });

  test.each(BUCKETS.map((bucket) => [bucket.id, bucket] as const))('%s is closed, encrypted, TLS only', (_, bucket) => {
    expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(bucket.Properties['OwnershipControls'].Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    expect(bucket.Properties['BucketEncryption']).toBeDefined();
    const policy = prod
      .of('AWS::S3::BucketPolicy')
      .find((each) => each.stack === bucket.stack && text(each.Properties['Bucket']) === `<${bucket.id}>`);
    const denied = policy ? statements(policy).filter((each) => each.Effect === 'Deny') : [];
    const conditions = denied.map((each) => JSON.stringify(each.Condition));
    expect(conditions).toContain('{"Bool":{"aws:SecureTransport":"false"}}');
    expect(conditions.some((each) => each.includes('s3:TlsVersion'))).toBe(true);
    expect(denied.map((each) => each.Sid)).toEqual(
      expect.arrayContaining(['OnlyOurEncryption', 'NoKeysOfCallers']),
    );
    const allowed = policy ? statements(policy).filter((each) => each.Effect === 'Allow') : [];
    expect(allowed.filter((each) => text(each.Principal).includes('AWS=*'))).toEqual([]);
  });

  test('SES stores under in/ and canary/ only, and only for this account', () => {
    const ses = prod
      .of('AWS::S3::BucketPolicy')
      .flatMap(statements)
      .filter((each) => text(each.Principal).includes('ses.amazonaws.com'));
    expect(ses).toHaveLength(1);
    expect(actions(ses[0]!)).toEqual(['s3:PutObject']);
    expect([ses[0]!.Resource].flat().map((each) => text(each).split('/').slice(1).join('/')).sort()).toEqual(['canary/*', 'in/*']);
    expect(ses[0]!.Condition).toEqual({ StringEquals: { 'aws:SourceAccount': '123456789012' } });
  });
});

describe('rights', () => {
  test('no policy has a star in an action', () => {
    const policies = [...prod.of('AWS::IAM::Policy'), ...prod.of('AWS::IAM::ManagedPolicy')];
    const starred = policies
      .flatMap(statements)
      .filter((each) => each.Effect === 'Allow')
      .flatMap(actions)
      .filter((action) => action.includes('*'));
    expect(starred).toEqual([]);
    expect(rights('investtax-prod-worker').filter((right) => right.split(' ')[0]!.includes('*'))).toEqual([]);
  });

  test('every function has a role of its own', () => {
    const roles = prod.of('AWS::Lambda::Function').map((each) => text(each.Properties['Role']));
    expect(roles).toHaveLength(6);
    expect(new Set(roles).size).toBe(roles.length);
  });

  test('all resources are only for actions that know none', () => {
    const everywhere = prod
      .of('AWS::IAM::Policy')
      .flatMap(statements)
      .filter((each) => [each.Resource].flat().some((resource) => resource === '*'))
      .flatMap(actions);
    expect([...new Set(everywhere)].sort()).toEqual(
      [
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:UnassignPrivateIpAddresses',
        'logs:CreateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:DescribeLogGroups',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:UpdateLogDelivery',
        'ses:SetActiveReceiptRuleSet',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ].sort(),
    );
  });

  test('the function that computes sends no mail, deletes nothing and writes no archive', () => {
    const may = rights('investtax-prod-stage-compute');
    expect(may.filter((right) => /ses:|DeleteObject|sqs:/.test(right))).toEqual([]);
    expect(may.filter((right) => right.startsWith('s3:PutObject'))).toEqual([
      's3:PutObject arn:aws:s3:::investtax-prod-temp-123456789012-eu-central-1/jobs/*',
    ]);
    expect(may.filter((right) => right.startsWith('dynamodb:PutItem'))).toEqual([]);
  });

  /** What a function may do with tables: `action table`, or `action table/index`. */
  const onTables = (name: string): string[] =>
    rights(`investtax-prod-${name}`)
      .filter((right) => right.startsWith('dynamodb:'))
      .map((right) => right.replace(/^dynamodb:/, '').replace(/ .*:table\/investtax-prod-/, ' '))
      .sort();

  test('on tables, functions may do what they call and nothing else', () => {
    const rates = ['GetItem rates', 'PutItem rates', 'Query rates'];
    const mailbox = ['ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map((each) => `${each} mailbox`);
    const jobs = ['Query jobs/index/by-owner', 'UpdateItem jobs'];
    expect(onTables('worker')).toEqual([...rates, ...mailbox, ...jobs, 'Scan mailbox'].sort());
    expect(onTables('stage-deliver')).toEqual([...rates, ...mailbox, ...jobs].sort());
    expect(onTables('stage-rates')).toEqual([...rates, 'UpdateItem jobs'].sort());
    expect(onTables('stage-compute')).toEqual(['GetItem mailbox', 'UpdateItem jobs']);
  });

  test('the function that computes reads of the mailbox what belongs to senders, and not the secret', () => {
    const mailbox = prod
      .of('AWS::IAM::Policy')
      .filter((policy) => policy.id.startsWith('LargeWorkCompute'))
      .flatMap(statements)
      .filter((each) => text(each.Resource).includes('prod-mailbox'));
    expect(mailbox.map((each) => [each.Action, each.Condition])).toEqual([
      ['dynamodb:GetItem', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['owner#*'] } }],
    ]);
    const archive = rights('investtax-prod-stage-compute').filter((right) => right.startsWith('s3:GetObject') && right.includes('-archive-'));
    expect(archive.map((right) => right.split('/').slice(1).join('/'))).toEqual(['mailbox/*']);
  });

  test('the worker has nothing to do with what stages hand over', () => {
    expect(rights('investtax-prod-worker').filter((right) => right.includes('prod-temp-'))).toEqual([]);
  });

  test('the function that fetches rates sees no mail', () => {
    const may = rights('investtax-prod-stage-rates');
    expect(may.filter((right) => /prod-mail-|ses:/.test(right))).toEqual([]);
    expect(may.filter((right) => right.includes('prod-mailbox'))).toEqual([]);
  });

  test('files too large for mail are put by whom a worker signed for, under upload/ only, and read by the worker', () => {
    const on = (name: string, action: string) =>
      rights(`investtax-prod-${name}`)
        .filter((right) => right.startsWith(`${action} `) && right.includes('prod-mail-'))
        .map((right) => right.split('/').slice(1).join('/'))
        .sort();
    expect(on('worker', 's3:PutObject')).toEqual(['offer/*', 'upload/*', 'uploaded/*']);
    expect(on('stage-deliver', 's3:PutObject')).toEqual(['offer/*', 'upload/*']);
    expect(on('worker', 's3:GetObject')).toContain('upload/*');
    expect(on('stage-deliver', 's3:GetObject')).not.toContain('upload/*');
    for (const name of ['stage-compute', 'stage-rates']) {
      expect(rights(`investtax-prod-${name}`).filter((right) => right.includes('prod-mail-'))).toEqual([]);
    }
    // The page and the form are of one origin: no bucket answers another one.
    for (const bucket of BUCKETS) expect(bucket.Properties['CorsConfiguration']).toBeUndefined();
  });

  test('mail is sent from our address only', () => {
    const sends = prod
      .of('AWS::IAM::Policy')
      .flatMap(statements)
      .filter((each) => actions(each).some((action) => action.startsWith('ses:Send')));
    expect(sends).toHaveLength(3);
    for (const each of sends) {
      expect(each.Condition).toBeDefined();
      expect(Object.keys(each.Condition!['StringEquals']!)).toEqual(['ses:FromAddress']);
      expect([each.Resource].flat()).toHaveLength(2);
    }
  });

  test('who assumes a role is a service, and none of another account', () => {
    for (const role of prod.of('AWS::IAM::Role')) {
      for (const each of role.Properties['AssumeRolePolicyDocument'].Statement) {
        expect(Object.keys(each.Principal)).toEqual(['Service']);
      }
    }
  });
});

describe('queues and topics', () => {
  test.each(prod.of('AWS::SQS::Queue').map((queue) => [queue.id, queue] as const))('%s is encrypted and TLS only', (_, queue) => {
    expect(queue.Properties['SqsManagedSseEnabled']).toBe(true);
    const policy = prod.of('AWS::SQS::QueuePolicy').find((each) => text(each.Properties['Queues']).includes(queue.id));
    expect(JSON.stringify(policy && statements(policy))).toContain('"aws:SecureTransport":"false"');
  });

  test.each(prod.of('AWS::SNS::Topic').map((topic) => [topic.id, topic] as const))('%s is TLS only', (_, topic) => {
    const policy = prod.of('AWS::SNS::TopicPolicy').find((each) => text(each.Properties['Topics']).includes(topic.id));
    expect(JSON.stringify(policy && statements(policy))).toContain('"aws:SecureTransport":"false"');
  });
});

describe('a key of our own', () => {
  const keyed = built('prod', { customerKey: 'true' });
  test('is used by everything that can hold it, and turns', () => {
    expect(keyed.of('AWS::KMS::Key')).toHaveLength(1);
    expect(keyed.of('AWS::KMS::Key')[0]!.Properties['EnableKeyRotation']).toBe(true);
    for (const queue of keyed.of('AWS::SQS::Queue')) expect(queue.Properties['KmsMasterKeyId']).toBeDefined();
    for (const topic of keyed.of('AWS::SNS::Topic')) expect(topic.Properties['KmsMasterKeyId']).toBeDefined();
    for (const kind of ['mail', 'temp', 'archive']) {
      const bucket = keyed.of('AWS::S3::Bucket').find((each) => String(each.Properties['BucketName']).startsWith(`investtax-prod-${kind}-`));
      expect(JSON.stringify(bucket!.Properties['BucketEncryption'])).toContain('aws:kms');
    }
    for (const table of keyed.of('AWS::DynamoDB::GlobalTable')) {
      expect(table.Properties['SSESpecification'].SSEType).toBe('KMS');
    }
  });
});

test('a key of our own and a copy in another region, which would copy nothing, are refused together', () => {
  expect(() => built('prod', { customerKey: 'true', replicaRegion: 'eu-west-1' })).toThrow(/customerKey.*replicaRegion/);
});

test('the network lets TLS out and nothing in', () => {
  const groups = prod.of('AWS::EC2::SecurityGroup');
  const functions = groups.find((each) => text(each.Properties['GroupDescription']).startsWith('The functions'));
  expect(functions!.Properties['SecurityGroupEgress']).toMatchObject([{ FromPort: 443, ToPort: 443 }]);
  expect(functions!.Properties['SecurityGroupIngress']).toBeUndefined();
  expect(prod.of('AWS::EC2::VPCEndpoint')).toHaveLength(5);
  expect(dev.of('AWS::EC2::VPC')).toEqual([]);
});
