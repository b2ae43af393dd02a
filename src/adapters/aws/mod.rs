//! The ports for AWS. Every failure of a service becomes a fault here, sorted into what passes and what
//! stays; no type of the SDK leaves this folder.

mod clients;
mod conversations;
mod erase;
mod fault;
mod http;
mod item;
mod jobs;
mod post_policy;
mod rates;
mod s3;
mod secret;
mod ses;
mod sfn;
mod sqs;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod uploads;

pub use clients::Clients;
pub use conversations::DynamoConversations;
pub use jobs::{Begun, JobRecord, JobStatus, Jobs};
pub use rates::DynamoRates;
pub use s3::S3Blobs;
pub use ses::{Ses, untagged};
pub use sfn::{HandOver, Started, StateMachine};
pub use sqs::Queue;
pub use uploads::{Arrived, S3Uploads, UPLOADED, UPLOADS};
