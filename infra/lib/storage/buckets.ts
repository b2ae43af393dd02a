/** The buckets: raw mail for a month, hand-over for a day, the archive for a year. */
import { Duration, RemovalPolicy, aws_iam as iam, aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { BucketKind, Names } from '../names.ts';

export interface BucketsProps {
  readonly settings: Settings;
  readonly names: Names;
  /** Key of our own. @default the key of S3 */
  readonly key?: kms.IKey;
}

export class Buckets extends Construct {
  readonly mail: s3.Bucket;
  readonly temp: s3.Bucket;
  readonly archive: s3.Bucket;

  constructor(scope: Construct, id: string, props: BucketsProps) {
    super(scope, id);
    const { keep, replicaRegion } = props.settings;
    const days = Duration.days;

    // S3 delivers access logs only to buckets with the key of S3.
    const { key: _, ...keyless } = props;
    const logs = this.bucket('Logs', 'logs', keyless, {
      lifecycleRules: [{ id: 'logs', expiration: days(keep.logs) }],
    });

    this.mail = this.bucket('Mail', 'mail', props, {
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 'mail/',
      lifecycleRules: [
        { id: 'raw-mail', prefix: 'in/', expiration: days(keep.rawMail) },
        // The letter and its file as one mail, as long as other mail. The prefix has nothing of `upload/`.
        { id: 'uploaded-mail', prefix: 'uploaded/', expiration: days(keep.rawMail) },
        // A file goes as soon as it is in its mail; this is for those that nobody could take.
        { id: 'uploads', prefix: 'upload/', expiration: days(keep.uploads) },
        // Letters and pages; their signatures are over after an hour.
        { id: 'offers', prefix: 'offer/', expiration: days(keep.uploads) },
        { id: 'test-mail', prefix: 'canary/', expiration: days(1) },
        { id: 'unfinished', abortIncompleteMultipartUploadAfter: days(1) },
      ],
    });

    this.temp = this.bucket('Temp', 'temp', props, {
      lifecycleRules: [
        {
          id: 'hand-over',
          expiration: days(keep.temporary),
          abortIncompleteMultipartUploadAfter: days(1),
        },
      ],
    });

    this.archive = this.bucket('Archive', 'archive', props, {
      versioned: true,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 'archive/',
      lifecycleRules: [
        {
          // Jobs are <YEAR>/<JOB>/…, so this prefix has all of them and neither rates/ nor mailbox/.
          id: 'jobs',
          prefix: '20',
          transitions: [
            {
              storageClass: s3.StorageClass.INFREQUENT_ACCESS,
              transitionAfter: days(keep.archiveUntilInfrequent),
            },
            {
              storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
              transitionAfter: days(keep.archiveUntilGlacier),
            },
          ],
          expiration: days(keep.archive),
        },
        {
          // Whoever has their data deleted, or lets it be forgotten, is not kept as a version.
          id: 'conversations',
          prefix: 'mailbox/',
          expiration: days(keep.conversations),
          noncurrentVersionExpiration: days(1),
        },
        // Marks of whose a job is; they outlive it.
        { id: 'owners', prefix: 'owners/', expiration: days(keep.archive + 1) },
        {
          id: 'old-versions',
          noncurrentVersionExpiration: days(keep.oldVersions),
          abortIncompleteMultipartUploadAfter: days(1),
        },
        { id: 'deletion-marks', expiredObjectDeleteMarker: true },
      ],
      ...(replicaRegion && {
        replicationRules: [
          {
            id: 'other-region',
            destination: s3.Bucket.fromBucketName(
              this,
              'Replica',
              props.names.bucket('archive', replicaRegion),
            ),
            priority: 1,
            deleteMarkerReplication: true,
          },
        ],
      }),
    });
  }

  private bucket(id: string, kind: BucketKind, props: BucketsProps, more: s3.BucketProps): s3.Bucket {
    const bucket = new s3.Bucket(this, id, {
      bucketName: props.names.bucket(kind),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      ...(props.key
        ? { encryption: s3.BucketEncryption.KMS, encryptionKey: props.key, bucketKeyEnabled: true }
        : { encryption: s3.BucketEncryption.S3_MANAGED }),
      removalPolicy: props.settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...more,
    });
    refuseOtherEncryption(bucket);
    return bucket;
  }
}

/**
 * Every object is encrypted by the bucket's default; this refuses puts that ask for anything else. A put
 * that asks for nothing must pass: SES and S3's own log delivery write that way.
 */
export function refuseOtherEncryption(bucket: s3.Bucket): void {
  const deny = (condition: Record<string, Record<string, unknown>>, sid: string): void => {
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid,
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects('*')],
        conditions: condition,
      }),
    );
  };
  deny(
    { StringNotEqualsIfExists: { 's3:x-amz-server-side-encryption': ['AES256', 'aws:kms'] }, Null: { 's3:x-amz-server-side-encryption': 'false' } },
    'OnlyOurEncryption',
  );
  deny(
    { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } },
    'NoKeysOfCallers',
  );
}
