//! The clients of the services, built once and eagerly: in a function's start CPU is free, later it is not
//! (performance.md § 3b).

use std::time::Duration;

use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_types::SdkConfig;

use super::http::Http;
use crate::{
    config::{Cloud, Config},
    error::Fault,
};

/// One attempt; the largest blob crosses a region in far less.
const ATTEMPT: Duration = Duration::from_secs(20);

/// All attempts of one call together.
const CALL: Duration = Duration::from_secs(50);

/// SES takes a reply of 10 MB in seconds; above it throttles the bandwidth (mail.md § 2.7).
const SENDING: Duration = Duration::from_mins(1);

/// Attempts of a call that may be repeated.
const ATTEMPTS: u32 = 4;

/// The clients of all services that we call.
#[derive(Clone, Debug)]
pub struct Clients {
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) s3: aws_sdk_s3::Client,
    pub(super) ses: aws_sdk_sesv2::Client,
    pub(super) sfn: aws_sdk_sfn::Client,
    pub(super) sqs: aws_sdk_sqs::Client,
    cloud: Cloud,
}

impl Clients {
    /// Builds the clients; nothing is called yet.
    ///
    /// # Errors
    ///
    /// If TLS cannot be set up.
    pub fn new(cloud: &Cloud) -> Result<Self, Fault> {
        let key = Credentials::new(
            cloud.key_id.clone(),
            cloud.key.clone(),
            cloud.session.clone(),
            None,
            "environment",
        );
        let mut builder = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(cloud.region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(key))
            .http_client(Http::new(cloud.ca_bundle.as_deref())?)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(
                TimeoutConfig::builder()
                    .operation_attempt_timeout(ATTEMPT)
                    .operation_timeout(CALL)
                    .build(),
            );
        if let Some(endpoint) = &cloud.endpoint {
            builder = builder.endpoint_url(endpoint);
        }
        let shared = builder.build();
        let s3 = aws_sdk_s3::config::Builder::from(&shared).force_path_style(cloud.path_style);
        // A reply that SES may have taken must not be repeated here: only the outbox may decide that.
        let mut ses = aws_sdk_sesv2::config::Builder::from(&shared)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(SENDING).build());
        if let Some(endpoint) = &cloud.ses_endpoint {
            ses = ses.endpoint_url(endpoint);
        }
        Ok(Self {
            dynamodb: aws_sdk_dynamodb::Client::new(&shared),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            ses: aws_sdk_sesv2::Client::from_conf(ses.build()),
            sfn: aws_sdk_sfn::Client::new(&shared),
            sqs: aws_sdk_sqs::Client::new(&shared),
            cloud: cloud.clone(),
        })
    }

    /// A bucket.
    pub fn bucket(&self, name: &str) -> super::S3Blobs {
        super::S3Blobs::new(self.s3.clone(), name)
    }

    /// The place for uploads in the bucket of mail.
    pub fn uploads(&self, bucket: &str) -> super::S3Uploads {
        super::S3Uploads::new(self.bucket(bucket), self.cloud.clone())
    }

    /// SES.
    pub fn mailer(&self, configuration_set: Option<String>) -> super::Ses {
        super::Ses::new(self.ses.clone(), configuration_set)
    }

    /// A state machine.
    pub fn state_machine(&self, arn: &str) -> super::StateMachine {
        super::StateMachine::new(self.sfn.clone(), arn)
    }

    /// A queue.
    pub fn queue(&self, url: &str) -> super::Queue {
        super::Queue::new(self.sqs.clone(), url)
    }

    /// The table of jobs.
    pub fn jobs(&self, table: &str) -> super::Jobs {
        super::Jobs::new(self.dynamodb.clone(), table)
    }

    /// Conversations in the table of the mailbox and the archive; a deletion reaches the bucket of mail and
    /// the table of jobs as well.
    pub fn conversations(&self, config: &Config) -> super::DynamoConversations {
        let traces = super::erase::Traces {
            jobs: self.jobs(&config.jobs_table),
            mail: self.bucket(&config.mail_bucket),
            archive: self.bucket(&config.archive_bucket),
        };
        super::DynamoConversations::new(self.dynamodb.clone(), &config.mailbox_table, traces)
    }

    /// The key that signs the tokens of the mailbox, made by the first who asks.
    ///
    /// # Errors
    ///
    /// If the table cannot be used.
    pub async fn token_key(&self, table: &str) -> Result<crate::conversation::TokenKey, Fault> {
        super::secret::token_key(self.dynamodb.clone(), table).await
    }

    /// Rates in a table, their closed years in a bucket.
    pub fn rates(&self, table: &str, bucket: &str) -> super::DynamoRates {
        super::DynamoRates::new(self.dynamodb.clone(), table, self.bucket(bucket))
    }
}
