/** Who changed what in the account: one trail, kept for a year. The first trail costs nothing. */
import { Duration, RemovalPolicy, aws_cloudtrail as cloudtrail, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { Names } from '../names.ts';
import { refuseOtherEncryption } from '../storage/buckets.ts';

export class Audit extends Construct {
  constructor(scope: Construct, id: string, settings: Settings, names: Names) {
    super(scope, id);
    const bucket = new s3.Bucket(this, 'Bucket', {
      bucketName: names.bucket('trail'),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        { expiration: Duration.days(365), noncurrentVersionExpiration: Duration.days(30) },
      ],
    });
    refuseOtherEncryption(bucket);
    new cloudtrail.Trail(this, 'Trail', {
      // A trail of all regions shows in each of them under its name.
      trailName: names.of(`trail-${settings.region}`),
      bucket,
      isMultiRegionTrail: true,
      enableFileValidation: true,
      includeGlobalServiceEvents: true,
      managementEvents: cloudtrail.ReadWriteType.WRITE_ONLY,
    });
  }
}
