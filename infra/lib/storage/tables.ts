/** The tables: jobs, the mailbox's memory, NBP's rates. */
import { RemovalPolicy, aws_dynamodb as dynamodb, aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { Names, TableKind } from '../names.ts';

/** The index of the jobs of a sender. */
export const BY_OWNER = 'by-owner';

const { STRING } = dynamodb.AttributeType;

export interface TablesProps {
  readonly settings: Settings;
  readonly names: Names;
  /** Key of our own. @default the key of DynamoDB */
  readonly key?: kms.IKey;
}

export class Tables extends Construct {
  readonly all: readonly dynamodb.TableV2[];

  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    const string = (name: string): dynamodb.Attribute => ({ name, type: STRING });
    this.all = [
      this.table('Jobs', 'jobs', props, {
        partitionKey: string('job'),
        globalSecondaryIndexes: [
          {
            // A sender's history, the latest first.
            indexName: BY_OWNER,
            partitionKey: string('owner'),
            sortKey: string('received'),
          },
        ],
      }),
      this.table('Mailbox', 'mailbox', props, {
        partitionKey: string('pk'),
        sortKey: string('sk'),
      }),
      this.table('Rates', 'rates', props, {
        partitionKey: string('pk'),
        sortKey: string('sk'),
      }),
    ];
  }

  private table(
    id: string,
    kind: TableKind,
    props: TablesProps,
    more: Omit<dynamodb.TablePropsV2, 'tableName'>,
  ): dynamodb.TableV2 {
    const { settings } = props;
    return new dynamodb.TableV2(this, id, {
      // Not names.table(): a restored table is made by the restore, not by this stack.
      tableName: props.names.of(kind),
      billing: dynamodb.Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expires',
      encryption: props.key
        ? dynamodb.TableEncryptionV2.customerManagedKey(props.key)
        : dynamodb.TableEncryptionV2.awsManagedKey(),
      deletionProtection: settings.retain,
      removalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...more,
    });
  }
}
