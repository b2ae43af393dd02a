/** The archive's copy in another region; the same code deploys the whole stack there when needed. */
import { Duration, RemovalPolicy, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Base, type BaseProps } from './base.ts';
import { refuseOtherEncryption } from '../storage/buckets.ts';

export class ReplicaStack extends Base {
  constructor(scope: Construct, props: BaseProps & { readonly region: string }) {
    super(scope, 'replica', { ...props, env: { ...props.env, region: props.region } });
    const { keep, retain } = this.settings;
    const bucket = new s3.Bucket(this, 'Archive', {
      bucketName: this.names.bucket('archive', props.region),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        // What is deleted there is deleted here by replication; this is the last resort.
        { id: 'jobs', prefix: '20', expiration: Duration.days(keep.archive) },
        { id: 'conversations', prefix: 'mailbox/', expiration: Duration.days(keep.conversations) },
        { id: 'owners', prefix: 'owners/', expiration: Duration.days(keep.archive + 1) },
        { id: 'old-versions', noncurrentVersionExpiration: Duration.days(keep.oldVersions) },
      ],
    });
    refuseOtherEncryption(bucket);
  }
}
